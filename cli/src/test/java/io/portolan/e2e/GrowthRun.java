package io.portolan.e2e;

import com.fasterxml.jackson.databind.JsonNode;
import io.portolan.dicom.engine.Status;
import io.portolan.gateway.ledger.Amplification;
import io.portolan.gateway.ledger.Ledger;
import io.portolan.gateway.ledger.LedgerPlace;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * One study that grows: its instances go over one association, each acknowledged before the next, into a gateway of its
 * own that publishes meanwhile. In the end the FHIR server lists each of them once.
 *
 * <p>Bodies are not packed, so what was sent can be held against what stands.
 */
public final class GrowthRun {

    /** Of the gateway. */
    public static final String HEAP = "-Xmx512m";

    private static final int SERIES_INSTANCES = 500;
    private static final Duration RECOVERY_MAX = Duration.ofMinutes(10);
    private static final String[] SETTINGS = {
        "publish.quiet=500ms",
        "publish.max-delay=500ms",
        "fhir.gzip=false",
        "mapping.patient=logical",
        "storage.mode=discard"
    };

    /**
     * What it took.
     *
     * @param sendingSeconds until the last instance was acknowledged
     * @param publishedSeconds from the first instance until everything was published
     * @param sentBytes bodies of all requests to the FHIR server, failed ones included
     * @param left what the ledger says of versions and bytes
     */
    public record Growth(
            int instances, double sendingSeconds, double publishedSeconds, long sentBytes, Amplification left) {}

    private GrowthRun() {}

    /** {@code key=value}, over the defaults. */
    public static List<String> settings() {
        return List.of(SETTINGS);
    }

    /**
     * In an empty directory.
     *
     * @param study its number, not known to the server yet
     * @throws IOException when an instance is refused, or the server does not list what was sent
     * @throws Exception when it could not be run to its end
     */
    public static Growth of(Path directory, String fhirUrl, int study, int instances) throws Exception {
        try (RunningGateway gateway = RunningGateway.start(directory, fhirUrl, List.of(HEAP), SETTINGS)) {
            long start = System.nanoTime();
            send(gateway.dicomPort(), study, instances);
            double sending = (System.nanoTime() - start) / 1e9;
            gateway.awaitPublished(RECOVERY_MAX);
            double published = (System.nanoTime() - start) / 1e9;
            long sent = (long) gateway.metric("portolan_fhir_sent_bytes_total").orElseThrow();
            requireListed(new Fhir(fhirUrl), study, instances);
            return new Growth(instances, sending, published, sent, amplification(directory));
        }
    }

    private static void send(int port, int study, int instances) throws IOException {
        try (Scu scu = Scu.associate(port)) {
            for (int i = 0; i < instances; i++) {
                Status status = scu.store(instance(study, i));
                if (!status.isStored()) {
                    throw new IOException("instance " + i + " is refused: " + status);
                }
            }
            scu.release();
        }
    }

    private static LoadInstance instance(int study, int index) {
        return new LoadInstance(study, 1 + index / SERIES_INSTANCES, 1 + index, 64);
    }

    private static Amplification amplification(Path directory) {
        try (Ledger ledger = Ledger.openBeside(LedgerPlace.of(directory.resolve("data/ledger.db")), "")) {
            return ledger.amplification();
        }
    }

    /** Each instance once, and nothing else. */
    private static void requireListed(Fhir fhir, int study, int instances) throws Exception {
        List<JsonNode> found = fhir.studies(instance(study, 0).studyUid());
        if (found.size() != 1) {
            throw new IOException(found.size() + " resources stand for a study of " + instances + " instances");
        }
        List<String> listed = new ArrayList<>();
        for (JsonNode series : found.get(0).path("series")) {
            series.path("instance").forEach(one -> listed.add(one.path("uid").asText()));
        }
        Set<String> sent = IntStream.range(0, instances)
                .mapToObj(i -> instance(study, i).sopUid())
                .collect(Collectors.toSet());
        int counted = found.get(0).path("numberOfInstances").asInt();
        if (counted != instances || listed.size() != instances || !sent.equals(new TreeSet<>(listed))) {
            throw new IOException("of " + instances + " instances " + listed.size() + " are listed, of which "
                    + listed.stream().distinct().filter(sent::contains).count() + " were sent; counted are " + counted);
        }
    }
}
