package io.portolan.e2e;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * What a gateway that was started with {@link #jvmOptions} takes of memory.
 *
 * @param directory in which it runs
 */
record GatewayMemory(Path directory, long pid) {

    private static final String GC_LOG = "gc.log";
    private static final Pattern HEAP_AFTER_GC = Pattern.compile("->(\\d+)M\\(");
    private static final long GC_MAX_SECONDS = 60;

    static List<String> jvmOptions(int heapMb) {
        return List.of("-Xmx" + heapMb + "m", "-Xlog:gc:file=" + GC_LOG);
    }

    /** Resident now; -1: the system has no /proc. */
    long residentMb() throws IOException {
        return ofProc("VmRSS");
    }

    /** Resident at most so far, likewise. */
    long peakMb() throws IOException {
        return ofProc("VmHWM");
    }

    private long ofProc(String what) throws IOException {
        Path status = Path.of("/proc/" + pid + "/status");
        if (!Files.isReadable(status)) {
            return -1;
        }
        try (Stream<String> lines = Files.lines(status)) {
            return lines.filter(line -> line.startsWith(what + ":"))
                    .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) >> 10)
                    .findFirst()
                    .orElse(-1);
        }
    }

    /** The heap after each collection so far. */
    List<Integer> heapsAfterGcMb() throws IOException {
        Matcher collections = HEAP_AFTER_GC.matcher(Files.readString(directory.resolve(GC_LOG)));
        List<Integer> all = new ArrayList<>();
        while (collections.find()) {
            all.add(Integer.parseInt(collections.group(1)));
        }
        return all;
    }

    int lastHeapAfterGcMb() throws IOException {
        return heapsAfterGcMb().stream().reduce((one, next) -> next).orElse(-1);
    }

    /** Has everything collected that can be, and says what is left. */
    int liveMb() throws IOException, InterruptedException {
        Path jcmd = Path.of(System.getProperty("java.home"), "bin", "jcmd");
        Process process = new ProcessBuilder(jcmd.toString(), Long.toString(pid), "GC.run")
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        if (!process.waitFor(GC_MAX_SECONDS, TimeUnit.SECONDS) || process.exitValue() != 0) {
            process.destroyForcibly();
            throw new IOException("jcmd does not reach the gateway");
        }
        return lastHeapAfterGcMb();
    }
}
