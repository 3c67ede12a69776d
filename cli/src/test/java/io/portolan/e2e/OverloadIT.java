package io.portolan.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The short form of {@code ./dev bench overload}. */
class OverloadIT {

    @TempDir
    private Path directory;

    @Test
    void whoBehavesDoesNotNoticeWhoDoesNot() throws Exception {
        OverloadRun.Summary summary = OverloadRun.of(directory, new OverloadRun.Load(4, 64 * 1024, 32 << 20));

        assertThat(summary.differences()).as("%s", summary.table()).isEmpty();
    }
}
