package io.portolan.gateway;

import io.portolan.gateway.config.GatewayConfig;
import io.portolan.gateway.config.GatewayConfig.StorageMode;
import io.portolan.gateway.http.Health;
import io.portolan.gateway.http.Metrics;
import io.portolan.gateway.ledger.Ledger;
import io.portolan.gateway.ledger.LedgerException;
import io.portolan.gateway.publish.FhirPublisher;
import io.portolan.gateway.publish.PublishCounters;
import io.portolan.gateway.receive.Receiver;
import io.portolan.gateway.sync.SyncService;
import java.time.Duration;
import java.util.TreeMap;
import java.util.function.Consumer;

/** What the running gateway shows of itself: its metrics and its health. */
final class Observation {

    private Observation() {}

    static Metrics metrics(Ledger ledger, Receiver receiver, FhirPublisher publisher) {
        Category[] categories = Category.values();
        PublishCounters counters = publisher.counters();
        // spotless:off
        Metrics metrics = new Metrics()
                .counter("portolan.instances.received",     "Instances acknowledged",                     receiver::received)
                .counter("portolan.received.bytes",         "Bytes of data sets read",                    receiver::receivedBytes)
                .counters("portolan.instances.refused",     "Instances refused",    "category", categories, receiver::refused)
                .gauge("portolan.studies.dirty",            "Studies that wait to be published",          ledger::waiting)
                .gauge("portolan.studies.parked",           "Studies given up for now",                   ledger::parkedCount)
                .gauge("portolan.ledger.compacted",         "Studies whose instances are compacted",      ledger.compaction()::count)
                .counter("portolan.publications",           "Publications that told the server something", counters::published)
                .counter("portolan.publications.unchanged", "Publications with nothing new to tell",      counters::unchanged)
                .counters("portolan.publications.failed",   "Attempts that failed", "category", categories, counters::failed)
                .counter("portolan.fhir.sent.bytes",        "Bytes of request bodies sent to the FHIR server, as they went over the wire", publisher::sentBytes)
                .counter("portolan.subject.conflicts",      "References that stay logical because what they name is of another subject", counters::subjectConflicts);
        Consumer<Duration> took    = metrics.timer("portolan.publish", "From the claim of a study to the record of its publication");
        Consumer<Duration> visible = metrics.timer("portolan.visible", "From the newest instance of a study to the record of its publication");
        Consumer<Duration> own     = metrics.timer("portolan.own", "From when a study was due to the record of its publication, less what the FHIR server took for its answers");
        // spotless:on
        publisher.audit().ifPresent(audit -> Auditing.addTo(metrics, audit, ledger.audit()));
        counters.onPublished(publishing -> {
            own.accept(publishing.own());
            took.accept(publishing.took());
            visible.accept(publishing.sinceLastArrival());
        });
        return metrics;
    }

    static void addTo(Metrics metrics, SyncService sync) {
        for (String name : sync.names()) {
            metrics.counter("portolan.sync.runs", "Runs of scheduled sync", "source", name, () -> sync.runs(name))
                    .counter(
                            "portolan.sync.runs.failed",
                            "Runs of scheduled sync that somebody has to look at",
                            "source",
                            name,
                            () -> sync.failures(name))
                    .counter(
                            "portolan.sync.differences",
                            "Studies that an archive had otherwise",
                            "source",
                            name,
                            () -> sync.differences(name))
                    .counter(
                            "portolan.sync.removed",
                            "Studies that an archive had no more, or less of, and that were taken back",
                            "source",
                            name,
                            () -> sync.removed(name))
                    .counter(
                            "portolan.sync.requests",
                            "Requests to an archive",
                            "source",
                            name,
                            () -> sync.requests(name));
        }
    }

    static Health health(
            GatewayConfig config,
            Ledger ledger,
            FhirPublisher publisher,
            SyncService sync,
            StoredFiles files,
            CommitmentDesk commitment) {
        TreeMap<String, String> parts = new TreeMap<>();
        parts.put("fhir", publisher.server());
        boolean ready = true;
        try {
            long waiting = ledger.backlog();
            boolean full = waiting >= config.ledger().backlogMax();
            parts.put("ledger", full ? "full: " + waiting + " studies wait" : "up");
            ready &= !full;
            files.word().ifPresent(word -> parts.put("forward", word));
            commitment.word().ifPresent(word -> parts.put("commitment", word));
            if (!ledger.isOfThisVersion()) {
                parts.put("ledger", "migrated by another version: upgrade this gateway");
                ready = false;
            }
            publisher.audit().ifPresent(audit -> parts.put("audit", audit.state()));
            sync.words().forEach((name, word) -> parts.put("sync." + name, word));
        } catch (LedgerException e) {
            parts.put("ledger", "failed: " + e.category());
            ready = false;
        }
        if (config.storage().mode() != StorageMode.DISCARD) {
            long usable = config.storage().dir().toFile().getUsableSpace();
            boolean full = usable < config.ledger().freeSpaceMinBytes();
            parts.put("storage", full ? "full: " + usable + " bytes free" : "up");
            ready &= !full;
        }
        return new Health(ready, parts);
    }
}
