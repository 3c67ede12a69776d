package io.portolan.dicom.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import io.portolan.dicom.Attribute;
import io.portolan.dicom.DataSet;
import io.portolan.dicom.Element;
import io.portolan.dicom.Level;
import io.portolan.dicom.PersonName;
import io.portolan.dicom.SopClass;
import io.portolan.dicom.Vr;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Files that nobody of this project wrote: every one is read or refused, and we see what DCMTK sees.
 *
 * <p>The folder is named by {@code -Dportolan.corpus=...}; without it these tests are skipped.
 */
class CorpusTest {

    /** Files of which DCMTK sees something else in attributes that the mapping reads, and why. */
    private static final Map<String, String> DIFFERENCES = Map.of(
            "junk/testWAV.wav", "no DICOM (PS3.10 7.1); dcmdump finds one element in it",
            "single/pydicom/meta_missing_tsyntax.dcm", "nothing but an unending element of group 0001 (PS3.5 7.1)",
            "single/node-dicom/private_report",
                    "UIDs that begin with a line end, which PS3.5 9.1 does not know; shown as written",
            "single/ruby-dicom/duplicates.dcm",
                    "an element twice (PS3.5 7.1: once): dcmdump keeps the first, we the last");

    private Path corpus = Path.of("");

    @BeforeEach
    void findTheCorpus() {
        String folder = System.getProperty("portolan.corpus", "");
        assumeFalse(folder.isEmpty(), "no corpus: run with -Dportolan.corpus=<folder of DICOM files>");
        corpus = Path.of(folder);
    }

    /** The golden file has a line for each: its name, and what became of it, with the byte and the tag of what is wrong. */
    @Test
    @Timeout(value = 120, unit = TimeUnit.SECONDS)
    void readsOrRefusesEveryFileInLittleMemory() throws Exception {
        Path golden = Path.of(
                Objects.requireNonNull(System.getProperty("portolan.root"), "run by Maven"),
                "dicom/src/test/resources/io/portolan/dicom/io/corpus-outcomes.tsv");
        Process reader = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx64m",
                        "-cp",
                        System.getProperty("java.class.path"),
                        CorpusOutcomes.class.getName(),
                        corpus.toString())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        String outcomes;
        try (InputStream out = reader.getInputStream()) {
            outcomes = new String(out.readAllBytes(), StandardCharsets.UTF_8);
        } finally {
            reader.destroy();
        }
        assertThat(reader.waitFor()).isZero();
        if ("write".equals(System.getProperty("portolan.golden")) && System.getenv("CI") == null) {
            Files.writeString(golden, outcomes);
        }
        assertThat(outcomes.lines()).containsExactlyElementsOf(Files.readAllLines(golden));
        assertThat(outcomes).doesNotContain("too long").doesNotContain("beyond its end");
    }

    @Test
    @Timeout(value = 120, unit = TimeUnit.SECONDS)
    void seesWhatDcmtkSees() throws Exception {
        List<Path> files = CorpusOutcomes.files(corpus);
        Map<String, Map<String, String>> theirs = Dcmdump.read(files);
        List<String> wrong = new ArrayList<>();
        for (Path file : files) {
            Map<String, String> expected = theirs.get(file.toString());
            String name = corpus.relativize(file).toString();
            String seen = expected == null ? "" : difference(file, expected);
            if (seen.isEmpty() == DIFFERENCES.containsKey(name)) {
                wrong.add(name + ": " + (seen.isEmpty() ? "listed, but not different" : seen));
            }
        }
        assertThat(theirs.size()).isGreaterThan(files.size() * 9 / 10);
        assertThat(theirs.values().stream().flatMap(values -> values.keySet().stream()))
                .as("nested ones as well")
                .anyMatch(path -> path.matches(".*\\[1\\]>.*\\]>.*"));
        assertThat(wrong).isEmpty();
    }

    /** The names of PS3.5 annexes H and I and of the character set samples, written down by hand. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            chrArab.dcm     | قباني^لنزار
            chrFren.dcm     | Buc^Jérôme
            chrFrenMulti.dcm| Buc^Jérôme
            chrGerm.dcm     | Äneas^Rüdiger
            chrGreek.dcm    | Διονυσιος
            chrH31.dcm      | Yamada^Tarou=山田^太郎=やまだ^たろう
            chrH32.dcm      | ﾔﾏﾀﾞ^ﾀﾛｳ=山田^太郎=やまだ^たろう
            chrHbrw.dcm     | שרון^דבורה
            chrI2.dcm       | Hong^Gildong=洪^吉洞=홍^길동
            chrRuss.dcm     | Люкceмбypг
            chrX1.dcm       | Wang^XiaoDong=王^小東=
            chrX2.dcm       | Wang^XiaoDong=王^小东=
            """)
    void readsNamesInEveryCharacterSet(String file, String name) throws IOException {
        DataSet header = header(corpus.resolve("charset").resolve(file));
        assertThat(header.names(Attribute.PatientName)).containsExactly(PersonName.parse(name));
    }

    private static DataSet header(Path file) throws IOException {
        try (DicomReader reader = DicomReader.open(file, Selection.MAPPED, ReadLimits.DEFAULT)) {
            DataSet header = reader.readHeader();
            reader.verifyToEnd();
            return header;
        }
    }

    private static String difference(Path file, Map<String, String> expected) throws IOException {
        try {
            DataSet header = header(file);
            Map<String, String> ours = new TreeMap<>();
            collect(header, "", ours::put);
            if (!header.uid(Attribute.SOPClassUID).equals(Optional.of(SopClass.KEY_OBJECT_SELECTION))) {
                // of any other document the content is not read
                String content = Dcmdump.key(Attribute.ContentSequence.tag());
                expected.keySet().removeIf(path -> path.startsWith(content));
            }
            StringBuilder difference = new StringBuilder();
            for (String path : union(ours, expected)) {
                if (!Objects.equals(ours.get(path), expected.get(path))) {
                    difference.append(path + " " + ours.get(path) + " instead of " + expected.get(path) + "; ");
                }
            }
            return difference.toString();
        } catch (MalformedDataException e) {
            return e.kind() + " " + e.getMessage();
        }
    }

    private static Iterable<String> union(Map<String, String> a, Map<String, String> b) {
        TreeMap<String, String> both = new TreeMap<>(a);
        both.putAll(b);
        return both.keySet();
    }

    /** Path to value, in the form that {@link Dcmdump} gives. */
    private static void collect(DataSet dataSet, String prefix, BiConsumer<String, String> into) {
        for (Element element : dataSet) {
            String path = prefix + Dcmdump.key(element.tag());
            List<DataSet> items = element.items();
            for (int i = 0; i < items.size(); i++) {
                collect(items.get(i), path + "[" + i + "]>", into);
            }
            if (element.vr() != Vr.SQ) {
                String text = element.vr().isText()
                        ? new String(element.bytes(), StandardCharsets.ISO_8859_1)
                        : String.join("\\", dataSet.strings(element.tag()));
                into.accept(path, Dcmdump.quoted(text));
            }
        }
    }

    /** Whether the mapping reads the attribute there. */
    static boolean isMapped(int tag, int depth) {
        return Attribute.find(tag)
                .filter(a -> depth > 0 || a == Attribute.SpecificCharacterSet || !a.isAt(Level.NESTED))
                .isPresent();
    }
}
