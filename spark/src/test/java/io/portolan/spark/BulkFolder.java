package io.portolan.spark;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;

/** What a run wrote, in whatever files it lies: for comparing one with another. */
final class BulkFolder {

    private static final ObjectMapper JSON = new ObjectMapper();

    private static final int PARTS_MAX = 100;

    private final Path folder;

    BulkFolder(Path folder) {
        this.folder = folder;
    }

    /** By type of resource every line, sorted; one that is there twice is there twice. */
    Map<String, List<String>> resources() throws IOException {
        Map<String, List<String>> all = new TreeMap<>();
        for (Path file : files("[A-Z][A-Za-z]+\\..*ndjson(\\.gz)?")) {
            String type = String.valueOf(file.getFileName()).replaceFirst("\\..*", "");
            all.computeIfAbsent(type, key -> new ArrayList<>()).addAll(lines(file));
        }
        all.values().forEach(lines -> lines.sort(Comparator.naturalOrder()));
        return all;
    }

    /** The account of every file, in the order of the parts. */
    List<JsonNode> files() throws IOException {
        return objects("files");
    }

    /** The account of every study, by UID, without the place where it is. */
    List<JsonNode> studies() throws IOException {
        return withoutPlace(objects("studies"));
    }

    JsonNode totals() throws IOException {
        return JSON.readTree(folder.resolve("report/totals.json").toFile());
    }

    /** The same of a report of {@code convert}. */
    static List<JsonNode> studies(JsonNode report) {
        List<JsonNode> studies = new ArrayList<>();
        report.path("studies").forEach(studies::add);
        return withoutPlace(studies);
    }

    private static List<JsonNode> withoutPlace(List<JsonNode> studies) {
        studies.forEach(study -> ((ObjectNode) study).remove("file"));
        studies.sort(Comparator.comparing(study -> study.path("study").asText()));
        return studies;
    }

    private List<JsonNode> objects(String part) throws IOException {
        List<JsonNode> all = new ArrayList<>();
        for (int n = 1; n <= PARTS_MAX; n++) {
            for (Path file : List.of(part(part, n, ""), part(part, n, ".gz"))) {
                for (String line : Files.exists(file) ? lines(file) : List.<String>of()) {
                    all.add(JSON.readTree(line));
                }
            }
        }
        return all;
    }

    private Path part(String part, int n, String ending) {
        return folder.resolve("report").resolve(part + "." + n + ".ndjson" + ending);
    }

    private List<Path> files(String pattern) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(file -> String.valueOf(file.getFileName()).matches(pattern))
                    .toList();
        }
    }

    private static List<String> lines(Path file) throws IOException {
        try (InputStream in = Files.newInputStream(file);
                BufferedReader text = new BufferedReader(new InputStreamReader(
                        file.toString().endsWith(".gz") ? new GZIPInputStream(in) : in, StandardCharsets.UTF_8))) {
            return text.lines().toList();
        }
    }
}
