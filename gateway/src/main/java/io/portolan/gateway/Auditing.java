package io.portolan.gateway;

import io.portolan.gateway.audit.AuditEvents;
import io.portolan.gateway.audit.AuditOptions;
import io.portolan.gateway.audit.AuditOptions.LogFile;
import io.portolan.gateway.audit.AuditSender;
import io.portolan.gateway.config.GatewayConfig;
import io.portolan.gateway.config.GatewayConfig.Audit;
import io.portolan.gateway.config.GatewayConfig.AuditTo;
import io.portolan.gateway.http.Metrics;
import io.portolan.gateway.ledger.AuditOutbox;
import java.time.InstantSource;

/** How what is configured of auditing is done, and what is shown of it. */
final class Auditing {

    private Auditing() {}

    static AuditOptions options(GatewayConfig config, InstantSource clock) {
        AuditOptions options = config.audit().to() == AuditTo.NONE ? AuditOptions.NONE : told(config, clock);
        return config.audit().provenance()
                ? options.withProvenanceBy(config.dicom().aeTitle())
                : options;
    }

    private static AuditOptions told(GatewayConfig config, InstantSource clock) {
        Audit audit = config.audit();
        AuditEvents events = new AuditEvents(
                config.dicom().aeTitle(), Host.name(), config.fhir().url().toString(), clock);
        LogFile log =
                audit.to() == AuditTo.LOG ? new LogFile(audit.logFile(), audit.logSizeBytes(), audit.logFiles()) : null;
        return new AuditOptions(events, log, audit.backlogMax());
    }

    static void addTo(Metrics metrics, AuditSender sender, AuditOutbox outbox) {
        metrics.counter("portolan.audit.delivered", "Audit records delivered", sender::delivered)
                .gauge("portolan.audit.waiting", "Audit records that are not delivered", outbox::waiting)
                .gauge("portolan.audit.refused", "Audit records kept aside because they were refused", outbox::refused);
    }
}
