package io.portolan.gateway.convert;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class NamesTest {

    @TempDir
    private Path folder;

    private static byte[] latin(String bytes) {
        return bytes.getBytes(StandardCharsets.ISO_8859_1);
    }

    private byte[] below(String bytes) {
        return latin(folder + "/" + bytes);
    }

    /** Each character is a byte. */
    @ParameterizedTest
    @CsvSource({
        "plain, plain",
        "'a b+c#d?e', 'a b+c#d?e'",
        "'\u00C3\u00BC', '\u00FC'",
        "'\u00FC', '%FC'",
        "'\u00E8\u0091\u009B', '\u845B'",
        "'a\u00FF%b', 'a%FF%b'",
        "'50%', '50%'",
        "'100%20', '100%20'",
    })
    void showsNamesAsTheyAre(String bytes, String shown) throws Exception {
        Path path = Names.path(below(bytes));
        Files.createFile(path);
        assertThat(Names.of(path)).isEqualTo(folder + "/" + shown);
        try (var files = Files.list(folder)) {
            assertThat(files.map(Names::of)).containsExactly(folder + "/" + shown);
        }
    }

    @Test
    void showsNoTwoFilesAlike() throws Exception {
        String[] all = {
            "\u00FF",
            "%FF",
            "%25FF",
            "%",
            "%25",
            "%2525",
            "%\u00FF",
            "%%FF",
            "\u00C3\u00BF",
            "%C3%BF",
            "\u00EF\u00BF\u00BD"
        };
        for (String bytes : all) {
            Files.createFile(Names.path(below(bytes)));
        }
        try (var files = Files.list(folder)) {
            assertThat(files.map(Names::of)).hasSize(all.length).doesNotHaveDuplicates();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"a", "./a", "../a", "a/../b", "\u00C3\u00BC", "./\u00FF", "../\u00FF", "a\nb", "a//\u00FF"})
    void keepsARelativePathAsItIsGiven(String bytes) {
        Path path = Names.path(latin(bytes));
        assertThat(path).isRelative();
        String shown =
                bytes.replace("\u00C3\u00BC", "\u00FC").replace("\u00FF", "%FF").replace("//", "/");
        assertThat(Names.of(path)).isEqualTo(bytes.contains("\u00C3") ? "\u00FC" : shown);
    }

    @Test
    void takesAPathWithManySlashes() {
        assertThat(Names.of(Names.path(below("//a///\u00FF/")))).isEqualTo(folder + "/a/%FF");
        assertThat(Names.of(Names.path(latin("//tmp")))).isEqualTo("/tmp");
        assertThat(Names.of(Names.path(latin("/")))).isEqualTo("/");
    }
}
