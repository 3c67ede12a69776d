package io.portolan.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.portolan.dicom.engine.Status;
import io.portolan.e2e.SentInstances.Fate;
import io.portolan.gateway.publish.FakeFhirServer;
import io.portolan.gateway.sync.OrthancPeer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A gateway between modalities and a real PACS, whatever becomes of either. */
class ForwardIT {

    private static final Duration LIMIT = Duration.ofMinutes(2);
    private static final List<String> JVM_OPTIONS = List.of("-Xmx128m", "-XX:TieredStopAtLevel=1");
    private static final Pattern WRONG =
            Pattern.compile(" BUG |parked$|a file that is not there|^Exception|^\\s+at |OutOfMemory| ERROR ");

    /** Lives of the PACS while the gateway is killed: what it does to whoever sends. */
    private static final List<List<String>> LIVES = List.of(
            List.of(),
            List.of("--abort-during"),
            List.of("--refuse"),
            List.of("--abort-after"),
            List.of("--sleep-during", "1"),
            List.of());

    @TempDir
    private Path directory;

    private final ExecutorService threads = Executors.newCachedThreadPool();

    @AfterEach
    void end() {
        threads.shutdownNow();
    }

    private RunningGateway start(FakeFhirServer fhir, String ae, int port, String... more) throws Exception {
        List<String> settings = new ArrayList<>(List.of(
                "storage.mode=forward",
                "forward.host=127.0.0.1",
                "forward.port=" + port,
                "forward.called-ae=" + ae,
                "forward.retry-delay-min=50ms",
                "forward.retry-delay-max=300ms",
                "forward.release-after=500ms",
                "forward.parallel=" + (ae.equals(StorescpPeer.AE) ? 1 : 2), // it serves one association at a time
                "publish.quiet=50ms",
                "publish.max-delay=250ms"));
        settings.addAll(Arrays.asList(more));
        return RunningGateway.start(directory, fhir.base().toString(), JVM_OPTIONS, settings.toArray(String[]::new));
    }

    private static void awaitForwarded(RunningGateway gateway) throws Exception {
        Await.until(
                "all is forwarded",
                LIMIT,
                () -> gateway.metric("portolan_forward_waiting").orElseThrow() == 0);
    }

    /** Instances in the storage folder, those that were set aside too. */
    private List<Path> kept() throws IOException {
        try (Stream<Path> files = Files.walk(directory.resolve("data/instances"))) {
            return files.filter(file -> file.toString().endsWith(".dcm")).toList();
        }
    }

    private static boolean endsWith(byte[] file, byte[] dataSet) {
        int from = file.length - dataSet.length;
        return from > 0 && Arrays.equals(file, from, file.length, dataSet, 0, dataSet.length);
    }

    private static void requireAll(Collection<LoadInstance> sent, Collection<byte[]> files) {
        List<LoadInstance> missing = sent.stream()
                .filter(instance -> files.stream().noneMatch(file -> endsWith(file, instance.toBytes())))
                .toList();
        assertThat(missing).as("acknowledged, and not at the PACS as they came").isEmpty();
    }

    @Test
    void whatWasAcknowledgedIsAtThePacsByteForByteHoweverOftenBothAreKilled() throws Exception {
        Peers.require("storescp");
        Random random = new Random(20_261_127);
        CrashSender.Run run = new CrashSender.Run(24, 60_000, 1);
        List<String> wrong = new ArrayList<>();
        try (FakeFhirServer fhir = new FakeFhirServer().forgetful();
                StorescpPeer pacs = new StorescpPeer(directory.resolve("pacs"))) {
            List<Future<?>> senders = new ArrayList<>();
            for (int i = 1; i <= 4; i++) {
                senders.add(threads.submit(new CrashSender(run, i)));
            }
            for (int life = 1; life < LIVES.size(); life++) {
                run.instancesMax = life * 120;
                pacs.come(LIVES.get(life).toArray(String[]::new));
                try (RunningGateway gateway = start(fhir, StorescpPeer.AE, pacs.port())) {
                    run.ports.set(0, gateway.dicomPort());
                    run.end.pass(500 + random.nextInt(2_500));
                    pacs.kill();
                    run.end.pass(random.nextInt(500));
                    pacs.come();
                    run.end.pass(random.nextInt(1_500));
                    run.ports.set(0, 0);
                    gateway.kill();
                    gateway.log().stream()
                            .filter(line -> WRONG.matcher(line).find())
                            .forEach(wrong::add);
                }
                pacs.kill();
            }
            pacs.come();
            try (RunningGateway gateway = start(fhir, StorescpPeer.AE, pacs.port())) {
                run.ports.set(0, gateway.dicomPort());
                run.end.pass(2_000);
                run.end.end();
                for (Future<?> sender : senders) {
                    sender.get();
                }
                awaitForwarded(gateway);
                assertThat(gateway.health("ready").body()).contains("\"forward\":\"up\"");
                assertThat(gateway.metric("portolan_forward_parked")).hasValue(0);
                gateway.awaitPublished(LIMIT);
                gateway.stop();
                wrong.addAll(gateway.log().stream()
                        .filter(line -> WRONG.matcher(line).find())
                        .toList());
            }
            assertThat(run.sent.all(Fate.ACKNOWLEDGED)).hasSizeGreaterThan(100);
            requireAll(run.sent.all(Fate.ACKNOWLEDGED), pacs.files().values());
            assertThat(Comparison.withServer(run.sent, fhir)).isEmpty();
        } finally {
            run.end.end();
        }
        assertThat(wrong).isEmpty();
        List<Path> left = kept();
        assertThat(left)
                .as("only what was received and not acknowledged may be set aside")
                .allMatch(file -> file.toString().contains("unreferenced"));
    }

    @Test
    void whileThePacsIsAwayInstancesStayAndGoWhenItIsBack() throws Exception {
        OrthancPeer.require();
        List<LoadInstance> sent = new ArrayList<>();
        try (FakeFhirServer fhir = new FakeFhirServer();
                OrthancPeer orthanc = OrthancPeer.start(directory.resolve("orthanc"))) {
            try (RunningGateway gateway = start(fhir, OrthancPeer.AE_TITLE, orthanc.dicomPort())) {
                send(gateway, 1, 100, sent);
                awaitForwarded(gateway);
                assertThat(kept()).isEmpty();
                orthanc.stop();
                send(gateway, 101, 200, sent);
                Await.until(
                        "it says so",
                        LIMIT,
                        () -> gateway.health("ready").body().contains("\"forward\":\"down since"));
                assertThat(gateway.health("ready").statusCode())
                        .as("it goes on receiving")
                        .isEqualTo(200);
                assertThat(kept()).hasSize(100);
                gateway.kill();
            }
            try (RunningGateway gateway = start(fhir, OrthancPeer.AE_TITLE, orthanc.dicomPort())) {
                assertThat(gateway.metric("portolan_forward_waiting")).hasValue(100);
                orthanc.restart();
                awaitForwarded(gateway);
                assertThat(gateway.metric("portolan_forwarded_total")).hasValue(100);
                gateway.stop();
            }
            requireAll(sent, orthanc.files());
            assertThat(kept()).isEmpty();
        }
    }

    /** A peer that takes no other transfer syntax than Implicit VR Little Endian. */
    @Test
    void whatThePacsDoesNotTakeIsParkedShownAndReplayed() throws Exception {
        Peers.require("storescp");
        List<LoadInstance> sent = new ArrayList<>();
        try (FakeFhirServer fhir = new FakeFhirServer();
                StorescpPeer pacs = new StorescpPeer(directory.resolve("pacs"))) {
            pacs.come("--implicit");
            try (RunningGateway gateway = start(fhir, StorescpPeer.AE, pacs.port())) {
                send(gateway, 1, 3, sent);
                Await.until(
                        "they are parked",
                        LIMIT,
                        () -> gateway.metric("portolan_forward_parked").orElseThrow() == 3);
                assertThat(gateway.health("ready").body()).contains("\"forward\":\"up, parked 3\"");
                assertThat(ended(1, "parked"))
                        .contains("0 studies are parked", "3 instances are not forwarded")
                        .anyMatch(line -> line.contains("in Explicit VR Little Endian"));
                assertThat(ended(1, "status"))
                        .contains("forward    0 instances wait; parked 3", "not sent   3 PACS_REJECTED");
                assertThat(gateway.http("GET", "parked", "").body())
                        .contains("\"what\":\"forward\",\"category\":\"PACS_REJECTED\"");
                pacs.kill();
                pacs.come();
                assertThat(ended(0, "replay", "--category", "FHIR_REJECTED")).containsExactly("0 studies are due now");
                assertThat(ended(0, "replay", "--give-up", sent.get(0).studyUid()))
                        .containsExactly("1 instance is not to be forwarded any more");
                assertThat(gateway.http(
                                        "POST",
                                        "replay",
                                        "{\"studies\": [\"" + sent.get(1).studyUid() + "\"]}")
                                .body())
                        .contains("\"forwarded\":1");
                assertThat(ended(0, "replay", "--category", "PACS_REJECTED"))
                        .containsExactly("0 studies are due now", "1 instance is to be forwarded now");
                awaitForwarded(gateway);
                assertThat(gateway.metric("portolan_forwarded_total")).hasValue(2);
                requireAll(sent.subList(1, 3), pacs.files().values());
                assertThat(kept()).as("given up, and kept").hasSize(1);
                gateway.stop();
            }
        }
    }

    private List<String> ended(int exitCode, String... arguments) throws Exception {
        try (ChildProcess process = Programs.portolan(directory, List.of(), arguments)) {
            assertThat(process.awaitEnd(LIMIT)).as("%s", process.lines()).isEqualTo(exitCode);
            return process.lines();
        }
    }

    private static void send(RunningGateway gateway, int from, int to, List<LoadInstance> sent) throws Exception {
        try (Scu scu = Scu.associate(gateway.dicomPort())) {
            for (int number = from; number <= to; number++) {
                LoadInstance instance = new LoadInstance(number % 5, 1, number, 20_000);
                assertThat(scu.store(instance)).isEqualTo(Status.SUCCESS);
                sent.add(instance);
            }
            scu.release();
        }
    }
}
