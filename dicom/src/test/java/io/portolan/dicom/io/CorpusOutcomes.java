package io.portolan.dicom.io;

import io.portolan.dicom.DataSet;
import io.portolan.dicom.Element;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * A program of its own, so that it can be given little memory: reads every file of a folder and prints, in a line each,
 * its name and what became of it.
 */
final class CorpusOutcomes {

    /** How long one file may take. */
    private static final long FILE_NANOS_MAX = 5_000_000_000L;

    private CorpusOutcomes() {}

    public static void main(String[] arguments) throws IOException {
        Path corpus = Path.of(arguments[0]);
        StringBuilder lines = new StringBuilder();
        for (Path file : files(corpus)) {
            String name = corpus.relativize(file).toString();
            long start = System.nanoTime();
            String mapped = outcome(file, Selection.MAPPED);
            String all = outcome(file, Selection.ALL);
            lines.append(name).append('\t').append(mapped);
            if (!all.equals(mapped)) {
                lines.append("; everything: ").append(all);
            }
            if (System.nanoTime() - start > FILE_NANOS_MAX) {
                lines.append("; took too long");
            }
            lines.append('\n');
        }
        System.out.write(lines.toString().getBytes(StandardCharsets.UTF_8));
        System.out.flush();
    }

    /** All but the two tables that describe the corpus, in a fixed order. */
    static List<Path> files(Path corpus) throws IOException {
        try (Stream<Path> all = Files.walk(corpus)) {
            return all.filter(Files::isRegularFile)
                    .filter(file -> !file.toString().matches(".*\\.(tsv|md)"))
                    .sorted()
                    .toList();
        }
    }

    private static String outcome(Path file, Selection selection) throws IOException {
        CountedInput in = new CountedInput(Files.newInputStream(file));
        try (in;
                DicomReader reader = DicomReader.open(in, selection, ReadLimits.DEFAULT)) {
            DataSet header = reader.readHeader();
            reader.verifyToEnd();
            decode(header);
            long length = Files.size(file);
            return in.bytes <= length ? "read, " + reader.transferSyntax().name() : "read beyond its end";
        } catch (MalformedDataException e) {
            return "refused, " + e.kind() + ", " + e.getMessage();
        }
    }

    /** Every value, as somebody will who dumps or maps it. */
    private static void decode(DataSet dataSet) {
        for (Element element : dataSet) {
            dataSet.strings(element.tag());
            element.items().forEach(CorpusOutcomes::decode);
        }
    }

    private static final class CountedInput extends FilterInputStream {

        private long bytes;

        CountedInput(InputStream in) {
            super(in);
        }

        @Override
        public int read() throws IOException {
            int one = in.read();
            bytes += one < 0 ? 0 : 1;
            return one;
        }

        @Override
        public int read(byte[] target, int offset, int length) throws IOException {
            int read = in.read(target, offset, length);
            bytes += Math.max(read, 0);
            return read;
        }
    }
}
