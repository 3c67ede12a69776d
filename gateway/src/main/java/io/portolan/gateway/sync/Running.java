package io.portolan.gateway.sync;

import io.portolan.dicom.Level;
import io.portolan.dicom.Uid;
import io.portolan.dicom.Vr;
import io.portolan.gateway.ledger.Ledger;
import io.portolan.gateway.ledger.SourceRun;
import io.portolan.gateway.ledger.SourceStudies;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/**
 * What all parts of a run share.
 *
 * @param mayGoOn asked before each study and each look; false: the working hours are over
 * @param told each difference
 */
record Running(
        Source source,
        SyncOptions options,
        Ledger ledger,
        Map<Level, Map<Integer, Vr>> extraTags,
        SyncRequest request,
        SourceRun run,
        SyncCounts counts,
        BooleanSupplier mayGoOn,
        Consumer<Difference> told) {

    /** A run that gives no sign of life for so long has died. */
    static final Duration LEASE = Duration.ofMinutes(10);

    /** The working hours are over. */
    static final class PausedException extends RuntimeException {

        private static final long serialVersionUID = 1L;
    }

    void requireHours() {
        if (!mayGoOn.getAsBoolean()) {
            throw new PausedException();
        }
    }

    SourceStudies studies() {
        return ledger.sourceStudies();
    }

    void tell(Difference difference) {
        counts.differs(difference.kind());
        told.accept(difference);
    }

    /** Asks for one study; empty: the source answered, and does not have it. */
    Optional<ListedStudy> look(Uid study) throws SourceException, InterruptedException {
        requireHours();
        Source.Listing listing = source.studies(StudyQuery.of(study));
        Optional<ListedStudy> found = listing.studies().stream()
                .filter(one -> one.study().equals(study))
                .findFirst();
        if (found.isEmpty() && !listing.complete()) {
            throw new SourceException(
                    SourceException.Kind.MALFORMED, "the source does not say whether it has study " + study);
        }
        return found;
    }
}
