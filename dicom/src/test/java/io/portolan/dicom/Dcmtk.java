package io.portolan.dicom;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.Charset;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The tools of DCMTK, an implementation that is not ours.
 *
 * <p>Where they are not installed the test is skipped, with a message; with {@code -Dportolan.peers.required=true} it
 * fails instead.
 */
public final class Dcmtk {

    private Dcmtk() {}

    /** What a tool printed, standard output and standard error together. */
    public static String run(Charset charset, String tool, List<String> arguments)
            throws IOException, InterruptedException {
        requireInstalled(tool);
        List<String> command = new ArrayList<>(List.of(tool));
        command.addAll(arguments);
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        try (InputStream out = process.getInputStream()) {
            String text = new String(out.readAllBytes(), charset);
            process.waitFor();
            return text;
        }
    }

    private static void requireInstalled(String tool) {
        boolean installed = Arrays.stream(
                        System.getenv().getOrDefault("PATH", "").split(":"))
                .anyMatch(folder -> Files.isExecutable(Path.of(folder, tool)));
        if (Boolean.getBoolean("portolan.peers.required") && !installed) {
            throw new AssertionError(tool + " of DCMTK is required and not installed");
        }
        assumeTrue(installed, tool + " of DCMTK is not installed");
    }
}
