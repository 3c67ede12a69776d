package io.portolan.gateway.audit;

import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Whether and where writes are told of.
 *
 * @param events how; null: not at all
 * @param log the file that they go to; null: the FHIR server that is written to
 * @param backlogMax records that may wait
 */
public record AuditOptions(
        @Nullable AuditEvents events, @Nullable LogFile log, int backlogMax) {

    /** Nothing is told. */
    public static final AuditOptions NONE = new AuditOptions(null, null, Integer.MAX_VALUE);

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
