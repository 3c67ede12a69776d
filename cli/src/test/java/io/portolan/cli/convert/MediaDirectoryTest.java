package io.portolan.cli.convert;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.portolan.cli.ConvertRoom;
import io.portolan.dicom.Attribute;
import io.portolan.dicom.DataSet;
import io.portolan.dicom.Element;
import io.portolan.dicom.TransferSyntax;
import io.portolan.dicom.Uid;
import io.portolan.dicom.Vr;
import io.portolan.dicom.io.DataSetWriter;
import io.portolan.gateway.convert.MediaDirectory;
import io.portolan.testdata.SyntheticStudies;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class MediaDirectoryTest {

    private static final List<DataSet> CT = SyntheticStudies.ctTwoSeries();

    @TempDir
    private Path folder;

    private ConvertRoom room;

    @BeforeEach
    void makeRoom() throws Exception {
        room = new ConvertRoom(folder);
    }

    /** @param instance empty: none is named */
    static DataSet record(String fileId, String instance) {
        DataSet.Builder record = DataSet.builder()
                .add(Element.of(0x0004_1430, Vr.CS, "IMAGE ".getBytes(StandardCharsets.US_ASCII)))
                .add(Element.of(0x0004_1500, Vr.CS, fileId.getBytes(StandardCharsets.ISO_8859_1)));
        if (!instance.isEmpty()) {
            record.add(Element.of(0x0004_1511, Vr.UI, instance.getBytes(StandardCharsets.US_ASCII)));
        }
        return record.build();
    }

    static byte[] dicomdir(List<DataSet> records) throws Exception {
        ByteArrayOutputStream file = new ByteArrayOutputStream();
        DataSetWriter.writeFileMeta(
                file, MediaDirectory.SOP_CLASS, new Uid("2.25.9"), TransferSyntax.EXPLICIT_VR_LITTLE_ENDIAN);
        DataSet all = DataSet.builder()
                .add(Element.of(0x0004_1130, Vr.CS, "DISK".getBytes(StandardCharsets.US_ASCII)))
                .add(Element.of(0x0004_1220, records))
                .build();
        file.writeBytes(DataSetWriter.toBytes(all, TransferSyntax.EXPLICIT_VR_LITTLE_ENDIAN));
        return file.toByteArray();
    }

    private static String uid(DataSet instance) {
        return instance.string(Attribute.SOPInstanceUID).orElseThrow();
    }

    /** Four images in a folder, and a stranger beside them. */
    private Path medium(List<DataSet> records) throws Exception {
        for (int i = 0; i < CT.size(); i++) {
            room.write("IMAGES/IM" + (i + 1), CT.get(i));
        }
        room.write("STRANGER", SyntheticStudies.cr().get(0));
        return room.write("DICOMDIR", dicomdir(records));
    }

    private static List<DataSet> right() {
        List<DataSet> records = new ArrayList<>();
        for (int i = 0; i < CT.size(); i++) {
            records.add(record("IMAGES\\IM" + (i + 1), uid(CT.get(i))));
        }
        return records;
    }

    private int convertFile(Path dicomdir) {
        return room.run(dicomdir, "--out", room.fhir(), "--report", room.reportFile());
    }

    @Test
    void standsForTheFilesThatItNames() throws Exception {
        assertThat(convertFile(medium(right()))).isZero();
        assertThat(room.outcomes())
                .containsOnlyKeys("DICOMDIR", "IMAGES/IM1", "IMAGES/IM2", "IMAGES/IM3", "IMAGES/IM4")
                .containsEntry("DICOMDIR", "media directory");
        assertThat(room.reasons()).containsEntry("DICOMDIR", "names 4 files");
        assertThat(room.written()).containsOnlyKeys("2.25.7113.1.json");
    }

    @Test
    void isCheckedInAFolderOfWhichEveryFileIsTaken() throws Exception {
        List<DataSet> records = new ArrayList<>(right());
        records.set(1, record("IMAGES\\IM2", "2.25.404"));
        records.add(record("IMAGES\\LOST", "2.25.405"));
        medium(records);

        assertThat(room.convert()).isEqualTo(1);

        assertThat(room.outcomes())
                .hasSize(8)
                .containsEntry("STRANGER", "converted")
                .containsEntry("IMAGES/IM2", "converted")
                .containsEntry("DICOMDIR!/IMAGES/IM2", "mismatch")
                .containsEntry("DICOMDIR!/IMAGES/LOST", "missing");
        assertThat(room.reasons().get("DICOMDIR!/IMAGES/IM2")).contains("2.25.404");
    }

    @Test
    void namesWhatIsMissingWhenItIsGivenItself() throws Exception {
        List<DataSet> records = new ArrayList<>(right());
        records.add(record("IMAGES\\LOST", "2.25.405"));
        assertThat(convertFile(medium(records))).isEqualTo(1);
        assertThat(room.outcomes()).hasSize(6).containsEntry("DICOMDIR!/IMAGES/LOST", "missing");
        assertThat(room.err()).doesNotContain("\tat ");
    }

    @Test
    void findsFilesWhoseNamesASystemShowsInSmallLetters() throws Exception {
        for (int i = 0; i < CT.size(); i++) {
            room.write("images/im" + (i + 1) + ".;1", CT.get(i));
        }
        Path dicomdir = room.write("dicomdir", dicomdir(right()));
        assertThat(convertFile(dicomdir)).isZero();
        assertThat(room.outcomes()).hasSize(5).containsEntry("images/im1.;1", "converted");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "..\\secret",
                "IMAGES\\..\\..\\secret",
                "/etc/passwd",
                "IMAGES/../../secret",
                "A\u0000B",
                "..",
                "."
            })
    void leadsNowhereElse(String fileId) throws Exception {
        Files.write(
                folder.resolve("secret"),
                SyntheticStudies.toFile(SyntheticStudies.mr().get(0)));
        assertThat(convertFile(medium(List.of(record(fileId, ""))))).isEqualTo(1);
        assertThat(room.outcomes())
                .hasSize(2)
                .containsEntry("DICOMDIR", "media directory")
                .containsValue("missing");
        assertThat(room.written()).isEmpty();
    }

    @Test
    void takesNoFolderThatItNames() throws Exception {
        assertThat(convertFile(medium(List.of(record("IMAGES", ""))))).isEqualTo(1);
        assertThat(room.outcomes()).hasSize(2).containsEntry("DICOMDIR!/IMAGES", "missing");
        assertThat(room.reasons()).containsEntry("DICOMDIR!/IMAGES", "what the DICOMDIR names is no file");
    }

    @Test
    void waitsForNoPipeThatItNames() throws Exception {
        Path pipe = room.in().resolve("PIPE");
        assumeTrue(makePipe(pipe), "no mkfifo");
        assertThat(convertFile(medium(List.of(record("PIPE", "2.25.1"))))).isEqualTo(1);
        assertThat(room.outcomes()).containsEntry("DICOMDIR!/PIPE", "missing");
        assertThat(room.run(pipe.resolveSibling("DICOMDIR"), "--out", room.fhir()))
                .isEqualTo(1);
    }

    @Test
    void waitsForNoPipeOfItsName() throws Exception {
        assumeTrue(makePipe(room.in().resolve("DICOMDIR")), "no mkfifo");
        assertThat(convertFile(room.in().resolve("DICOMDIR"))).isEqualTo(1);
        assertThat(room.reasons()).containsEntry("DICOMDIR", "no regular file");
    }

    static boolean makePipe(Path pipe) throws Exception {
        return new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor() == 0;
    }

    @Test
    @Timeout(30)
    void namesItselfOrAFileManyTimesAndIsReadOnce() throws Exception {
        List<DataSet> records = new ArrayList<>(right());
        for (int i = 0; i < 100_000 - CT.size(); i++) {
            records.add(i % 2 == 0 ? record("DICOMDIR", "2.25.9") : record("IMAGES\\IM1", uid(CT.get(0))));
        }
        assertThat(convertFile(medium(records))).isZero();
        assertThat(room.outcomes()).hasSize(5);
    }

    @Test
    @Timeout(60)
    void namesAHundredThousandFilesThatAreNotThere() throws Exception {
        List<DataSet> records = new ArrayList<>();
        for (int i = 0; i < 100_000; i++) {
            records.add(record("LOST\\F" + i, "2.25." + i));
        }
        assertThat(convertFile(medium(records))).isEqualTo(1);
        assertThat(room.report().at("/totals/missing").asInt()).isEqualTo(100_000);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void isAProblemWhenItIsCutOff(boolean itself) throws Exception {
        byte[] whole = dicomdir(right());
        medium(right());
        Path cut = room.write("DICOMDIR", Arrays.copyOf(whole, whole.length - 40));
        assertThat(itself ? convertFile(cut) : room.convert()).isEqualTo(1);
        assertThat(room.outcomes()).containsEntry("DICOMDIR", "malformed");
    }

    /** Philips puts one, called DIRFILE, into each folder; its names count from the folder of the DICOMDIR. */
    @Test
    void isNotLookedIntoUnderAnotherName() throws Exception {
        room.write("IMAGES/DIRFILE", dicomdir(right()));
        room.write("IMAGES/IM1", CT.get(0));
        assertThat(room.convert()).isZero();
        assertThat(room.outcomes()).hasSize(2).containsEntry("IMAGES/DIRFILE", "media directory");
    }

    @Test
    void isNotLookedIntoWithinAnArchive() throws Exception {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (java.util.zip.ZipOutputStream zip = new java.util.zip.ZipOutputStream(bytes)) {
            zip.putNextEntry(new java.util.zip.ZipEntry("DICOMDIR"));
            zip.write(dicomdir(right()));
            zip.closeEntry();
        }
        room.write("a.zip", bytes.toByteArray());
        room.write("cr", SyntheticStudies.cr().get(0));
        assertThat(room.convert()).isZero();
        assertThat(room.outcomes()).hasSize(3).containsEntry("a.zip!/DICOMDIR", "media directory");
    }
}
