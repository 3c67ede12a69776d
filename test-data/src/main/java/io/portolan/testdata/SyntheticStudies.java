package io.portolan.testdata;

import io.portolan.dicom.Attribute;
import io.portolan.dicom.CharacterSet;
import io.portolan.dicom.DataSet;
import io.portolan.dicom.Element;
import io.portolan.dicom.TransferSyntax;
import io.portolan.dicom.Uid;
import io.portolan.dicom.Vr;
import io.portolan.dicom.io.DataSetWriter;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Small valid instances made in code: deterministic, every patient invented, every patient value in
 * {@link #PATIENT_VALUES}, so that a test can look for them where they must not be.
 */
public final class SyntheticStudies {

    private static final String ROOT = "2.25.7113";
    private static final String NAME = "Quexington^Zyvra^Ulmwick";
    private static final String PATIENT_ID = "PX-7F3K-90210";
    private static final String BIRTH_DATE = "19530217";
    private static final String ADDRESS = "17 Vorpal Crescent";
    private static final String PHONE = "+999-555-0142-77";
    private static final String JAPANESE_ALPHABETIC = "Kuzunoha^Tsubame";
    private static final String JAPANESE_IDEOGRAPHIC = "葛葉^燕";
    private static final String JAPANESE_PHONETIC = "くずのは^つばめ";
    private static final String JAPANESE_ID = "JX-5521-83";

    /** Everything here that is a patient's, in the pieces in which it could leak. */
    public static final List<String> PATIENT_VALUES = List.of(
            "Quexington",
            "Zyvra",
            "Ulmwick",
            PATIENT_ID,
            BIRTH_DATE,
            "1953-02-17",
            ADDRESS,
            PHONE,
            "Kuzunoha",
            "Tsubame",
            "葛葉",
            "くずのは",
            "つばめ",
            JAPANESE_ID);

    private static final String CT = "1.2.840.10008.5.1.4.1.1.2";
    private static final String MR = "1.2.840.10008.5.1.4.1.1.4";
    private static final String US_MULTIFRAME = "1.2.840.10008.5.1.4.1.1.3.1";
    private static final String CR = "1.2.840.10008.5.1.4.1.1.1";
    private static final String BASIC_TEXT_SR = "1.2.840.10008.5.1.4.1.1.88.11";

    private SyntheticStudies() {}

    /** A CT in two series, two instances each, with an offset from UTC. */
    public static List<DataSet> ctTwoSeries() {
        return List.of(
                instance(1, 1, 1, CT, "CT").build(),
                instance(1, 1, 2, CT, "CT").build(),
                instance(1, 2, 1, CT, "CT").build(),
                instance(1, 2, 2, CT, "CT").build());
    }

    /** An MR whose times have no offset. */
    public static List<DataSet> mr() {
        return List.of(
                without(instance(2, 1, 1, MR, "MR").build(), Attribute.TimezoneOffsetFromUTC),
                without(instance(2, 1, 2, MR, "MR").build(), Attribute.TimezoneOffsetFromUTC));
    }

    /** An ultrasound loop of 24 frames. */
    public static List<DataSet> usMultiframe() {
        return List.of(instance(3, 1, 1, US_MULTIFRAME, "US")
                .add(Element.of(0x0028_0008, Vr.IS, ascii("24")))
                .build());
    }

    /** A radiograph of a left hand. */
    public static List<DataSet> cr() {
        return List.of(instance(4, 1, 1, CR, "CR")
                .add(Attribute.BodyPartExamined, "HAND")
                .add(Attribute.Laterality, "L")
                .build());
    }

    /** A report beside its images. */
    public static List<DataSet> srBesideCt() {
        return List.of(
                instance(5, 1, 1, CT, "CT").build(),
                instance(5, 2, 1, BASIC_TEXT_SR, "SR").build());
    }

    /** A name in all three component groups, in ISO 2022 (PS3.5 H.3.1). */
    public static List<DataSet> japaneseName() {
        DataSet.Builder instance = instance(6, 1, 1, CT, "CT")
                .add(Element.of(Attribute.SpecificCharacterSet.tag(), Vr.CS, ascii("\\ISO 2022 IR 87")))
                .add(Attribute.PatientID, JAPANESE_ID);
        ByteArrayOutputStream name = new ByteArrayOutputStream();
        name.writeBytes(ascii(JAPANESE_ALPHABETIC + '='));
        name.writeBytes(iso2022(JAPANESE_IDEOGRAPHIC));
        name.writeBytes(ascii("="));
        name.writeBytes(iso2022(JAPANESE_PHONETIC));
        return List.of(instance.add(Element.of(Attribute.PatientName.tag(), Vr.PN, name.toByteArray()))
                .build());
    }

    /** Every study above, study by study. */
    public static List<List<DataSet>> all() {
        return List.of(ctTwoSeries(), mr(), usMultiframe(), cr(), srBesideCt(), japaneseName());
    }

    /** A CT study as large as wanted, 500 instances a series at most; the patient is that of the others. */
    public static List<DataSet> ct(int study, int instances) {
        List<DataSet> all = new ArrayList<>(instances);
        for (int i = 0; i < instances; i++) {
            all.add(ctInstance(study, i));
        }
        return all;
    }

    /** One of them, for a study that is too large to be made at once; the first is 0. */
    public static DataSet ctInstance(int study, int i) {
        return instance(study, 1 + i / 500, 1 + i % 500, CT, "CT").build();
    }

    /** The bytes of a PS3.10 file in Explicit VR Little Endian. */
    public static byte[] toFile(DataSet instance) {
        ByteArrayOutputStream file = new ByteArrayOutputStream();
        try {
            DataSetWriter.writeFileMeta(
                    file,
                    instance.uid(Attribute.SOPClassUID).orElseThrow(),
                    instance.uid(Attribute.SOPInstanceUID).orElseThrow(),
                    TransferSyntax.EXPLICIT_VR_LITTLE_ENDIAN);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        file.writeBytes(DataSetWriter.toBytes(instance, TransferSyntax.EXPLICIT_VR_LITTLE_ENDIAN));
        return file.toByteArray();
    }

    private static DataSet.Builder instance(int study, int series, int number, String sopClass, String modality) {
        String studyUid = ROOT + "." + study;
        String seriesUid = studyUid + "." + series;
        return DataSet.builder(CharacterSet.DEFAULT)
                .add(Attribute.SOPClassUID, new Uid(sopClass).value())
                .add(Attribute.SOPInstanceUID, seriesUid + "." + number)
                .add(Attribute.StudyDate, "20260914")
                .add(Attribute.SeriesDate, "20260914")
                .add(Attribute.StudyTime, "081500")
                .add(Attribute.SeriesTime, String.format(Locale.ROOT, "08%02d00", 15 + series % 40))
                .add(Attribute.AccessionNumber, "ACC" + study)
                .add(Attribute.Modality, modality)
                .add(Attribute.Manufacturer, "Portolan Instruments")
                .add(Attribute.InstitutionName, "Harbour Hospital")
                .add(Attribute.ReferringPhysicianName, "")
                .add(Attribute.TimezoneOffsetFromUTC, "+0200")
                .add(Attribute.StudyDescription, modality + " study " + study)
                .add(Attribute.SeriesDescription, "series " + series)
                .add(Attribute.PatientName, NAME)
                .add(Attribute.PatientID, PATIENT_ID)
                .add(Attribute.PatientBirthDate, BIRTH_DATE)
                .add(Attribute.PatientSex, "F")
                .add(Attribute.PatientAddress, ADDRESS)
                .add(Attribute.PatientTelephoneNumbers, PHONE)
                .add(Attribute.StudyInstanceUID, studyUid)
                .add(Attribute.SeriesInstanceUID, seriesUid)
                .add(Attribute.StudyID, Integer.toString(study))
                .add(Attribute.SeriesNumber, Integer.toString(series))
                .add(Attribute.InstanceNumber, Integer.toString(number))
                .add(Element.of(0x0028_0010, Vr.US, new byte[] {2, 0}))
                .add(Element.of(0x0028_0011, Vr.US, new byte[] {2, 0}))
                .add(Element.of(0x7FE0_0010, Vr.OW, new byte[8]));
    }

    private static DataSet without(DataSet instance, Attribute attribute) {
        return instance.where(tag -> tag != attribute.tag());
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    /** Java's ISO-2022-JP switches to JIS X 0208 and back with the escape sequences of PS3.3 table C.12-4. */
    private static byte[] iso2022(String text) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (String component : text.split("\\^", -1)) {
            if (out.size() > 0) {
                out.write('^');
            }
            out.writeBytes(component.getBytes(Charset.forName("ISO-2022-JP")));
        }
        return out.toByteArray();
    }
}
