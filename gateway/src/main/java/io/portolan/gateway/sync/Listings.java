package io.portolan.gateway.sync;

import io.portolan.dicom.Uid;
import io.portolan.gateway.sync.Source.Listing;
import java.time.LocalDate;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Asks a source for the studies of a window; what one answer has no room for is asked for in halves.
 *
 * <pre>
 *   all -> days -> one day -> minutes of it
 * </pre>
 *
 * <p>A source that is asked by days does not tell of studies without a date, nor by minutes of those without a time. Those
 * that the first answer happened to have are told all the same.
 */
final class Listings {

    /** Who is told, newest windows first. */
    interface Sink {

        /** Part of the window is listed; no smaller than a day. */
        void listed(StudyQuery window, Listing listing) throws SourceException, InterruptedException;
    }

    private final Source source;
    private final LocalDate today;

    Listings(Source source, LocalDate today) {
        this.source = source;
        this.today = today;
    }

    void list(StudyQuery window, Sink sink) throws SourceException, InterruptedException {
        Listing listing = source.studies(window);
        if (listing.complete()) {
            sink.listed(window, listing);
            return;
        }
        if (window.from() == null) {
            List<ListedStudy> undated = listing.studies().stream()
                    .filter(study -> study.studyDate().isEmpty())
                    .toList();
            if (!undated.isEmpty()) {
                sink.listed(window, new Listing(undated, false));
            }
        }
        List<StudyQuery> halves = Windows.halves(window, today);
        if (halves.isEmpty()) {
            sink.listed(window, ofDay(window, listing));
        }
        for (StudyQuery half : halves) {
            list(half, sink);
        }
    }

    /** @param some of its studies */
    private Listing ofDay(StudyQuery day, Listing some) throws SourceException, InterruptedException {
        Map<Uid, ListedStudy> studies = new LinkedHashMap<>();
        some.studies().forEach(study -> studies.put(study.study(), study));
        boolean complete = gather(Windows.halvesOfDay(day), studies);
        return new Listing(List.copyOf(studies.values()), complete);
    }

    private boolean gather(List<StudyQuery> minutes, Map<Uid, ListedStudy> studies)
            throws SourceException, InterruptedException {
        boolean complete = true;
        for (StudyQuery window : minutes) {
            Listing listing = source.studies(window);
            listing.studies().forEach(study -> studies.put(study.study(), study));
            if (!listing.complete()) {
                List<StudyQuery> halves = Windows.halvesOfDay(window);
                complete &= !halves.isEmpty() && gather(halves, studies);
            }
        }
        return complete;
    }
}
