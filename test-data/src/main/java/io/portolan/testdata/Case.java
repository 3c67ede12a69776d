package io.portolan.testdata;

import io.portolan.dicom.DataSet;
import io.portolan.dicom.io.Dump;
import io.portolan.dicom.io.MalformedDataException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * A golden case: instances, and what becomes of them.
 *
 * <pre>
 * case.md              what it proves
 * 0001.dump ...        one instance each
 * expected.fhir.json   the resources, or why there are none
 * expected.issues      one per line; empty when none
 * </pre>
 *
 * @param name of its directory
 * @param instances in the order of their file names
 */
public record Case(String name, List<DataSet> instances, String expectedFhir, List<String> expectedIssues) {

    public Case {
        instances = List.copyOf(instances);
        expectedIssues = List.copyOf(expectedIssues);
    }

    /**
     * Reads a case.
     *
     * @throws IllegalStateException when the directory lacks a part, or holds something else
     */
    static Case read(Path directory) throws IOException {
        String name = String.valueOf(directory.getFileName()).replace("/", "");
        List<Path> dumps = new ArrayList<>();
        for (Path file : list(directory)) {
            String fileName = String.valueOf(file.getFileName());
            if (fileName.matches("\\d{4}\\.dump")) {
                dumps.add(file);
            } else if (!List.of("case.md", "expected.fhir.json", "expected.issues")
                    .contains(fileName)) {
                throw new IllegalStateException(name + ": what is " + fileName + "?");
            }
        }
        if (dumps.isEmpty() || text(directory, "case.md").isBlank()) {
            throw new IllegalStateException(name + ": a case has a case.md and at least 0001.dump");
        }
        List<DataSet> instances = new ArrayList<>();
        for (Path dump : dumps) {
            instances.add(parse(dump));
        }
        List<String> issues = text(directory, "expected.issues").lines().toList();
        return new Case(name, instances, text(directory, "expected.fhir.json"), issues);
    }

    private static DataSet parse(Path dump) throws IOException {
        try {
            return Dump.parse(Files.readString(dump));
        } catch (MalformedDataException e) {
            throw new IllegalStateException(dump + " line " + e.getMessage(), e);
        }
    }

    static List<Path> list(Path directory) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.sorted().toList();
        }
    }

    private static String text(Path directory, String file) throws IOException {
        Path path = directory.resolve(file);
        if (!Files.isRegularFile(path)) {
            throw new IllegalStateException(
                    directory.getFileName() + " lacks " + file + " (a new case starts with empty expectations)");
        }
        return Files.readString(path, StandardCharsets.UTF_8);
    }
}
