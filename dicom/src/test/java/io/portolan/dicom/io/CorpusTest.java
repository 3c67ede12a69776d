package io.portolan.dicom.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import io.portolan.dicom.Attribute;
import io.portolan.dicom.DataSet;
import io.portolan.dicom.Dcmtk;
import io.portolan.dicom.Element;
import io.portolan.dicom.Tag;
import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Files that nobody of this project wrote: every one is read or refused, and we see what DCMTK sees.
 *
 * <p>The folder is named by {@code -Dportolan.corpus=...}; without it these tests are skipped.
 */
class CorpusTest {

    /** Values that are compared, as bytes, with what dcmdump prints. */
    private static final List<Attribute> COMPARED = List.of(
            Attribute.SOPInstanceUID,
            Attribute.StudyDate,
            Attribute.Modality,
            Attribute.PatientName,
            Attribute.PatientID,
            Attribute.StudyInstanceUID,
            Attribute.SeriesInstanceUID);

    /** Files that DCMTK reads and we see otherwise, by their end, and why. */
    private static final Map<String, String> DIFFERENCES = Map.of(
            "junk/testWAV.wav", "no DICOM; dcmdump finds one element in it",
            "single/pydicom/meta_missing_tsyntax.dcm", "nothing but an unending element of group 0001, to test writing",
            "single/pydicom-data/explicit_VR-UN.dcm", "every VR is UN, which dcmdump prints as bytes",
            "single/pydicom/rtdose_rle.dcm", "every VR is UN, which dcmdump prints as bytes",
            "single/pydicom/rtdose_rle_1frame.dcm", "every VR is UN, which dcmdump prints as bytes",
            "single/ruby-dicom/duplicates.dcm", "an element twice: dcmdump keeps the first, we the last");

    private static final Pattern FILE = Pattern.compile("# dcmdump \\(\\d+/\\d+\\): (.*)");
    private static final Pattern VALUE = Pattern.compile(
            "\\((\\p{XDigit}{4},\\p{XDigit}{4})\\) \\w\\w (?:\\[(.*)\\]|=(\\S+)|\\(no value available\\)) +#.*");

    private Path corpus = Path.of("");

    @BeforeEach
    void findTheCorpus() {
        String folder = System.getProperty("portolan.corpus", "");
        assumeFalse(folder.isEmpty(), "no corpus: run with -Dportolan.corpus=<folder of DICOM files>");
        corpus = Path.of(folder);
    }

    @Test
    @Timeout(value = 120, unit = TimeUnit.SECONDS)
    void readsOrRefusesEveryFile() throws IOException {
        Map<String, Integer> outcomes = new TreeMap<>();
        for (Path file : files()) {
            long started = System.nanoTime();
            String outcome = outcome(file);
            outcomes.merge(outcome, 1, Integer::sum);
            assertThat(System.nanoTime() - started).as(file.toString()).isLessThan(TimeUnit.SECONDS.toNanos(5));
        }
        System.out.println("corpus: " + outcomes);
        assertThat(outcomes).containsKey("read");
    }

    @Test
    void seesWhatDcmtkSees() throws Exception {
        List<Path> files = files();
        Map<String, Map<String, String>> theirs = dcmdump(StandardCharsets.ISO_8859_1, files, List.of());
        List<String> wrong = new ArrayList<>();
        for (Path file : files) {
            Map<String, String> expected = theirs.get(file.toString());
            String name = corpus.relativize(file).toString();
            String seen = expected == null ? "" : difference(file, expected);
            if (seen.isEmpty() == DIFFERENCES.containsKey(name)) {
                wrong.add(name + ": " + (seen.isEmpty() ? "listed, but not different" : seen));
            }
        }
        System.out.println("corpus: " + theirs.size() + " read by dcmdump, " + DIFFERENCES.size() + " explained");
        assertThat(wrong).isEmpty();
    }

    private List<Path> files() throws IOException {
        try (Stream<Path> all = Files.walk(corpus)) {
            return all.filter(Files::isRegularFile)
                    .filter(file -> !file.toString().matches(".*\\.(tsv|md)"))
                    .sorted()
                    .toList();
        }
    }

    private static String outcome(Path file) throws IOException {
        try (DicomReader reader = DicomReader.open(file, Selection.MAPPED, ReadLimits.DEFAULT)) {
            reader.readHeader();
            reader.verifyToEnd();
            return "read";
        } catch (MalformedDataException e) {
            return "refused, " + e.kind();
        }
    }

    private static String difference(Path file, Map<String, String> expected) throws IOException {
        try (DicomReader reader = DicomReader.open(file, Selection.MAPPED, ReadLimits.DEFAULT)) {
            DataSet header = reader.readHeader();
            reader.verifyToEnd();
            Map<String, String> ours = new TreeMap<>();
            for (Attribute attribute : COMPARED) {
                Element element = header.find(attribute.tag());
                if (element != null) {
                    String text = new String(element.bytes(), StandardCharsets.ISO_8859_1);
                    ours.put(key(attribute), trimmed(text));
                }
            }
            return ours.equals(expected) ? "" : ours + " instead of " + expected;
        } catch (MalformedDataException e) {
            return e.kind() + " " + e.getMessage();
        }
    }

    private static String trimmed(String text) {
        return text.strip().replaceAll("[\0 ]+$", "");
    }

    private static String key(Attribute attribute) {
        return Tag.format(attribute.tag()).substring(1, 10).toLowerCase(Locale.ROOT);
    }

    /** File -> tag -> text, of the files that dcmdump reads without an error. */
    private static Map<String, Map<String, String>> dcmdump(Charset charset, List<Path> files, List<String> options)
            throws IOException, InterruptedException {
        List<String> arguments = new ArrayList<>(List.of("-M", "+L", "-Un", "+F", "+p"));
        arguments.addAll(options);
        COMPARED.forEach(attribute -> arguments.addAll(List.of("+P", key(attribute))));
        files.forEach(file -> arguments.add(file.toString()));
        Map<String, Map<String, String>> read = new TreeMap<>();
        String current = "";
        for (String line : Dcmtk.run(charset, "dcmdump", arguments).lines().toList()) {
            Matcher file = FILE.matcher(line);
            Matcher value = VALUE.matcher(line);
            if (file.matches()) {
                current = file.group(1);
                read.put(current, new TreeMap<>());
            } else if (line.startsWith("E: ")) {
                read.remove(current);
            } else if (value.matches() && read.containsKey(current)) {
                String text = value.group(2) == null ? value.group(3) : value.group(2);
                read.get(current).put(value.group(1), text == null ? "" : trimmed(text));
            }
        }
        return read;
    }
}
