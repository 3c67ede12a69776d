package io.portolan.e2e;

import io.portolan.e2e.SentInstances.Fate;
import io.portolan.gateway.ledger.Ledger;
import io.portolan.gateway.ledger.LedgerOptions;
import io.portolan.gateway.ledger.LedgerPlace;
import io.portolan.gateway.ledger.TestPostgres;
import io.portolan.gateway.publish.FakeFhirServer;
import io.portolan.gateway.publish.FakeFhirServer.Outage;
import java.io.IOException;
import java.nio.file.Files;
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
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * A gateway that is killed again and again (SIGKILL, at random moments, some while it starts) while {@value #SENDERS}
 * senders go on and its FHIR server misbehaves in all ways in turn. In the end everything that was acknowledged must
 * stand on the server, once, and nothing else. The same with two gateways on one PostgreSQL, of which one at a time is killed.
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

    /** Keeps every claim of a study that somebody else held at that moment. */
    private static final String WATCH_CLAIMS = """
            CREATE TABLE %1$s.claimed_twice (study_id BIGINT, at TIMESTAMPTZ);
            CREATE FUNCTION %1$s.watch_claims() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN
              IF NEW.claimed_by <> OLD.claimed_by
                  AND OLD.claimed_until > extract(epoch FROM clock_timestamp()) * 1000 THEN
                INSERT INTO %1$s.claimed_twice VALUES (NEW.id, clock_timestamp());
              END IF;
              RETURN NEW;
            END $$;
            CREATE TRIGGER watch_claims BEFORE UPDATE ON %1$s.study
              FOR EACH ROW EXECUTE FUNCTION %1$s.watch_claims();
            """;

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

        /** With what else is wrong. */
        Summary with(String difference) {
            List<String> more = new ArrayList<>(differences);
            more.add(difference);
            return new Summary(
                    kills,
                    killsWhileStarting,
                    requests,
                    instances,
                    acknowledged,
                    inDoubt,
                    refused,
                    published,
                    recoverySeconds,
                    seconds,
                    more);
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

    /** A gateway that comes and goes. */
    private static final class Node {

        final int number;
        final Path directory;

        @Nullable
        RunningGateway gateway; // null: away

        Node(int number, Path directory) {
            this.number = number;
            this.directory = directory;
        }
    }

    private final List<Node> nodes;
    private final List<String> settings;
    private final int kills;
    private final long seed;
    private final Random random;
    private final FakeFhirServer server;
    private final CrashSender.Run run;
    private final List<String> differences = new ArrayList<>();
    private int killsWhileStarting;

    private CrashRun(List<Path> directories, List<String> settings, int kills, long seed, FakeFhirServer server) {
        this.nodes = IntStream.range(0, directories.size())
                .mapToObj(number -> new Node(number, directories.get(number)))
                .toList();
        this.settings = new ArrayList<>(List.of(SETTINGS));
        this.settings.addAll(settings);
        this.kills = kills;
        this.seed = seed;
        this.random = new Random(seed);
        this.server = server;
        this.run = new CrashSender.Run(STUDIES_MIN + kills / STUDY_KILLS, 64, nodes.size());
    }

    /**
     * In an empty directory.
     *
     * @throws Exception when it could not be run to its end: a gateway that does not start is such
     */
    public static Summary of(Path directory, int kills, long seed) throws Exception {
        try (FakeFhirServer server = new FakeFhirServer().forgetful()) {
            return new CrashRun(List.of(directory), List.of(), kills, seed, server).run();
        }
    }

    /** The same with two gateways on a PostgreSQL that is started for them. */
    public static Summary ofTwo(Path directory, int kills, long seed) throws Exception {
        List<Path> directories = List.of(
                Files.createDirectories(directory.resolve("one")), Files.createDirectories(directory.resolve("other")));
        try (FakeFhirServer server = new FakeFhirServer().forgetful();
                TestPostgres postgres = TestPostgres.start()) {
            LedgerPlace place = postgres.place();
            Ledger.open(LedgerOptions.of(place, "")).close();
            String schema = place.url().replaceFirst(".*currentSchema=", "");
            postgres.execute(WATCH_CLAIMS.formatted(schema));
            List<String> shared = List.of("ledger.url=" + place.url(), "ledger.user=postgres");
            CrashRun run = new CrashRun(directories, shared, kills, seed, server);
            Summary summary = run.run();
            long twice = postgres.number("SELECT count(*) FROM " + schema + ".claimed_twice");
            return twice == 0 ? summary : summary.with(twice + " claims of a study that another held");
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
            for (Node node : nodes) {
                start(node);
            }
            run.end.pass(UP_MILLIS_MAX);
            long last = System.nanoTime();
            run.end.end();
            for (Future<?> one : all) {
                one.get();
            }
            server.outage(Outage.NONE);
            start(nodes.get(0)).awaitPublished(RECOVERY_MAX);
            double recovery = (System.nanoTime() - last) / 1e9;
            for (Node node : nodes) {
                end(start(node));
            }
            compare();
            return summary(recovery, (System.nanoTime() - start) / 1e9);
        } finally {
            for (Node node : nodes) {
                if (node.gateway != null) {
                    node.gateway.close();
                }
            }
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
            Node victim = nodes.get(random.nextInt(nodes.size()));
            for (Node other : nodes) {
                if (other != victim) {
                    start(other);
                }
            }
            int up = between(random, UP_MILLIS_MIN, UP_MILLIS_MAX);
            if (victim.gateway == null && random.nextDouble() < KILLED_WHILE_STARTING) {
                killsWhileStarting++;
                try (ChildProcess starting = launch(victim)) {
                    run.end.pass(up);
                    examine(starting.lines());
                }
            } else {
                kill(victim, up);
            }
        }
    }

    private void kill(Node victim, int up) throws Exception {
        boolean publishing = random.nextDouble() < KILLED_WHILE_PUBLISHING;
        try (RunningGateway gateway = start(victim)) {
            if (publishing) {
                awaitPublishing();
            }
            run.end.pass(publishing ? up % PUBLISHING_MILLIS_MAX : up);
            run.ports.set(victim.number, 0);
            victim.gateway = null;
            gateway.kill();
            examine(gateway.log());
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

    private ChildProcess launch(Node node) throws IOException {
        return RunningGateway.launch(
                node.directory, server.base().toString(), JVM_OPTIONS, settings.toArray(String[]::new));
    }

    /** Where it is not there already. */
    private RunningGateway start(Node node) throws Exception {
        RunningGateway gateway = node.gateway;
        if (gateway == null) {
            gateway = new RunningGateway(launch(node));
            node.gateway = gateway;
            run.ports.set(node.number, gateway.dicomPort());
        }
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
    }

    private void compare() throws IOException {
        differences.addAll(Comparison.withServer(run.sent, server));
        List<Path> storages = nodes.stream()
                .map(node -> node.directory.resolve("data/instances"))
                .toList();
        differences.addAll(Comparison.withFiles(run.sent, storages));
        if (server.repeated() > 0) {
            differences.add(server.repeated() + " versions of resources that say nothing new");
        }
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
