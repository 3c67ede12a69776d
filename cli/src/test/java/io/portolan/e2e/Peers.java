package io.portolan.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Programs that others wrote: where one is missing the test is skipped, or fails where peers are required. */
final class Peers {

    private Peers() {}

    static ChildProcess start(Path directory, String program, String... arguments) throws IOException {
        require(program);
        List<String> command = new ArrayList<>(List.of(program));
        command.addAll(Arrays.asList(arguments));
        return ChildProcess.start(directory, command);
    }

    static void require(String program) {
        boolean installed = Arrays.stream(System.getenv("PATH").split(":"))
                .anyMatch(folder -> Files.isExecutable(Path.of(folder, program)));
        if (Boolean.getBoolean("portolan.peers.required")) {
            assertThat(installed)
                    .as(program + " is required here and not installed")
                    .isTrue();
        }
        assumeTrue(installed, program + " is not installed; on Debian: apt-get install dcmtk bsdutils haproxy");
    }
}
