package io.portolan.testdata;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** All golden cases, found by listing: in the sources when the tests run, else beside this class. */
public final class Cases {

    /** System property: the root of the checkout. */
    private static final String ROOT = "portolan.root";

    private Cases() {}

    public static List<Case> all() {
        try {
            return System.getProperty(ROOT) == null ? onClassPath() : in(sources());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The case with this name. */
    public static Case named(String name) {
        return all().stream()
                .filter(c -> c.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("no case " + name));
    }

    /** Replaces what a case expects; in the sources only. */
    public static void rewrite(String name, String expectedFhir, List<String> expectedIssues) throws IOException {
        Path directory = sources().resolve(name);
        Files.writeString(directory.resolve("expected.fhir.json"), expectedFhir);
        Files.write(directory.resolve("expected.issues"), expectedIssues);
    }

    static List<Case> in(Path directory) throws IOException {
        List<Case> cases = new ArrayList<>();
        for (Path one : Case.list(directory)) {
            cases.add(Case.read(one));
        }
        return cases;
    }

    static List<Case> onClassPath() throws IOException {
        URL url = Cases.class.getResource("cases");
        if (url == null) {
            throw new IllegalStateException("no cases beside " + Cases.class.getName());
        }
        try {
            URI uri = url.toURI();
            if (!"jar".equals(uri.getScheme())) {
                return in(Path.of(uri));
            }
            try (FileSystem jar = FileSystems.newFileSystem(uri, Map.of())) {
                return in(jar.provider().getPath(uri));
            }
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    private static Path sources() {
        return Path.of(System.getProperty(ROOT, ""), "test-data", "cases");
    }
}
