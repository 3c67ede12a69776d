package io.portolan.testdata.fuzz;

import io.portolan.dicom.Attribute;
import io.portolan.dicom.DataSet;
import io.portolan.dicom.TransferSyntax;
import io.portolan.dicom.Uid;
import io.portolan.dicom.io.DataSetWriter;
import io.portolan.dicom.io.DicomJson;
import io.portolan.dicom.io.DicomReader;
import io.portolan.dicom.io.Dump;
import io.portolan.dicom.io.MalformedDataException;
import io.portolan.dicom.io.ReadLimits;
import io.portolan.dicom.io.Selection;
import io.portolan.testdata.Case;
import io.portolan.testdata.Cases;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.Deflater;

/** Valid input to begin with: every instance of the golden cases in the form that a target takes. */
public final class Seeds {

    /** Longer files of a corpus add time, not ways. */
    private static final long CORPUS_FILE_BYTES_MAX = 1 << 20;

    private static final Uid ANY_UID = new Uid("2.25.7113");

    private Seeds() {}

    public static List<byte[]> of(FuzzTarget target) {
        List<byte[]> seeds = new ArrayList<>();
        for (Case one : Cases.all()) {
            for (DataSet instance : one.instances()) {
                seeds.addAll(forms(target, instance));
            }
        }
        return seeds;
    }

    private static List<byte[]> forms(FuzzTarget target, DataSet instance) {
        return switch (target) {
            case FILE ->
                Stream.of(FuzzTarget.values())
                        .flatMap(t -> t.syntax().stream())
                        .map(syntax -> file(instance, syntax))
                        .toList();
            case JSON -> List.of(DicomJson.format(instance).getBytes(StandardCharsets.UTF_8));
            case DUMP -> List.of(Dump.format(instance).getBytes(StandardCharsets.UTF_8));
            default -> {
                TransferSyntax syntax = target.syntax().orElseThrow();
                yield List.of(dataSet(instance, syntax, false), dataSet(instance, syntax, true));
            }
        };
    }

    private static byte[] dataSet(DataSet instance, TransferSyntax syntax, boolean undefinedLengths) {
        SeedEncoding encoding = new SeedEncoding(syntax.explicitVr(), syntax.bigEndian(), undefinedLengths);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.writeBytes(encoding.encode(instance));
        if (undefinedLengths) {
            out.writeBytes(encoding.encapsulatedPixels());
        }
        return syntax.deflated() ? deflate(out.toByteArray()) : out.toByteArray();
    }

    private static byte[] file(DataSet instance, TransferSyntax syntax) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try {
            DataSetWriter.writeFileMeta(
                    out,
                    instance.uid(Attribute.SOPClassUID).orElse(ANY_UID),
                    instance.uid(Attribute.SOPInstanceUID).orElse(ANY_UID),
                    syntax);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        out.writeBytes(dataSet(instance, syntax, false));
        return out.toByteArray();
    }

    /** A bit stream as PS3.5 A.5 has it: without the header of zlib. */
    static byte[] deflate(byte[] bytes) {
        Deflater deflater = new Deflater(Deflater.BEST_COMPRESSION, true);
        deflater.setInput(bytes);
        deflater.finish();
        byte[] deflated = new byte[bytes.length + 64];
        int length = deflater.deflate(deflated);
        deflater.end();
        return Arrays.copyOf(deflated, length);
    }

    /** The files below a folder; of those that are DICOM, the data sets as well, for the target of their syntax. */
    public static List<byte[]> ofCorpus(FuzzTarget target, Path folder) throws IOException {
        List<byte[]> seeds = new ArrayList<>();
        for (Path file : files(folder)) {
            if (Files.size(file) <= CORPUS_FILE_BYTES_MAX) {
                byte[] bytes = Files.readAllBytes(file);
                if (target == FuzzTarget.FILE) {
                    seeds.add(bytes);
                } else if (target.syntax().isPresent()) {
                    dataSetOf(target.syntax().get(), bytes, seeds);
                }
            }
        }
        return seeds;
    }

    private static void dataSetOf(TransferSyntax syntax, byte[] file, List<byte[]> seeds) throws IOException {
        try (DicomReader reader =
                DicomReader.open(new ByteArrayInputStream(file), Selection.MAPPED, ReadLimits.DEFAULT)) {
            if (reader.transferSyntax().equals(syntax)) {
                seeds.add(Arrays.copyOfRange(file, (int) reader.dataSetPosition(), file.length));
            }
        } catch (MalformedDataException e) {
            // No data set: as a file it is a seed all the same.
        }
    }

    /** Regular files below a folder, in the order of their names; none where there is no folder. */
    static List<Path> files(Path folder) throws IOException {
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        try (Stream<Path> all = Files.walk(folder)) {
            return all.filter(Files::isRegularFile).sorted().toList();
        }
    }

    /** Inputs that once were findings: {@code test-data/fuzz/<target>/<what it was>}. */
    public static List<Path> findings(Path root, String title) throws IOException {
        return files(root.resolve("test-data/fuzz").resolve(title));
    }
}
