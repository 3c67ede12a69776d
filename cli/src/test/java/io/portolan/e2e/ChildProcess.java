package io.portolan.e2e;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A program of ours, or a peer, as a process of its own; its output is kept line by line. */
final class ChildProcess implements AutoCloseable {

    private final Process process;
    private final List<String> lines = new CopyOnWriteArrayList<>();
    private final List<Thread> readers;

    private ChildProcess(Process process) {
        this.process = process;
        this.readers = List.of(reader(process.getInputStream()), reader(process.getErrorStream()));
    }

    static ChildProcess start(Path directory, List<String> command) throws IOException {
        return new ChildProcess(
                new ProcessBuilder(command).directory(directory.toFile()).start());
    }

    private Thread reader(InputStream stream) {
        Thread thread = new Thread(() -> {
            try (BufferedReader in = new BufferedReader(new InputStreamReader(stream, StandardCharsets.UTF_8))) {
                in.lines().forEach(lines::add);
            } catch (IOException | UncheckedIOException e) {
                lines.add("(output ended: " + e.getClass().getSimpleName() + ")");
            }
        });
        thread.setDaemon(true);
        thread.start();
        return thread;
    }

    /** Everything said so far, both streams. */
    List<String> lines() {
        return lines;
    }

    /** Waits for a line, and gives what the pattern's first group found. */
    String awaitLine(String pattern, Duration limit) throws Exception {
        Pattern compiled = Pattern.compile(pattern);
        String[] found = new String[1];
        Await.until("a line " + pattern + " in:\n" + String.join("\n", lines), limit, () -> {
            for (String line : lines) {
                Matcher matcher = compiled.matcher(line);
                if (matcher.find()) {
                    found[0] = matcher.groupCount() == 0 ? line : matcher.group(1);
                    return true;
                }
            }
            if (!process.isAlive()) {
                throw new AssertionError("ended before it said " + pattern + ":\n" + String.join("\n", lines));
            }
            return false;
        });
        return found[0];
    }

    /** The exit code, when it has ended by itself and said everything. */
    int awaitEnd(Duration limit) throws InterruptedException {
        if (!process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS)) {
            throw new AssertionError("still running after " + limit + ":\n" + String.join("\n", lines));
        }
        for (Thread reader : readers) {
            reader.join(limit.toMillis());
        }
        return process.exitValue();
    }

    /** On its standard input; on a terminal, ^C interrupts. */
    void type(String text) throws IOException {
        process.getOutputStream().write(text.getBytes(StandardCharsets.US_ASCII));
        process.getOutputStream().flush();
    }

    /** SIGTERM; what it says then is still heard. */
    void terminate() {
        process.toHandle().destroy();
    }

    /** SIGKILL. */
    void kill() {
        process.destroyForcibly().onExit().join();
    }

    long pid() {
        return process.pid();
    }

    boolean isAlive() {
        return process.isAlive();
    }

    @Override
    public void close() {
        kill();
    }
}
