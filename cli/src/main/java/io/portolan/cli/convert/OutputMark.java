package io.portolan.cli.convert;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/** Which folder the runs of a state write into: only there may a run replace what it finds. */
public final class OutputMark {

    private static final String NAME = "output";

    private OutputMark() {}

    public static void set(Path state, Path folder) throws IOException {
        Files.write(state.resolve(NAME), text(folder));
    }

    /** Whether the last run of the state wrote into the folder. */
    public static boolean is(Path state, Path folder) throws IOException {
        Path mark = state.resolve(NAME);
        return Files.isRegularFile(mark) && Arrays.equals(Files.readAllBytes(mark), text(folder));
    }

    public static void remove(Path state) throws IOException {
        Files.deleteIfExists(state.resolve(NAME));
    }

    private static byte[] text(Path folder) throws IOException {
        return folder.toRealPath().toUri().toString().getBytes(StandardCharsets.US_ASCII);
    }
}
