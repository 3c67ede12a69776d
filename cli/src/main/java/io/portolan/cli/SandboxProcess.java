package io.portolan.cli;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The sandbox FHIR server as a process of its own, which ends when this one does, however this one ends: its standard input
 * is a pipe of ours. Nothing of it is on our class path.
 */
final class SandboxProcess implements AutoCloseable {

    private static final Pattern READY = Pattern.compile("FHIR server ready: (\\S+)");

    private static final int SIGINT_EXIT = 130;
    private static final int OWN_SIGNAL_MAX_SECONDS = 2;

    private final Process process;

    private SandboxProcess(Process process) {
        this.process = process;
    }

    /**
     * Starts it with these options of its own; what it says goes where ours goes.
     *
     * @throws UsageException when it is not built
     */
    static SandboxProcess inForeground(Path home, List<String> options) throws IOException, UsageException {
        return new SandboxProcess(builder(home, Path.of(System.getProperty("java.io.tmpdir")), options)
                .redirectOutput(ProcessBuilder.Redirect.INHERIT)
                .start());
    }

    /**
     * Starts it on a free port; {@link #awaitReady} tells which.
     *
     * @param temporary where its temporary files go
     */
    static SandboxProcess inBackground(Path home, Path temporary) throws IOException, UsageException {
        return new SandboxProcess(
                builder(home, temporary, List.of("--port", "0")).start());
    }

    private static ProcessBuilder builder(Path home, Path temporary, List<String> options) throws UsageException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx768m",
                "-XX:TieredStopAtLevel=1",
                "-Djava.io.tmpdir=" + temporary,
                "-jar",
                jar(home).toString(),
                "--exit-with-parent"));
        command.addAll(options);
        return new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT);
    }

    private static Path jar(Path home) throws UsageException {
        List<Path> places = List.of(
                home.resolve("sandbox/target/portolan-sandbox/portolan-sandbox.jar"),
                home.resolve("portolan-sandbox/portolan-sandbox.jar"));
        return places.stream()
                .filter(Files::exists)
                .findFirst()
                .orElseThrow(() ->
                        new UsageException("the sandbox is not here: neither " + places.get(0) + " nor " + places.get(1)
                                + " exists. In a source tree, start Portolan with ./portolan, which builds it."));
    }

    /**
     * Waits until it answers; for one that was started in the background, once.
     *
     * @return the base URL
     * @throws IOException when it ended instead; what was wrong stands on standard error
     */
    String awaitReady() throws IOException, InterruptedException {
        BufferedReader out = process.inputReader(StandardCharsets.UTF_8);
        for (String line = out.readLine(); line != null; line = out.readLine()) {
            Matcher ready = READY.matcher(line);
            if (ready.find()) {
                return ready.group(1);
            }
        }
        if (process.waitFor() == SIGINT_EXIT) {
            // Ctrl-C goes to every process in front of the terminal: ours comes at once
            new CountDownLatch(1).await(OWN_SIGNAL_MAX_SECONDS, TimeUnit.SECONDS);
        }
        throw new IOException("the sandbox FHIR server did not start; what it said stands above");
    }

    /** Waits for its end; the exit code. */
    int awaitEnd() throws InterruptedException {
        return process.waitFor();
    }

    /** Ends it in order, and waits. */
    @Override
    public void close() {
        process.destroy();
        process.onExit().join();
    }
}
