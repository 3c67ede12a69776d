package io.portolan.gateway.audit;

import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Whether and where writes are told of, and whether each study has a Provenance.
 *
 * @param events how; null: not at all
 * @param log the file that they go to; null: the FHIR server that is written to
 * @param backlogMax records that may wait
 * @param provenanceBy AE title of the gateway that is the assembler of each Provenance; null: there is none
 */
public record AuditOptions(
        @Nullable AuditEvents events,
        @Nullable LogFile log,
        int backlogMax,
        @Nullable String provenanceBy) {

    /** Nothing is told. */
    public static final AuditOptions NONE = new AuditOptions(null, null, Integer.MAX_VALUE);

    /** Without Provenance. */
    public AuditOptions(@Nullable AuditEvents events, @Nullable LogFile log, int backlogMax) {
        this(events, log, backlogMax, null);
    }

    public AuditOptions withProvenanceBy(String aeTitle) {
        return new AuditOptions(events, log, backlogMax, aeTitle);
    }

    /** A log, its limits. */
    public record LogFile(Path file, long sizeMaxBytes, int filesMax) {

        AuditLog open(InstantSource clock) {
            return new AuditLog(file, sizeMaxBytes, filesMax, clock);
        }
    }

    /** A file to write to; empty: the FHIR server. */
    public Optional<AuditDestination> file(InstantSource clock) {
        return Optional.ofNullable(log).map(one -> one.open(clock));
    }
}
