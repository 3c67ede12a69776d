package io.portolan.dicom.io;

import io.portolan.dicom.Attribute;
import io.portolan.dicom.CharacterSet;
import io.portolan.dicom.DataSet;
import io.portolan.dicom.Element;
import io.portolan.dicom.Vr;
import java.io.IOException;
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

    /** Public elements with nearly every VR, in values that another implementation has no reason to write otherwise. */
    static DataSet ofTheStandard() throws IOException {
        return Dump.parse("""
                (0008,0005) CS SpecificCharacterSet = ISO_IR 192
                (0008,0008) CS ImageType = DERIVED\\\\AXIAL
                (0008,0020) DA StudyDate = 20260914
                (0008,0030) TM StudyTime = 081500.5
                (0008,0054) AE RetrieveAETitle = ONE\\TWO
                (0008,0119) UC LongCodeValue = a code that is longer than sixteen characters
                (0008,1032) SQ ProcedureCodeSequence
                (0008,1140) SQ ReferencedImageSequence
                  item
                    (0008,1155) UI ReferencedSOPInstanceUID = 2.25.1
                    (0040,A170) SQ PurposeOfReferenceCodeSequence
                      item
                        (0008,0104) LO CodeMeaning = Tête "A"
                  item
                (0008,1190) UR RetrieveURL = http://host/a?b=c
                (0010,0010) PN PatientName = Yamada^Tarou=山田^太郎=やまだ^たろう
                (0010,0020) LO PatientID =
                (0010,1001) PN OtherPatientNames = =山田\\\\A^B==か
                (0010,1010) AS PatientAge = 042Y
                (0018,0050) DS SliceThickness = 1.5
                (0018,1149) IS FieldOfViewDimensions = 7\\-12
                (0018,9073) FD AcquisitionDuration = 0.1
                (0018,9461) FL FieldOfViewDimensionsInFloat = 1.5\\-0.25
                (0020,4000) LT ImageComments = a line\\x0d\\x0aand a \\x5c
                (0028,0009) AT FrameIncrementPointer = 00181063\\0018106A
                (0028,0010) US Rows = 512
                (0040,A132) UL ReferencedSamplePositions = 1\\4294967295
                (0040,A162) SL RationalNumeratorValue = -1\\2147483647
                (0040,A160) UT TextValue = Größe \\x5c Maß
                (0066,0016) OF PointCoordinatesData = hex 00 00 80 3f
                (0066,0040) OL LongPrimitivePointIndexList = hex 01 00 00 00
                (0072,0082) SV SelectorSVValue = -9223372036854775808
                (0072,0083) UV SelectorUVValue = 18446744073709551615
                (6000,0050) SS OverlayOrigin = 1\\-1
                (6000,3000) OW OverlayData = hex 01 02 03 04
                (7FE0,0001) OV ExtendedOffsetTable = hex 00 01 02 03 04 05 06 07
                """);
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
