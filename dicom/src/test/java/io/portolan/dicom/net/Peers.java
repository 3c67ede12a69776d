package io.portolan.dicom.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Programs of others that the tests talk to where they are installed, such as DCMTK's. */
final class Peers {

    private static final long RUN_MAX_SECONDS = 120;

    private Peers() {}

    /** Skips the test when a program is not installed; fails it when the property portolan.peers.required is true. */
    static void require(String program) {
        boolean installed = Arrays.stream(System.getenv("PATH").split(File.pathSeparator, -1))
                .anyMatch(folder -> Path.of(folder, program).toFile().canExecute());
        if (Boolean.getBoolean("portolan.peers.required")) {
            assertThat(installed).as("%s must be installed", program).isTrue();
        }
        assumeTrue(installed, () -> program + " is not installed: DCMTK or Orthanc has it");
    }

    /** Runs a program to its end and gives back what it printed; fails unless it exits with 0. */
    static String run(Path folder, String... command) throws Exception {
        Path output = folder.resolve(command[0] + ".out");
        Process process = new ProcessBuilder(List.of(command))
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        boolean ended = process.waitFor(RUN_MAX_SECONDS, TimeUnit.SECONDS);
        process.destroyForcibly();
        String printed = java.nio.file.Files.readString(output);
        assertThat(ended).as("%s ends; it printed: %s", command[0], printed).isTrue();
        assertThat(process.exitValue())
                .as("%s printed: %s", command[0], printed)
                .isZero();
        return printed;
    }
}
