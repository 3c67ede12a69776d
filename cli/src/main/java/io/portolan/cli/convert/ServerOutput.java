package io.portolan.cli.convert;

import io.portolan.dicom.TransferSyntax;
import io.portolan.dicom.Uid;
import io.portolan.gateway.Gateway;
import io.portolan.gateway.config.GatewayConfig;
import io.portolan.gateway.ledger.Ledger;
import io.portolan.gateway.ledger.LedgerException;
import io.portolan.gateway.ledger.LedgerOptions;
import io.portolan.gateway.ledger.ParkedStudy;
import io.portolan.gateway.ledger.Reception;
import io.portolan.gateway.publish.FhirPublisher;
import io.portolan.mapping.MappingResult;
import io.portolan.mapping.MappingResult.Mapped;
import io.portolan.mapping.MappingResult.Mapped.Publishing;
import io.portolan.mapping.study.Gathered;
import io.portolan.mapping.study.Instance;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * To a FHIR server, by the gateway's own ledger and publisher: what cannot be published now is tried again, for as long as it
 * may heal, and what cannot be at all is parked and said. The ledger lies with the state of the run, and outlives it as that
 * does.
 */
public final class ServerOutput implements Output {

    private static final String LEDGER = "ledger.db";
    private static final Duration STOP_LIMIT = Duration.ofSeconds(10);

    /** How often it is told how many studies are left, even when nothing happens. */
    private static final Duration TOLD_EVERY = Duration.ofSeconds(1);

    private final GatewayConfig config;
    private final Ledger ledger;
    private final LongConsumer left;
    private @Nullable FhirPublisher publisher; // guarded by this
    private boolean closed; // guarded by this

    private ServerOutput(GatewayConfig config, Ledger ledger, LongConsumer left) {
        this.config = config;
        this.ledger = ledger;
        this.left = left;
    }

    /**
     * Opens the ledger; writes nothing to the server.
     *
     * @param state a folder that is there
     * @param left told while it waits how many studies are to be published yet
     */
    public static ServerOutput open(GatewayConfig config, Path state, LongConsumer left) throws IOException {
        LedgerOptions options = new LedgerOptions(
                "jdbc:sqlite:" + state.resolve(LEDGER), Duration.ZERO, Duration.ZERO, Integer.MAX_VALUE, 0, "");
        try {
            return new ServerOutput(config, Ledger.open(options, Clock.systemUTC()), left);
        } catch (LedgerException e) {
            throw new IOException(e.getMessage(), e);
        }
    }

    /** Removes what {@link #open} has made. */
    public static void removeState(Path state) throws IOException {
        for (String suffix : new String[] {"", "-wal", "-shm"}) {
            Files.deleteIfExists(state.resolve(LEDGER + suffix));
        }
    }

    @Override
    public Written take(Gathered gathered, MappingResult result) {
        if (gathered.selection().isEmpty()) {
            for (Instance instance : gathered.instances()) {
                ledger.record(new Reception(instance, TransferSyntax.EXPLICIT_VR_LITTLE_ENDIAN.uid(), null));
            }
        }
        return result instanceof Mapped mapped && mapped.publishing() == Publishing.ALWAYS
                ? new Written(
                        Rest.NONE,
                        "ImagingStudy/" + mapped.imagingStudy().getIdElement().getIdPart())
                : Written.NOTHING;
    }

    @Override
    public Map<Uid, String> finish() throws IOException, InterruptedException {
        ledger.replayParked();
        if (!begin()) {
            return Map.of();
        }
        for (long waiting = ledger.waiting(); waiting > 0; waiting = ledger.waiting()) {
            left.accept(waiting);
            ledger.awaitChange(ledger.changes(), TOLD_EVERY);
        }
        Map<Uid, String> parked = new HashMap<>();
        for (ParkedStudy study : ledger.parked()) {
            parked.put(study.study(), study.category() + ": " + study.error());
        }
        return parked;
    }

    private synchronized boolean begin() throws IOException {
        if (closed) {
            return false;
        }
        FhirPublisher begun = Gateway.publisher(config, ledger);
        begun.start();
        publisher = begun;
        return true;
    }

    @Override
    public String place() {
        return String.valueOf(config.fhir().url());
    }

    /** Gives back what is being published. May be called at any time, by any thread, and more than once. */
    @Override
    public synchronized void close() {
        if (closed) {
            return;
        }
        closed = true;
        if (publisher != null) {
            try {
                publisher.stop(STOP_LIMIT);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
        ledger.close();
    }
}
