package io.portolan.e2e;

import io.portolan.dicom.engine.Status;
import io.portolan.e2e.SentInstances.Fate;
import io.portolan.gateway.publish.FakeFhirServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;

/**
 * A gateway whose data folder is a small file system of its own, which runs full: what does not fit is refused, or its
 * association is lost; nothing that was acknowledged is; and with more space all goes on, in the same process, and after
 * SIGKILL on the full disk as well. For Linux, as a user who may mount.
 */
public final class DiskFullRun {

    private static final int SIZE_MB = 24;
    private static final int LARGER_MB = 160;
    private static final int PIXELS_BYTES = 100_000;
    private static final int STUDIES = 8;
    private static final int INSTANCES = 400; // 40 MB: almost twice what fits
    private static final int AFTERWARDS = 80;
    private static final Duration LIMIT = Duration.ofMinutes(2);

    private final Path directory;
    private final Path data;
    private final FakeFhirServer server;
    private final SentInstances sent = new SentInstances();
    private final List<String> differences = new ArrayList<>();

    private DiskFullRun(Path directory, FakeFhirServer server) {
        this.directory = directory;
        this.data = directory.resolve("data");
        this.server = server;
    }

    /** Whether such a file system can be mounted here. */
    public static boolean isPossible(Path directory) throws IOException, InterruptedException {
        Path tried = Files.createTempDirectory(directory, "mount");
        boolean mounted = mount("mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", tried.toString());
        if (mounted) {
            mount("umount", tried.toString());
        }
        Files.delete(tried);
        return mounted;
    }

    /**
     * In an empty directory.
     *
     * @return what is wrong; empty: nothing
     */
    public static List<String> of(Path directory) throws Exception {
        try (FakeFhirServer server = new FakeFhirServer().forgetful()) {
            return new DiskFullRun(directory, server).run();
        }
    }

    private List<String> run() throws Exception {
        Files.createDirectories(data);
        mountOrFail("mount", "-t", "tmpfs", "-o", "size=" + SIZE_MB + "m", "tmpfs", data.toString());
        try {
            for (boolean killed : new boolean[] {false, true}) {
                int from = killed ? INSTANCES + AFTERWARDS : 0;
                mountOrFail("mount", "-o", "remount,size=" + usedMb(SIZE_MB) + "m", data.toString());
                runFull(from, killed);
            }
            differences.addAll(Comparison.withServer(sent, server));
            differences.addAll(Comparison.withFiles(sent, List.of(data.resolve("instances"))));
        } finally {
            mount("umount", data.toString());
        }
        System.out.printf(
                Locale.ROOT,
                "%d C-STORE requests of %d instances: %d acknowledged, %d in doubt, %d refused in the end, %d refusals; %s%n",
                sent.attempts(),
                sent.count(),
                sent.all(Fate.ACKNOWLEDGED).size(),
                sent.all(Fate.IN_DOUBT).size(),
                sent.all(Fate.REFUSED).size(),
                sent.refusals(),
                Published.on(server));
        return differences;
    }

    private void runFull(int from, boolean killed) throws Exception {
        RunningGateway gateway = start();
        try {
            long refusals = sent.refusals();
            int inDoubt = sent.all(Fate.IN_DOUBT).size();
            send(gateway, from, INSTANCES);
            if (sent.refusals() == refusals && sent.all(Fate.IN_DOUBT).size() == inDoubt) {
                differences.add("nothing was refused on the full disk");
            }
            if (killed) {
                gateway.kill();
            }
            mountOrFail("mount", "-o", "remount,size=" + LARGER_MB + "m", data.toString());
            if (killed) {
                gateway = start();
            }
            long before = sent.refusals();
            send(gateway, from + INSTANCES, AFTERWARDS);
            if (sent.refusals() != before) {
                differences.add("instances were refused with space again");
            }
            gateway.awaitPublished(LIMIT);
            if (gateway.metric("portolan_studies_parked").orElseThrow() != 0) {
                differences.add("studies are parked");
            }
            gateway.stop();
        } finally {
            gateway.close();
        }
    }

    private RunningGateway start() throws Exception {
        List<String> settings = new ArrayList<>(List.of(CrashRun.SETTINGS));
        settings.add("ledger.free-space-min=0B"); // so that it finds out the hard way
        return RunningGateway.start(
                directory, server.base().toString(), List.of("-Xmx96m"), settings.toArray(String[]::new));
    }

    private void send(RunningGateway gateway, int from, int count) throws IOException {
        int next = from;
        int associationsLost = 0;
        while (next < from + count) {
            try (Scu scu = Scu.associate(gateway.dicomPort())) {
                for (; next < from + count; next++) {
                    LoadInstance instance = new LoadInstance(next % STUDIES, 1, 1 + next, PIXELS_BYTES);
                    try {
                        Status status = scu.store(instance);
                        sent.answered(instance, status);
                    } catch (IOException lost) {
                        sent.unanswered(instance);
                        next++;
                        throw lost;
                    }
                }
                scu.release();
            } catch (IOException lost) {
                if (++associationsLost > count) {
                    throw lost;
                }
            }
        }
    }

    /** What is used already and some more, at least the given. */
    private long usedMb(long atLeast) throws IOException {
        long used = Files.getFileStore(data).getTotalSpace()
                - Files.getFileStore(data).getUsableSpace();
        return Math.max(atLeast, (used >> 20) + SIZE_MB / 2);
    }

    private static void mountOrFail(String... command) throws IOException, InterruptedException {
        if (!mount(command)) {
            throw new IOException("failed: " + String.join(" ", command));
        }
    }

    private static boolean mount(String... command) throws IOException, InterruptedException {
        try {
            Process process = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start();
            return process.waitFor(10, TimeUnit.SECONDS) && process.exitValue() == 0;
        } catch (IOException e) {
            return false; // there is no such program
        }
    }
}
