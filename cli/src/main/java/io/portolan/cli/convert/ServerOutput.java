package io.portolan.cli.convert;

import io.portolan.dicom.TransferSyntax;
import io.portolan.dicom.Uid;
import io.portolan.gateway.Category;
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
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Objects;
import java.util.Queue;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * To a FHIR server, by the gateway's own ledger and publisher: what cannot be published now is tried again, for as long as it
 * may heal, and what cannot be at all is parked and said. The ledger lies with the state of the run, and outlives it as that
 * does.
 */
public final class ServerOutput implements Output {

    private static final String LEDGER = "ledger-";
    private static final Duration STOP_LIMIT = Duration.ofSeconds(10);

    /** How often it is told how many studies are left, even when nothing happens. */
    private static final Duration TOLD_EVERY = Duration.ofSeconds(1);

    private final GatewayConfig config;
    private final Path state;
    private final boolean continued;
    private final LongConsumer left;
    private final Queue<Uid> taken = new ConcurrentLinkedQueue<>();
    private volatile @Nullable Ledger opened;
    private @Nullable FhirPublisher publisher; // guarded by this
    private boolean closed; // guarded by this

    /**
     * Does nothing yet.
     *
     * @param state a folder that is there when it begins
     * @param continued whether what an earlier run has left there is gone on with
     * @param left told while it waits how many studies are to be published yet
     */
    public ServerOutput(GatewayConfig config, Path state, boolean continued, LongConsumer left) {
        this.config = config;
        this.state = state;
        this.continued = continued;
        this.left = left;
    }

    /** Opens the ledger: that of this server, since what another one has is no news of it. */
    @Override
    public synchronized void begin() throws IOException {
        requireOpen();
        if (!continued) {
            removeState(state);
        }
        UUID server = UUID.nameUUIDFromBytes(place().getBytes(StandardCharsets.UTF_8));
        Ledger ledger = Ledger.open(
                new LedgerOptions(
                        LedgerOptions.url(state.resolve(LEDGER + server + ".db")),
                        Duration.ZERO,
                        Duration.ZERO,
                        Integer.MAX_VALUE,
                        0,
                        config.fingerprint()),
                Clock.systemUTC());
        opened = ledger;
        ledger.endLeases(); // of a run that was killed: there is no other one
        ledger.forgetInstances(); // files may have changed or gone; all come again
    }

    private void requireOpen() {
        if (closed) {
            throw new CancellationException("broken off");
        }
    }

    private Ledger ledger() {
        return Objects.requireNonNull(opened, "not begun");
    }

    /** Removes what {@link #begin} has made. */
    public static void removeState(Path state) throws IOException {
        try (DirectoryStream<Path> files = Files.newDirectoryStream(state, LEDGER + "*.db{,-wal,-shm}")) {
            for (Path file : files) {
                Files.deleteIfExists(file);
            }
        }
    }

    @Override
    public Written take(Gathered gathered, MappingResult result) throws IOException {
        if (gathered.selection().isEmpty()) {
            for (Instance instance : gathered.instances()) {
                record(instance);
            }
        }
        taken.add(gathered.uid());
        return result instanceof Mapped mapped && mapped.publishing() == Publishing.ALWAYS
                ? new Written(
                        Rest.NONE,
                        "ImagingStudy/" + mapped.imagingStudy().getIdElement().getIdPart())
                : Written.NOTHING;
    }

    private void record(Instance instance) throws FileSystemException {
        try {
            ledger().record(new Reception(instance, TransferSyntax.EXPLICIT_VR_LITTLE_ENDIAN.uid(), null));
        } catch (LedgerException e) {
            if (e.category() == Category.UNMAPPABLE) {
                throw new FileSystemException(instance.study().value(), null, e.getMessage()); // of this study alone
            }
            throw e;
        }
    }

    @Override
    public Map<Uid, String> finish() throws IOException, InterruptedException {
        Ledger ledger = ledger();
        // the mapping may be configured otherwise by now; what says the same is not written again
        ledger.replays().makeDue(taken);
        start(ledger);
        for (long waiting = ledger.waiting(); waiting > 0; waiting = ledger.waiting()) {
            left.accept(waiting);
            ledger.changes().await(TOLD_EVERY);
        }
        Set<Uid> ours = new HashSet<>(taken); // the ledger may have some that are no longer among the files
        Map<Uid, String> parked = new HashMap<>();
        for (ParkedStudy study : ledger.parked(Integer.MAX_VALUE)) {
            if (ours.contains(study.study())) {
                parked.put(study.study(), study.category() + ": " + study.error());
            }
        }
        return parked;
    }

    private synchronized void start(Ledger ledger) throws IOException {
        requireOpen();
        FhirPublisher begun = Gateway.publisher(config, ledger);
        begun.start();
        publisher = begun;
    }

    @Override
    public String place() {
        return String.valueOf(config.fhir().url());
    }

    /** Gives back what is being published. */
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
        Ledger ledger = opened;
        if (ledger != null) {
            ledger.close();
        }
    }
}
