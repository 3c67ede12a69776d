package io.portolan.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What stands on the screen, and what a file gets. */
class ProgressTest {

    private final StringWriter written = new StringWriter();
    private final PrintWriter err = new PrintWriter(written, true);

    @Test
    void leavesOnATerminalWhatWasSaidAndNothingElse() {
        Progress progress = Progress.start(err, "Sending", 3, true);
        progress.done(1_000);
        progress.failed();
        progress.say("second: refused");
        assertThat(screen()).hasSize(2).first().isEqualTo("second: refused");
        assertThat(screen().get(1)).startsWith("Sending [").contains(" 66 %  1 failed");
        progress.failed();
        progress.say("third: refused");
        progress.close();

        assertThat(screen()).containsExactly("second: refused", "third: refused", "");
    }

    @Test
    void writesNoEscapeWhereNoTerminalIs() {
        try (Progress progress = Progress.start(err, "Sending", 2, false)) {
            progress.done(1_000);
            progress.failed();
            progress.say("second: refused");
        }
        assertThat(written.toString()).isEqualTo("second: refused" + System.lineSeparator());
    }

    @ParameterizedTest
    @ValueSource(ints = {20, 40, 80, 120, 300})
    void neverWrapsAndNamesFailuresFirst(int columns) {
        Progress progress = Progress.start(err, "Sending", 100_000, true);
        for (int i = 0; i < 4_600; i++) {
            progress.failed();
            progress.done(100);
        }
        assertThat(progress.liveLine(columns)).hasSizeLessThan(columns).contains("9 %");
        assertThat(progress.liveLine(Math.max(columns, 40))).contains("4600 failed");
        assertThat(progress.liveLine(Math.max(columns, 80))).contains("4600 failed", " left", "/s", " MB/s", "[#");
        progress.close();
    }

    /** Carriage return and the sequence that erases to the end of the line, as a terminal takes them. */
    private List<String> screen() {
        List<String> lines = new ArrayList<>();
        for (String line : written.toString().replace("\r\n", "\n").split("\n", -1)) {
            lines.add(line.substring(line.lastIndexOf("\r\u001b[K") + (line.contains("\r\u001b[K") ? 4 : 1)));
        }
        return lines;
    }
}
