package io.portolan.gateway.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.portolan.dicom.PageTables;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** Holds {@code docs/configuration.md} to the table of keys; {@code -Dportolan.golden=write} rewrites it, never in CI. */
class ConfigurationPageTest {

    private static final Path PAGE = Path.of(
            Objects.requireNonNull(System.getProperty("portolan.root"), "run by Maven"), "docs", "configuration.md");

    @Test
    void holdsThePageToTheTableOfKeys() throws Exception {
        String page = page();
        if ("write".equals(System.getProperty("portolan.golden"))) {
            assertThat(System.getenv("CI"))
                    .as("goldens are not rewritten in CI")
                    .isNull();
            Files.writeString(PAGE, page);
        }
        assertThat(PAGE)
                .as("docs/configuration.md is stale; ./dev golden rewrites it")
                .exists()
                .content()
                .isEqualTo(page);
    }

    @Test
    void holdsTheConformanceStatementToTheKeysOfTheNetwork() throws Exception {
        StringBuilder table = new StringBuilder(PageTables.heading("parameter", "default", "meaning"));
        Keys.SECTIONS.stream()
                .filter(section -> section.name().equals("dicom"))
                .flatMap(section -> section.keys().stream())
                .forEach(key -> table.append(
                        PageTables.row("`" + key.path() + "`", "`" + key.standard() + "`", key.description())));
        PageTables.hold("conformance.md", Map.of("parameters", table.toString()));
    }

    private static String page() {
        StringBuilder page = new StringBuilder("""
                <!-- Generated from the table of keys (Keys.java); ./dev golden rewrites it. -->
                # Configuration

                One YAML file holds everything. Every key has a default, so the file may be short or missing:

                ```yaml
                dicom:   { ae-title: PORTOLAN, port: 11112 }
                fhir:    { url: "http://localhost:8080/fhir" }
                publish: { quiet: 5s, max-delay: 60s }
                ```

                A value is taken from the last of these that gives it:

                1. the default,
                2. the file,
                3. the environment: `PORTOLAN_` and the key in capitals with `_` for dots and dashes, so
                   `publish.max-delay` is `PORTOLAN_PUBLISH_MAX_DELAY`. An empty variable counts as not set,
                4. `--set key=value`, such as `--set publish.max-delay=2m`.

                Every key and value is checked before anything starts. A key that does not exist, a value that cannot be right and
                a variable that looks like a key but is none stop the start, all of them reported at once, each with its file and
                line and with what would be right.

                Times are written with a unit: `200ms`, `5s`, `15m`, `2h`. Sizes too, and binary: `128KB` is 131072 bytes. Paths are
                absolute or from the working directory. In the environment and in `--set`, tables (`mapping.issuers`,
                `mapping.endpoints` and the like) are written as YAML on one line and replace the whole table.

                What is changed under `mapping` counts for what is published from then on. `resolve` asks the FHIR server for the one
                resource with the identifier; a reference that it cannot resolve stays logical, and a study that lists something
                is parked when its subject is one of them.

                With `storage.mode: discard` the gateway is an index only: the images are gone once their headers are in the ledger, and of
                the headers only the mapped attributes remain. A later version that maps more attributes cannot get them from what was
                discarded; the instances must be sent again.
                """);
        for (Keys.Section section : Keys.SECTIONS) {
            page.append("\n## ").append(section.name()).append("\n\n");
            page.append(section.description()).append("\n\n");
            page.append("| key | default | meaning | allowed |\n|---|---|---|---|\n");
            for (Key<?> key : section.keys()) {
                page.append("| `%s` | `%s` | %s | %s |\n"
                        .formatted(
                                key.path(),
                                key.standard(),
                                key.description(),
                                key.kind().right()));
            }
        }
        return page.toString();
    }
}
