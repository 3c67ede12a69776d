package io.portolan.mapping;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What the mapping makes of the cases does not change without its version. */
class MappingVersionTest {

    private static final String VERSIONS = "/mapping-versions.txt";

    @Test
    void theVersionIsRaisedWhenTheMappingSaysSomethingElse() throws Exception {
        List<String> versions = new String(
                        MappingVersionTest.class.getResourceAsStream(VERSIONS).readAllBytes(), StandardCharsets.UTF_8)
                .lines()
                .filter(line -> !line.startsWith("#"))
                .toList();
        assertThat(versions.get(versions.size() - 1))
                .as("The goldens have changed. If a case was published otherwise before, raise StudyMapper.VERSION"
                        + " and add a line to mapping-versions.txt; if cases were only added, replace its last line")
                .isEqualTo(StudyMapper.VERSION + " " + hashOfGoldens());
    }

    private static String hashOfGoldens() throws Exception {
        MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
        for (Path golden : goldens()) {
            sha256.update(Files.readAllBytes(golden));
        }
        return HexFormat.of().formatHex(sha256.digest());
    }

    private static List<Path> goldens() throws IOException {
        try (Stream<Path> files = Files.walk(Goldens.root().resolve("test-data/cases"))) {
            List<Path> goldens = files.filter(file -> file.endsWith("expected.fhir.json"))
                    .sorted()
                    .toList();
            assertThat(goldens).hasSizeGreaterThan(50);
            return goldens;
        }
    }
}
