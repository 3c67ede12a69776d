package io.portolan.gateway;

import io.portolan.dicom.engine.DicomEngine;
import io.portolan.dicom.engine.NetworkLimits;
import io.portolan.dicom.engine.Status;
import io.portolan.dicom.engine.StoreScp;
import io.portolan.gateway.access.HttpAccess;
import io.portolan.gateway.config.GatewayConfig;
import io.portolan.gateway.config.SyncSource;
import io.portolan.gateway.config.SyncSource.Connection;
import io.portolan.gateway.config.SyncSource.DicomWeb;
import io.portolan.gateway.config.SyncSource.Dimse;
import io.portolan.gateway.config.SyncSource.Folder;
import io.portolan.gateway.ledger.Ledger;
import io.portolan.gateway.sync.Archive;
import io.portolan.gateway.sync.DicomWebOptions;
import io.portolan.gateway.sync.DicomWebSource;
import io.portolan.gateway.sync.DimseOptions;
import io.portolan.gateway.sync.DimseOptions.Retrieve;
import io.portolan.gateway.sync.DimseSource;
import io.portolan.gateway.sync.FolderSource;
import io.portolan.gateway.sync.MovedInstances;
import io.portolan.gateway.sync.Pace;
import io.portolan.gateway.sync.Source;
import io.portolan.gateway.sync.SyncOptions;
import java.io.IOException;
import java.time.Duration;
import java.util.List;

/** The configured archives, made ready for sync. */
final class Archives {

    private final GatewayConfig config;
    private final DicomEngine engine;
    private final DicomTls tls;
    private final Ledger ledger;
    private final StoreScp others;
    private final MovedInstances moved;

    /** @param others takes what no run has asked an archive to send */
    Archives(GatewayConfig config, DicomEngine engine, DicomTls tls, Ledger ledger, StoreScp others) {
        this.config = config;
        this.engine = engine;
        this.tls = tls;
        this.ledger = ledger;
        this.others = others;
        this.moved = new MovedInstances(
                others,
                config.dicom().aeTitle(),
                engine,
                config.mapping().selection(),
                config.dicom().limits().readLimits());
    }

    /** When nobody else receives. */
    static StoreScp nobody() {
        return (request, dataSet) -> Status.NOT_AUTHORIZED;
    }

    /** Takes what archives are told to send, if any is, and hands on the rest. */
    StoreScp receiver() {
        return config.sync().sources().values().stream().anyMatch(Archives::isMoved) ? moved : others;
    }

    /** Whether instances have to be received for an archive. */
    static boolean isMoved(SyncSource source) {
        return source.connection() instanceof Dimse dimse && dimse.retrieve() == Retrieve.MOVE;
    }

    List<Archive> all() {
        return config.sync().sources().entrySet().stream()
                .map(one -> archive(one.getKey(), one.getValue()))
                .toList();
    }

    private Archive archive(String name, SyncSource source) {
        Connection connection = source.connection();
        boolean folder = connection instanceof Folder;
        // A folder is looked through as a whole, whatever is asked.
        SyncOptions options = new SyncOptions(
                name,
                connection.place(),
                source.aeTitle(),
                source.recent(),
                source.lastUpdated(),
                folder ? Duration.ZERO : source.compareAll(),
                folder ? Integer.MAX_VALUE : source.answerMax(),
                source.parallel(),
                source.removalMaxPercent() / 100.0,
                config.ledger().backlogMax());
        Pace pace = new Pace(source.parallel(), folder ? 0 : source.requestsPerSecond());
        return new Archive(
                options,
                pace,
                source.timing(),
                source.jitter(),
                config.mapping().extraTags(),
                connection instanceof DicomWeb web
                        ? opening(web, source, pace)
                        : dryRun -> open(name, source, pace, dryRun));
    }

    /** One access for all runs: a token outlives them. */
    private Archive.Opening opening(DicomWeb web, SyncSource source, Pace pace) {
        HttpAccess access = new HttpAccess(web.access(), web.url(), source.timeout());
        DicomWebOptions options = DicomWebOptions.of(
                        web.url(), access, config.mapping().selection(), pace)
                .with(new DicomWebOptions.Paging(
                        Math.min(DicomWebOptions.PAGE_SIZE, source.answerMax()),
                        source.answerMax(),
                        source.serverMax()))
                .with(new DicomWebOptions.Times(
                        source.timeout(), DicomWebOptions.ANSWER_TIMEOUT, DicomWebOptions.RETRY_DELAYS))
                .withRetrieveUrl(web.retrieveUrls());
        return dryRun -> new DicomWebSource(options);
    }

    private Source open(String name, SyncSource source, Pace pace, boolean dryRun) throws IOException {
        Connection connection = source.connection();
        if (connection instanceof Dimse dimse) {
            return new DimseSource(engine, options(dimse, source), pace, moved);
        }
        return new FolderSource(
                ((Folder) connection).path(),
                ledger.sourceFiles(name),
                !dryRun,
                config.mapping().selection(),
                config.dicom().limits().readLimits(),
                pace);
    }

    private DimseOptions options(Dimse dimse, SyncSource source) {
        NetworkLimits network = NetworkLimits.DEFAULT.withTimeouts(
                NetworkLimits.DEFAULT.connectTimeout(),
                NetworkLimits.DEFAULT.artimTimeout(),
                source.timeout(),
                source.timeout());
        return new DimseOptions(
                dimse.host(),
                dimse.port(),
                dimse.calledAe(),
                config.dicom().aeTitle(),
                dimse.retrieve(),
                config.mapping().selection(),
                config.dicom().limits().readLimits(),
                source.answerMax(),
                network,
                tls.when(dimse.tls()));
    }
}
