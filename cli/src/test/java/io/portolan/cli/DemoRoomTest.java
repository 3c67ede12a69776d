package io.portolan.cli;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the demo asks of a folder before it starts anything. */
class DemoRoomTest {

    @TempDir
    private Path directory;

    @Test
    void namesTheFolderAndWhatItNeedsWhenTooLittleIsFree() {
        assertThatThrownBy(() -> DemoCommand.requireRoom(directory, 35_400_000))
                .isInstanceOf(UsageException.class)
                .hasMessage("35 MB free in " + directory
                        + ", 200 MB needed; choose another folder with --dir DIR, or TMPDIR");
        assertThatCode(() -> DemoCommand.requireRoom(directory, 200_000_000)).doesNotThrowAnyException();
    }

    @Test
    void takesNoFileForAFolder() throws Exception {
        Path file = Files.writeString(directory.resolve("file"), "");
        assertThatThrownBy(() -> DemoCommand.requireRoom(file, 1_000_000_000))
                .hasMessageStartingWith("there is no folder " + file);
    }
}
