package io.portolan.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.portolan.dicom.Attribute;
import io.portolan.dicom.DataSet;
import io.portolan.testdata.SyntheticStudies;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/** A folder with an input, an output and a report, and what {@code convert} said last. For one thread. */
public final class ConvertRoom {

    private final Path folder;
    private StringWriter out = new StringWriter();
    private StringWriter err = new StringWriter();

    public ConvertRoom(Path folder) throws IOException {
        this.folder = folder;
        Files.createDirectories(in());
    }

    public Path in() {
        return folder.resolve("in");
    }

    public Path fhir() {
        return folder.resolve("fhir");
    }

    public Path state() {
        return fhir().resolve(".portolan-convert");
    }

    public Path reportFile() {
        return folder.resolve("report.json");
    }

    /** Converts the input into the output, with a report, and says the exit code. */
    public int convert(Object... more) {
        List<Object> all = new ArrayList<>(List.of(in(), "--out", fhir(), "--report", reportFile()));
        all.addAll(List.of(more));
        return run(all.toArray());
    }

    /** As {@link #convert}, of what a list on standard input names. */
    public int convertList(String list, Object... more) {
        InputStream before = System.in;
        try {
            System.setIn(new ByteArrayInputStream(list.getBytes(StandardCharsets.ISO_8859_1)));
            List<Object> all = new ArrayList<>(List.of("-", "--out", fhir(), "--report", reportFile()));
            all.addAll(List.of(more));
            return run(all.toArray());
        } finally {
            System.setIn(before);
        }
    }

    /** With no arguments but these. */
    public int run(Object... arguments) {
        out = new StringWriter();
        err = new StringWriter();
        String[] all = Stream.concat(Stream.of("convert"), Stream.of(arguments).map(Object::toString))
                .toArray(String[]::new);
        return Portolan.commandLine(new PrintWriter(out, true), new PrintWriter(err, true))
                .execute(all);
    }

    public String out() {
        return out.toString();
    }

    public String err() {
        return err.toString();
    }

    public JsonNode report() throws IOException {
        return new ObjectMapper().readTree(reportFile().toFile());
    }

    /** Of every file, by its name as from the input on: what became of it. Fails where a file is named twice. */
    public Map<String, String> outcomes() throws IOException {
        return ofFiles("outcome");
    }

    public Map<String, String> reasons() throws IOException {
        return ofFiles("reason");
    }

    private Map<String, String> ofFiles(String field) throws IOException {
        Map<String, String> all = new TreeMap<>();
        for (JsonNode file : report().path("files")) {
            String name = file.path("file").asText().replace(in() + "/", "");
            if (all.put(name, file.path(field).asText()) != null) {
                throw new AssertionError("twice in the report: " + name);
            }
        }
        return all;
    }

    /** Writes an instance below the input. */
    public Path write(String name, DataSet instance) throws IOException {
        return write(name, SyntheticStudies.toFile(instance));
    }

    public Path write(String name, byte[] bytes) throws IOException {
        Path file = in().resolve(name);
        Files.createDirectories(file.resolveSibling(""));
        return Files.write(file, bytes);
    }

    /** Under the names of their SOPInstanceUIDs. */
    public void writeAll(List<DataSet> instances) throws IOException {
        for (DataSet instance : instances) {
            write(instance.string(Attribute.SOPInstanceUID).orElseThrow(), instance);
        }
    }

    /** Every file of a folder, hidden ones and those in folders too: by its name, its text, read as ISO 8859-1. */
    public static Map<String, String> contents(Path root) throws IOException {
        Map<String, String> all = new TreeMap<>();
        if (Files.exists(root)) {
            try (Stream<Path> files = Files.walk(root)) {
                for (Path file : files.filter(Files::isRegularFile).toList()) {
                    all.put(root.relativize(file).toString(), Files.readString(file, StandardCharsets.ISO_8859_1));
                }
            }
        }
        return all;
    }

    /** Removes a folder and all that is in it. */
    public static void delete(Path root) throws IOException {
        if (Files.exists(root)) {
            try (Stream<Path> files = Files.walk(root)) {
                for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                    Files.delete(file);
                }
            }
        }
    }

    /** What is written so far. */
    public Map<String, String> written() throws IOException {
        return contents(fhir());
    }
}
