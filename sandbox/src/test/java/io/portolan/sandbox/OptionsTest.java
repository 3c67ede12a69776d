package io.portolan.sandbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.portolan.sandbox.Sandbox.Options;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The command line: a table of what is refused, and with which words. */
class OptionsTest {
    @Test
    void runsOnPort8080InMemoryUnlessToldOtherwise() {
        assertThat(Options.parse()).isEqualTo(new Options(8080, null, false));
    }

    @Test
    void takesEveryOptionInAnyOrder() {
        assertThat(Options.parse("--exit-with-parent", "--data", "some/folder", "--port", "0"))
                .isEqualTo(new Options(0, Path.of("some/folder").toAbsolutePath(), true));
    }

    @ParameterizedTest
    @CsvSource({
        "--prot 1,         Unknown option: --prot",
        "8080,             Unknown option: 8080",
        "--port,           --port needs a value",
        "--port x,         Not a TCP port (0 to 65535): x",
        "--port -1,        Not a TCP port (0 to 65535): -1",
        "--port 65536,     Not a TCP port (0 to 65535): 65536",
        "--data,           --data needs a value",
        "--data a;MODE=DB2, Not a folder (it must not contain a semicolon): a;MODE=DB2",
    })
    void refusesWhatItCannotFollow(String commandLine, String message) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Options.parse(commandLine.split(" ")))
                .withMessage(message);
    }
}
