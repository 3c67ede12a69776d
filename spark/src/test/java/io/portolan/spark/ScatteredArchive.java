package io.portolan.spark;

import io.portolan.dicom.Attribute;
import io.portolan.dicom.DataSet;
import io.portolan.dicom.Element;
import io.portolan.dicom.TransferSyntax;
import io.portolan.dicom.Uid;
import io.portolan.dicom.Vr;
import io.portolan.dicom.io.DataSetWriter;
import io.portolan.e2e.KeyObjects;
import io.portolan.testdata.SyntheticStudies;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/** Folders with all that a conversion makes a difference of; each study lies in all of them. */
final class ScatteredArchive {

    /** A patient's value, beside those of {@link SyntheticStudies#PATIENT_VALUES}. */
    static final String OTHER_PATIENT_ID = "SOMEBODY-ELSE";

    private static final int FOLDERS = 5;
    private static final int STUDIES = 10;
    private static final int INSTANCES = 7;
    private static final String OF_INTEREST = "113000";
    private static final String REJECTED_FOR_QUALITY = "113001";
    private static final Uid MEDIA_DIRECTORY = new Uid("1.2.840.10008.1.3.10");

    private final Path folder;
    private int files;

    private ScatteredArchive(Path folder) {
        this.folder = folder;
    }

    static Path make(Path folder) throws IOException {
        ScatteredArchive archive = new ScatteredArchive(folder);
        for (int study = 100; study < 100 + STUDIES; study++) {
            for (DataSet instance : ct(study, INSTANCES)) {
                archive.add(instance);
            }
        }
        archive.addCopies();
        archive.addDocuments();
        archive.addTwoPatients();
        archive.addBroken();
        archive.addPacked();
        archive.addMediaDirectory();
        return folder;
    }

    /** Every study spells the name of the one patient in another way: which of them the Patient has must not be left to chance. */
    private static List<DataSet> ct(int study, int instances) {
        return SyntheticStudies.ct(study, instances).stream()
                .map(one -> with(one, Attribute.PatientName, "Quexington^Zyvra^" + (char) ('A' + study % 26)))
                .toList();
    }

    private static DataSet with(DataSet instance, Attribute attribute, String value) {
        return DataSet.builder().addAll(instance).add(attribute, value).build();
    }

    private void add(DataSet instance) throws IOException {
        write("f" + files % FOLDERS + "/i" + files, SyntheticStudies.toFile(instance));
    }

    private void write(String name, byte[] bytes) throws IOException {
        Path file = folder.resolve(name);
        Files.createDirectories(file.resolveSibling(""));
        Files.write(file, bytes);
        files++;
    }

    /** The same once more, before and behind; and another content under the same UID. */
    private void addCopies() throws IOException {
        DataSet instance = ct(101, 1).get(0);
        write("a-first", SyntheticStudies.toFile(instance));
        write("z-last", SyntheticStudies.toFile(instance));
        write("z-other", SyntheticStudies.toFile(with(instance, Attribute.StudyDescription, "another one")));
    }

    /** A note, a selection, a selection of a study that is not there, and one of a study of two patients. */
    private void addDocuments() throws IOException {
        add(KeyObjects.of("1", REJECTED_FOR_QUALITY, "Rejected for Quality Reasons", ct(102, 2)));
        add(KeyObjects.of("2", OF_INTEREST, "Of Interest", ct(103, 3)));
        add(movedTo(ct(104, 1).get(0), KeyObjects.of("3", OF_INTEREST, "Of Interest", ct(999, 3)), "3"));
        add(movedTo(ct(105, 1).get(0), KeyObjects.of("4", OF_INTEREST, "Of Interest", ct(300, 2)), "4"));
    }

    /** A document that lies in another study than the one that it names. */
    static DataSet movedTo(DataSet image, DataSet document, String number) {
        String study = image.string(Attribute.StudyInstanceUID).orElseThrow();
        return DataSet.builder()
                .addAll(document)
                .add(Attribute.StudyInstanceUID, study)
                .add(Attribute.SeriesInstanceUID, study + ".98")
                .add(Attribute.SOPInstanceUID, study + ".98." + number)
                .build();
    }

    private void addTwoPatients() throws IOException {
        List<DataSet> study = ct(300, 2);
        add(study.get(0));
        add(with(study.get(1), Attribute.PatientID, OTHER_PATIENT_ID));
    }

    private void addBroken() throws IOException {
        byte[] whole = SyntheticStudies.toFile(ct(106, 1).get(0));
        write("broken/cut", Arrays.copyOf(whole, whole.length - 4));
        write("broken/text", "no image".getBytes(StandardCharsets.US_ASCII));
        write("broken/empty", new byte[0]);
        write(
                "broken/anonymous",
                SyntheticStudies.toFile(ct(106, 1).get(0).where(tag -> tag != Attribute.StudyInstanceUID.tag())));
        write("broken/zip", Arrays.copyOf(zip(ct(107, 3)), 1_000));
    }

    private void addPacked() throws IOException {
        List<DataSet> packed = new ArrayList<>(ct(108, INSTANCES + 4).subList(INSTANCES, INSTANCES + 4));
        packed.addAll(ct(200, 2));
        packed.add(ct(101, 1).get(0));
        write("f2/packed.zip", zip(packed));
    }

    private static byte[] zip(List<DataSet> instances) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
            for (int i = 0; i < instances.size(); i++) {
                zip.putNextEntry(new ZipEntry("in/" + i));
                zip.write(SyntheticStudies.toFile(instances.get(i)));
            }
        }
        return bytes.toByteArray();
    }

    /** Names a file that is there, one that is something else, and one that is lost. */
    private void addMediaDirectory() throws IOException {
        List<DataSet> cr = SyntheticStudies.cr();
        write("medium/IMAGES/IM1", SyntheticStudies.toFile(cr.get(0)));
        write("medium/IMAGES/IM2", SyntheticStudies.toFile(SyntheticStudies.mr().get(0)));
        DataSet all = DataSet.builder()
                .add(Element.of(
                        0x0004_1220,
                        List.of(
                                named(
                                        "IMAGES\\IM1",
                                        cr.get(0)
                                                .string(Attribute.SOPInstanceUID)
                                                .orElseThrow()),
                                named("IMAGES\\IM2", "2.25.404"),
                                named("IMAGES\\LOST", "2.25.405"))))
                .build();
        ByteArrayOutputStream file = new ByteArrayOutputStream();
        DataSetWriter.writeFileMeta(file, MEDIA_DIRECTORY, new Uid("2.25.9"), TransferSyntax.EXPLICIT_VR_LITTLE_ENDIAN);
        file.writeBytes(DataSetWriter.toBytes(all, TransferSyntax.EXPLICIT_VR_LITTLE_ENDIAN));
        write("medium/DICOMDIR", file.toByteArray());
    }

    private static DataSet named(String fileId, String instance) {
        return DataSet.builder()
                .add(Element.of(0x0004_1430, Vr.CS, "IMAGE ".getBytes(StandardCharsets.US_ASCII)))
                .add(Element.of(0x0004_1500, Vr.CS, fileId.getBytes(StandardCharsets.US_ASCII)))
                .add(Element.of(0x0004_1511, Vr.UI, instance.getBytes(StandardCharsets.US_ASCII)))
                .build();
    }
}
