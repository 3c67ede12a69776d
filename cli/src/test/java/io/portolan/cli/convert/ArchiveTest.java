package io.portolan.cli.convert;

import static org.assertj.core.api.Assertions.assertThat;

import io.portolan.cli.ConvertRoom;
import io.portolan.dicom.DataSet;
import io.portolan.testdata.SyntheticStudies;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.CRC32;
import java.util.zip.Deflater;
import java.util.zip.GZIPOutputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.commons.compress.archivers.zip.ZipArchiveEntry;
import org.apache.commons.compress.archivers.zip.ZipArchiveOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(120)
class ArchiveTest {

    private static final byte[] CR =
            SyntheticStudies.toFile(SyntheticStudies.cr().get(0));
    private static final String CR_UID = "2.25.7113.4";

    @TempDir
    private Path folder;

    private ConvertRoom room;

    @BeforeEach
    void makeRoom() throws Exception {
        room = new ConvertRoom(folder);
    }

    private interface Filling<A> {
        void fill(A archive) throws IOException;
    }

    private static byte[] zip(Filling<ZipArchiveOutputStream> filling) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ZipArchiveOutputStream zip = new ZipArchiveOutputStream(bytes)) {
            filling.fill(zip);
        }
        return bytes.toByteArray();
    }

    private static void put(ZipArchiveOutputStream zip, String name, byte[] content) throws IOException {
        zip.putArchiveEntry(new ZipArchiveEntry(name));
        zip.write(content);
        zip.closeArchiveEntry();
    }

    static byte[] zipOf(Map<String, byte[]> entries, int method) throws IOException {
        return zip(zip -> {
            zip.setMethod(method);
            for (Map.Entry<String, byte[]> one : entries.entrySet()) {
                ZipArchiveEntry entry = new ZipArchiveEntry(one.getKey());
                CRC32 crc = new CRC32();
                crc.update(one.getValue());
                entry.setCrc(crc.getValue());
                entry.setSize(one.getValue().length);
                zip.putArchiveEntry(entry);
                zip.write(one.getValue());
                zip.closeArchiveEntry();
            }
        });
    }

    private static byte[] tar(Filling<TarArchiveOutputStream> filling) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (TarArchiveOutputStream tar = new TarArchiveOutputStream(bytes, StandardCharsets.UTF_8.name())) {
            tar.setLongFileMode(TarArchiveOutputStream.LONGFILE_POSIX);
            filling.fill(tar);
        }
        return bytes.toByteArray();
    }

    private static byte[] tarOf(Map<String, byte[]> entries) throws IOException {
        return tar(tar -> {
            for (Map.Entry<String, byte[]> one : entries.entrySet()) {
                put(tar, one.getKey(), one.getValue());
            }
        });
    }

    private static void put(TarArchiveOutputStream tar, String name, byte[] content) throws IOException {
        TarArchiveEntry entry = new TarArchiveEntry(name, true);
        entry.setSize(content.length);
        tar.putArchiveEntry(entry);
        tar.write(content);
        tar.closeArchiveEntry();
    }

    private static byte[] gzip(byte[] bytes) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (OutputStream gzip = new GZIPOutputStream(out)) {
            gzip.write(bytes);
        }
        return out.toByteArray();
    }

    private static Map<String, byte[]> ct() {
        Map<String, byte[]> entries = new LinkedHashMap<>();
        int number = 0;
        for (DataSet instance : SyntheticStudies.ctTwoSeries()) {
            entries.put("images/" + ++number, SyntheticStudies.toFile(instance));
        }
        return entries;
    }

    private static byte[] archive(String kind, Map<String, byte[]> entries) throws IOException {
        return switch (kind) {
            case "stored zip" -> zipOf(entries, ZipArchiveOutputStream.STORED);
            case "deflated zip" -> zipOf(entries, ZipArchiveOutputStream.DEFLATED);
            case "tar" -> tarOf(entries);
            case "tar.gz" -> gzip(tarOf(entries));
            default -> throw new IllegalArgumentException(kind);
        };
    }

    @ParameterizedTest
    @ValueSource(strings = {"stored zip", "deflated zip", "tar", "tar.gz"})
    void givesTheStudyThatTheFilesGiveWhateverTheArchiveIsCalled(String kind) throws Exception {
        for (Map.Entry<String, byte[]> one : ct().entrySet()) {
            room.write(one.getKey(), one.getValue());
        }
        assertThat(room.convert()).isZero();
        String loose = Files.readString(room.fhir().resolve("2.25.7113.1.json"));

        ConvertRoom packed = new ConvertRoom(folder.resolve("packed"));
        packed.write("no-extension", archive(kind, ct()));
        packed.write("wrong.dcm", archive(kind, Map.of("cr", CR)));
        assertThat(packed.convert()).isZero();

        assertThat(Files.readString(packed.fhir().resolve("2.25.7113.1.json"))).isEqualTo(loose);
        assertThat(packed.outcomes())
                .containsOnlyKeys(
                        "no-extension",
                        "no-extension!/images/1",
                        "no-extension!/images/2",
                        "no-extension!/images/3",
                        "no-extension!/images/4",
                        "wrong.dcm",
                        "wrong.dcm!/cr")
                .containsEntry("no-extension", "archive")
                .containsEntry("wrong.dcm!/cr", "converted");
    }

    @Test
    void readsNamesInTheEncodingThatTheArchiveSays() throws Exception {
        room.write("old.zip", zip(zip -> {
            zip.setEncoding("Cp437");
            zip.setUseLanguageEncodingFlag(false);
            put(zip, "gr\u00F6\u00DFe", CR);
        }));
        room.write("new.zip", zip(zip -> put(zip, "\u845B\u8449", CR)));
        room.write("names.tar", tarOf(Map.of("\u845B\u8449", CR)));

        assertThat(room.convert()).isZero();

        assertThat(room.outcomes())
                .containsKeys("old.zip!/gr\u00F6\u00DFe", "new.zip!/\u845B\u8449", "names.tar!/\u845B\u8449");
    }

    /** An entry that says that it is UTF-8, and is not. */
    @ParameterizedTest
    @ValueSource(strings = {"deflated zip", "tar"})
    void convertsEntriesWhoseNamesAreNoUtf8(String kind) throws Exception {
        byte[] archive = archive(kind, Map.of("n\u00E4me", CR));
        byte[] name = "n\u00E4me".getBytes(StandardCharsets.UTF_8);
        for (int i = 0; i + name.length < archive.length; i++) {
            if (Arrays.equals(archive, i, i + name.length, name, 0, name.length)) {
                archive[i + 2] = (byte) 'x'; // what was to follow the first byte
            }
        }
        if (kind.equals("tar")) {
            setTarChecksum(archive);
        }
        room.write("archive", archive);

        assertThat(room.convert()).isZero();

        assertThat(room.outcomes())
                .hasSize(2)
                .containsEntry("archive", "archive")
                .containsValue("converted");
        assertThat(room.written()).containsOnlyKeys(CR_UID + ".json");
    }

    private static void setTarChecksum(byte[] tar) {
        Arrays.fill(tar, 148, 156, (byte) ' ');
        int sum = 0;
        for (int i = 0; i < 512; i++) {
            sum += tar[i] & 0xFF;
        }
        byte[] octal = String.format("%06o\0 ", sum).getBytes(StandardCharsets.US_ASCII);
        System.arraycopy(octal, 0, tar, 148, octal.length);
    }

    @Test
    void tellsEntriesOfOneNameApart() throws Exception {
        List<DataSet> ct = SyntheticStudies.ctTwoSeries();
        room.write("twice.zip", zip(zip -> {
            put(zip, "a", SyntheticStudies.toFile(ct.get(0)));
            put(zip, "a", SyntheticStudies.toFile(ct.get(1)));
            put(zip, "a (2)", SyntheticStudies.toFile(ct.get(2)));
        }));
        assertThat(room.convert()).isZero();
        assertThat(room.outcomes()).hasSize(4).containsKeys("twice.zip!/a", "twice.zip!/a (2)");
        assertThat(room.outcomes().values()).filteredOn("converted"::equals).hasSize(3);
    }

    @Test
    @Timeout(30)
    void takesManyEntriesOfOneNameInTime() throws Exception {
        room.write("same.zip", zip(zip -> {
            for (int i = 0; i < 20_000; i++) {
                put(zip, "same", new byte[0]);
            }
        }));
        assertThat(room.convert()).isEqualTo(1);
        assertThat(room.report().at("/totals/files").asInt()).isEqualTo(20_001);
    }

    @Test
    void saysOfAnEncryptedEntryThatItIs() throws Exception {
        byte[] zip = zipOf(Map.of("secret", CR), ZipArchiveOutputStream.DEFLATED);
        int central = indexOf(zip, new byte[] {'P', 'K', 1, 2});
        zip[6] |= 1;
        zip[central + 8] |= 1;
        room.write("a.zip", zip);
        assertThat(room.convert()).isEqualTo(1);
        assertThat(room.outcomes()).containsEntry("a.zip!/secret", "unreadable").containsEntry("a.zip", "archive");
        assertThat(room.reasons()).containsEntry("a.zip!/secret", "it is encrypted");
    }

    private static int indexOf(byte[] in, byte[] what) {
        for (int i = 0; i + what.length <= in.length; i++) {
            if (Arrays.equals(in, i, i + what.length, what, 0, what.length)) {
                return i;
            }
        }
        throw new AssertionError("it is not there");
    }

    @Test
    void looksIntoNoArchiveInAnArchiveAndSaysSo() throws Exception {
        byte[] inner = zipOf(Map.of("cr", CR), ZipArchiveOutputStream.DEFLATED);
        room.write("outer.zip", zipOf(Map.of("inner.zip", inner), ZipArchiveOutputStream.STORED));
        room.write("outer.tar", tarOf(Map.of("inner.tgz", gzip(tarOf(Map.of("cr", CR))))));
        assertThat(room.convert()).isEqualTo(1);
        assertThat(room.outcomes())
                .containsEntry("outer.zip!/inner.zip", "not DICOM")
                .containsEntry("outer.tar!/inner.tgz", "not DICOM");
        assertThat(room.reasons())
                .containsEntry("outer.zip!/inner.zip", "what is packed once more within an archive is not looked into")
                .containsEntry("outer.tar!/inner.tgz", "what is packed once more within an archive is not looked into");
    }

    @ParameterizedTest
    @CsvSource({
        "stored zip, 0.7",
        "stored zip, 0.95",
        "deflated zip, 0.7",
        "deflated zip, 0.95",
        "tar, 0.6",
        "tar.gz, 0.9"
    })
    void convertsWhatStoodBeforeTheEndOfAnArchiveThatIsCutOff(String kind, double kept) throws Exception {
        byte[] whole = archive(kind, ct());
        room.write("cut", Arrays.copyOf(whole, (int) (whole.length * kept)));

        assertThat(room.convert()).isEqualTo(1);

        assertThat(room.outcomes()).containsEntry("cut", "malformed").containsEntry("cut!/images/1", "converted");
        assertThat(room.reasons().get("cut")).contains("cut off");
        assertThat(room.written()).containsOnlyKeys("2.25.7113.1.json");
    }

    @Test
    void convertsWhatStandsBeforeABrokenPlaceOfAGzipStream() throws Exception {
        byte[] bytes = gzip(tarOf(ct()));
        bytes[bytes.length - 6] ^= 0x55; // of its checksum
        room.write("flipped.tgz", bytes);
        assertThat(room.convert()).isEqualTo(1);
        assertThat(room.outcomes())
                .containsEntry("flipped.tgz", "malformed")
                .containsEntry("flipped.tgz!/images/4", "converted");
    }

    /** Entries that unpack to gigabytes, before and behind one that is an image. */
    @ParameterizedTest
    @ValueSource(strings = {"zip", "tar.gz"})
    @Timeout(60)
    void unpacksGigabytesOfZerosIntoNothing(String kind) throws Exception {
        Path file = room.in().resolve("bomb");
        try (OutputStream out = Files.newOutputStream(file)) {
            if (kind.equals("zip")) {
                zeros(out, 2048);
            } else {
                tarOfZeros(out, 1024);
            }
        }
        assertThat(room.convert()).isEqualTo(1);
        assertThat(room.outcomes())
                .containsEntry("bomb!/zeros", "not DICOM")
                .containsEntry("bomb!/cr", "converted")
                .containsEntry("bomb", "archive");
    }

    private static void zeros(OutputStream out, int megabytes) throws IOException {
        try (ZipArchiveOutputStream zip = new ZipArchiveOutputStream(out)) {
            zip.setLevel(Deflater.BEST_SPEED);
            zip.putArchiveEntry(new ZipArchiveEntry("zeros"));
            writeZeros(zip, megabytes);
            zip.closeArchiveEntry();
            put(zip, "cr", CR);
        }
    }

    private static void tarOfZeros(OutputStream out, int megabytes) throws IOException {
        try (TarArchiveOutputStream tar = new TarArchiveOutputStream(new GZIPOutputStream(out, 1 << 16))) {
            TarArchiveEntry zeros = new TarArchiveEntry("zeros");
            zeros.setSize((long) megabytes << 20);
            tar.putArchiveEntry(zeros);
            writeZeros(tar, megabytes);
            tar.closeArchiveEntry();
            put(tar, "cr", CR);
        }
    }

    private static void writeZeros(OutputStream out, int megabytes) throws IOException {
        byte[] zeros = new byte[1 << 20];
        for (int i = 0; i < megabytes; i++) {
            out.write(zeros);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"deflated zip", "tar"})
    void writesNothingWhereTheNameOfAnEntryPoints(String kind) throws Exception {
        room.write("evil", archive(kind, Map.of("../../x", CR, "/tmp/../etc/y", CR)));
        assertThat(room.convert()).isZero();
        assertThat(room.outcomes()).hasSize(3);
        assertThat(room.written()).containsOnlyKeys(CR_UID + ".json");
        assertThat(ConvertRoom.contents(folder)).containsOnlyKeys("in/evil", "report.json", "fhir/" + CR_UID + ".json");
    }

    @Test
    void namesWhatIsNoFileInATar() throws Exception {
        room.write("links.tar", tar(tar -> {
            TarArchiveEntry link = new TarArchiveEntry("passwd", TarArchiveEntry.LF_SYMLINK);
            link.setLinkName("/etc/passwd");
            tar.putArchiveEntry(link);
            tar.closeArchiveEntry();
            tar.putArchiveEntry(new TarArchiveEntry("pipe", TarArchiveEntry.LF_FIFO));
            tar.closeArchiveEntry();
            tar.putArchiveEntry(new TarArchiveEntry("folder/"));
            tar.closeArchiveEntry();
            put(tar, "cr", CR);
        }));
        assertThat(room.convert()).isEqualTo(1);
        assertThat(room.outcomes())
                .containsOnlyKeys("links.tar", "links.tar!/passwd", "links.tar!/pipe", "links.tar!/cr")
                .containsEntry("links.tar!/passwd", "unreadable")
                .containsEntry("links.tar!/pipe", "unreadable")
                .containsEntry("links.tar!/cr", "converted");
    }

    @Test
    void knowsATarWhoseFirstNameIsLong() throws Exception {
        room.write("long.tar", tarOf(Map.of("folder/".repeat(40) + "cr", CR)));
        assertThat(room.convert()).isZero();
        assertThat(room.outcomes()).containsEntry("long.tar!/" + "folder/".repeat(40) + "cr", "converted");
    }

    @Test
    void saysThatAnArchiveIsEmptyByNamingItAlone() throws Exception {
        room.write("empty.zip", zip(zip -> zip.setComment("nothing")));
        room.write("cr", CR);
        assertThat(room.convert()).isZero();
        assertThat(room.outcomes()).hasSize(2).containsEntry("empty.zip", "archive");
    }

    @Test
    void takesRubbishThatBeginsLikeAnArchive() throws Exception {
        byte[] zip = Arrays.copyOf(new byte[] {'P', 'K', 3, 4}, 600);
        byte[] tar = Arrays.copyOf(new byte[] {'x'}, 600);
        System.arraycopy("ustar".getBytes(StandardCharsets.US_ASCII), 0, tar, 257, 5);
        room.write("zip", zip);
        room.write("tar", tar);
        room.write("gz", new byte[] {0x1F, (byte) 0x8B, 8, 0});
        assertThat(room.convert()).isEqualTo(1);
        assertThat(room.outcomes())
                .containsEntry("zip", "malformed")
                .containsEntry("tar", "malformed")
                .containsEntry("gz", "not DICOM");
    }
}
