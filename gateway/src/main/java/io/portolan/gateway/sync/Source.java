package io.portolan.gateway.sync;

import io.portolan.dicom.DataSet;
import io.portolan.dicom.Uid;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/**
 * An archive that can be asked what it has. Its methods may be called by several threads; how many at once, and how often, is
 * the business of its {@link Pace}.
 */
public interface Source extends AutoCloseable {

    /**
     * The studies that match.
     *
     * @throws SourceException nothing is known then, least of all that there is nothing
     */
    Listing studies(StudyQuery query) throws SourceException, InterruptedException;

    /** The series of a study; none: the source does not have it. */
    List<ListedSeries> series(Uid study) throws SourceException, InterruptedException;

    /**
     * Reads the headers of all instances of some series.
     *
     * @param series of the study
     * @param sink told each header once: what the mapping reads, and what the site wants beside
     * @throws SourceException the headers told so far are some of them
     */
    void headers(Uid study, Collection<Uid> series, Consumer<DataSet> sink)
            throws SourceException, InterruptedException;

    /**
     * The instances of some series; empty: it cannot be asked for them alone.
     *
     * @throws SourceException also when not all were listed
     */
    default Optional<Set<Uid>> instances(Uid study, Collection<ListedSeries> series)
            throws SourceException, InterruptedException {
        return Optional.empty();
    }

    /** What could not be looked at since the start, in words with numbers, without names. */
    default List<String> troubles() {
        return List.of();
    }

    /** Ends what is being asked, for any thread; what is asked later fails. A second call does nothing. */
    @Override
    void close();

    /**
     * What a query found.
     *
     * @param complete false: there are more that match
     * @param unidentified how many more there are without a StudyInstanceUID that is one
     */
    record Listing(List<ListedStudy> studies, boolean complete, int unidentified) {

        /** Of studies that all have a UID. */
        public Listing(List<ListedStudy> studies, boolean complete) {
            this(studies, complete, 0);
        }

        public Listing {
            studies = List.copyOf(studies);
        }
    }
}
