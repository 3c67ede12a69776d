package io.portolan.dicom.io;

import io.portolan.dicom.Attribute;
import io.portolan.dicom.CharacterSet;
import io.portolan.dicom.DataSet;
import io.portolan.dicom.Element;
import io.portolan.dicom.Vr;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;

/** Data sets that have everything in them. */
final class Samples {

    private Samples() {}

    /** Every VR, several values, empty ones, sequences in sequences, and texts that are hard to write down. */
    static DataSet everything() {
        DataSet.Builder all = DataSet.builder(CharacterSet.UTF_8)
                .add(Attribute.Modality, "CT")
                .add(Attribute.ImageType, "DERIVED", "", "x41", "AXIAL")
                .add(Attribute.PatientName, "Yamada^Tarou=山田^太郎=やまだ^たろう", "=山田", "", "^^^Dr.")
                .add(Attribute.PatientID, "")
                .add(Attribute.SeriesNumber, "1.5e", "no number", "007")
                .add(Attribute.InstitutionAddress, " 1 Main St\r\nTown\\x41 \u0085\u2028\u007F\u0001\"'<>&")
                .add(Attribute.RetrieveURL, "http://host/a?b=c\\d")
                .add(Attribute.LongCodeValue, "x20", "x20", "\\x20")
                .add(Attribute.ProcedureCodeSequence, List.of())
                .add(Attribute.RequestAttributesSequence, List.of(DataSet.EMPTY, nested(3), DataSet.EMPTY));
        int tag = 0x0009_1000;
        for (Vr vr : Vr.values()) {
            if (vr != Vr.SQ) {
                all.add(Element.of(++tag, vr, new byte[0]));
                all.add(Element.of(++tag, vr, value(vr)));
            }
        }
        return all.build();
    }

    private static DataSet nested(int levels) {
        DataSet.Builder item = DataSet.builder(CharacterSet.UTF_8).add(Attribute.CodeMeaning, "Niveau n° " + levels);
        if (levels > 0) {
            item.add(Attribute.ProcedureCodeSequence, List.of(nested(levels - 1)));
        }
        return item.build();
    }

    private static byte[] value(Vr vr) {
        String hex = switch (vr) {
            case FL -> "0000803f 0000c07f 0000807f 000080ff ffff7f7f 01000000";
            case FD -> "000000000000f03f 000000000000f87f 000000000000f0ff ffffffffffffef7f";
            case US, SS, UL, SL, UV, SV, AT, OB, OW, OD, OF, OL, OV, UN -> "0100feff ffffffff 00000080 01020304";
            default -> "";
        };
        return hex.isEmpty()
                ? ("Ab1 " + vr).getBytes(StandardCharsets.UTF_8)
                : HexFormat.of().parseHex(hex.replace(" ", ""));
    }
}
