package io.portolan.e2e;

import io.portolan.e2e.SentInstances.Fate;
import io.portolan.gateway.publish.FakeFhirServer;
import io.portolan.gateway.publish.FakeFhirServer.Outage;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.regex.Pattern;

/**
 * A gateway that is killed again and again (SIGKILL, at random moments, some while it starts) while {@value #SENDERS}
 * senders go on and its FHIR server misbehaves in all ways in turn. In the end everything that was acknowledged must
 * stand on the server, once, and nothing else.
 *
 * <p>The seed gives the moments, the outages and what is sent; how the threads meet it cannot give.
 */
public final class CrashRun {

    private static final int SENDERS = 8;
    private static final int STUDIES_MIN = 24;
    private static final int STUDY_KILLS = 4; // one study more for so many kills
    private static final int KILL_INSTANCES = 250; // new ones at most before the next kill
    private static final double KILLED_WHILE_STARTING = 0.15;
    private static final int UP_MILLIS_MIN = 50;
    private static final int UP_MILLIS_MAX = 2_000;
    private static final double KILLED_WHILE_PUBLISHING = 0.4; // a cold gateway publishes nothing in its first seconds
    private static final int PUBLISHING_WAIT_MILLIS_MAX = 8_000;
    private static final int PUBLISHING_MILLIS_MAX = 1_000;
    private static final double FAIR = 0.6;
    private static final int OUTAGE_MILLIS_MIN = 50;
    private static final int OUTAGE_MILLIS_MAX = 800;
    private static final Duration RECOVERY_MAX = Duration.ofMinutes(3);
    private static final List<String> JVM_OPTIONS = List.of("-Xmx96m", "-XX:TieredStopAtLevel=1");
    private static final Pattern WRONG =
            Pattern.compile(" BUG |, parked$|a file that is not there|^Exception|^\\s+at |OutOfMemory| ERROR ");
    static final String[] SETTINGS = {
        "publish.quiet=50ms",
        "publish.max-delay=250ms",
        "publish.retry-delay-min=50ms",
        "publish.retry-delay-max=300ms",
        "publish.parallel=4",
        "publish.lease=2s",
        "fhir.timeout=1s",
        "storage.mode=keep"
    };

    /** What came out. Nothing is wrong when there are no differences. */
    public record Summary(
            int kills,
            int killsWhileStarting,
            long requests,
            int instances,
            int acknowledged,
            int inDoubt,
            int refused,
            String published,
            double recoverySeconds,
            double seconds,
            List<String> differences) {

        public Summary {
            differences = List.copyOf(differences);
        }

        @Override
        public String toString() {
            return String.format(
                    Locale.ROOT,
                    "%d kills (%d while it started), %d C-STORE requests of %d instances: %d acknowledged, %d in doubt,"
                            + " %d refused; %s; all published %.1f s after the last start; %.0f s in all",
                    kills,
                    killsWhileStarting,
                    requests,
                    instances,
                    acknowledged,
                    inDoubt,
                    refused,
                    published,
                    recoverySeconds,
                    seconds);
        }
    }

    private final Path directory;
    private final int kills;
    private final long seed;
    private final Random random;
    private final FakeFhirServer server;
    private final CrashSender.Run run;
    private final List<String> differences = new ArrayList<>();
    private int killsWhileStarting;

    private CrashRun(Path directory, int kills, long seed, FakeFhirServer server) {
        this.directory = directory;
        this.kills = kills;
        this.seed = seed;
        this.random = new Random(seed);
        this.server = server;
        this.run = new CrashSender.Run(STUDIES_MIN + kills / STUDY_KILLS, 64);
    }

    /**
     * In an empty directory.
     *
     * @throws Exception when it could not be run to its end: a gateway that does not start is such
     */
    public static Summary of(Path directory, int kills, long seed) throws Exception {
        try (FakeFhirServer server = new FakeFhirServer().forgetful()) {
            return new CrashRun(directory, kills, seed, server).run();
        }
    }

    private Summary run() throws Exception {
        long start = System.nanoTime();
        ExecutorService threads = Executors.newCachedThreadPool();
        try {
            List<Future<?>> all = new ArrayList<>();
            for (int i = 1; i <= SENDERS; i++) {
                all.add(threads.submit(new CrashSender(run, seed * 100 + i)));
            }
            all.add(threads.submit(() -> misbehave(new Random(seed * 100))));
            killAgainAndAgain();
            try (RunningGateway gateway = start()) {
                run.end.pass(UP_MILLIS_MAX);
                long last = System.nanoTime();
                run.end.end();
                for (Future<?> one : all) {
                    one.get();
                }
                server.outage(Outage.NONE);
                gateway.awaitPublished(RECOVERY_MAX);
                double recovery = (System.nanoTime() - last) / 1e9;
                end(gateway);
                return summary(recovery, (System.nanoTime() - start) / 1e9);
            }
        } finally {
            run.end.end();
            server.outage(Outage.NONE);
            threads.shutdownNow();
        }
    }

    private Void misbehave(Random when) throws InterruptedException {
        Outage[] outages = Outage.values();
        do {
            server.outage(when.nextDouble() < FAIR ? Outage.NONE : outages[1 + when.nextInt(outages.length - 1)]);
        } while (run.end.pass(between(when, OUTAGE_MILLIS_MIN, OUTAGE_MILLIS_MAX)));
        return null;
    }

    private void killAgainAndAgain() throws Exception {
        for (int kill = 1; kill <= kills; kill++) {
            run.instancesMax = kill * KILL_INSTANCES;
            int up = between(random, UP_MILLIS_MIN, UP_MILLIS_MAX);
            if (random.nextDouble() < KILLED_WHILE_STARTING) {
                killsWhileStarting++;
                try (ChildProcess starting = launch()) {
                    run.end.pass(up);
                    examine(starting.lines());
                }
                continue;
            }
            boolean publishing = random.nextDouble() < KILLED_WHILE_PUBLISHING;
            try (RunningGateway gateway = start()) {
                if (publishing) {
                    awaitPublishing();
                }
                run.end.pass(publishing ? up % PUBLISHING_MILLIS_MAX : up);
                run.port = 0;
                gateway.kill();
                examine(gateway.log());
            }
        }
    }

    /** Until the server was told something, if it is before long. */
    private void awaitPublishing() throws InterruptedException {
        long told = server.bytesReceived();
        long end = System.nanoTime()
                + Duration.ofMillis(PUBLISHING_WAIT_MILLIS_MAX).toNanos();
        while (server.bytesReceived() == told && System.nanoTime() < end && run.end.pass(1)) {
            // not yet
        }
    }

    private static int between(Random random, int min, int max) {
        return min + random.nextInt(max - min);
    }

    private ChildProcess launch() throws IOException {
        return RunningGateway.launch(directory, server.base().toString(), JVM_OPTIONS, SETTINGS);
    }

    private RunningGateway start() throws Exception {
        RunningGateway gateway = RunningGateway.start(directory, server.base().toString(), JVM_OPTIONS, SETTINGS);
        run.port = gateway.dicomPort();
        return gateway;
    }

    private void end(RunningGateway gateway) throws Exception {
        if (gateway.metric("portolan_studies_parked").orElseThrow() != 0) {
            differences.add("studies are parked");
        }
        if (gateway.stop() != 143) {
            differences.add("does not end as told by SIGTERM");
        }
        examine(gateway.log());
        differences.addAll(Comparison.withServer(run.sent, server));
        differences.addAll(Comparison.withFiles(run.sent, directory.resolve("data/instances")));
    }

    /** Lines that say that something is wrong with the gateway itself. */
    private void examine(List<String> log) {
        log.stream()
                .filter(line -> WRONG.matcher(line).find())
                .map(line -> "logged: " + line)
                .forEach(differences::add);
    }

    private Summary summary(double recovery, double seconds) {
        SentInstances sent = run.sent;
        return new Summary(
                kills,
                killsWhileStarting,
                sent.attempts(),
                sent.count(),
                sent.all(Fate.ACKNOWLEDGED).size(),
                sent.all(Fate.IN_DOUBT).size(),
                sent.all(Fate.REFUSED).size(),
                Published.on(server).toString(),
                recovery,
                seconds,
                differences);
    }
}
