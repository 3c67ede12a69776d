package io.portolan.gateway.sync;

import io.portolan.dicom.Attribute;
import io.portolan.dicom.DataSet;
import io.portolan.dicom.Uid;
import io.portolan.gateway.sync.DicomWebWire.Get;
import io.portolan.gateway.sync.DicomWebWire.Response;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * One QIDO-RS query (PS3.18 10.6), page after page (PS3.18 8.3.4.4), with a judgement whether that was all.
 *
 * <pre>
 * a page that                                              then
 * is empty                                                 the end; not all, if the page before said that there is more
 * brings nothing new, is full or said to be not all        the end; not all: the server knows no offset
 * is full, or said to be not all                           the next one
 * is longer than it may be                                 the end: the server knows no limit; not all, if distrusted
 * is short, and all together are a number to distrust      the next one, if it brings anything; otherwise the end, not all
 * is short                                                 the end
 * </pre>
 *
 * <p>A server says that there is more by {@code Warning: 299} (PS3.18 8.3.4.4), once by 206, and by 413 when it rather
 * answers nothing.
 */
final class DicomWebListing {

    private static final int STATUS_PARTIAL = 206;
    private static final int STATUS_NOT_FOUND = 404;
    private static final int STATUS_TOO_MANY = 413;

    /** Of a search for studies, which is there or is not DICOMweb. */
    static final Set<Integer> OF_STUDIES = Set.of(STATUS_TOO_MANY);

    /** Of a search in a study, which may not be there. */
    static final Set<Integer> OF_SERIES = Set.of(STATUS_TOO_MANY, STATUS_NOT_FOUND);

    /** From here on, round numbers are rather a server's limit than a coincidence. */
    private static final int DISTRUSTED_MIN = 100;

    /**
     * What was found.
     *
     * @param distrusted nothing said that there is more, only the number is one at which servers stop
     * @param unidentified how many more there were without a UID that is one
     */
    record Found(List<DataSet> results, boolean complete, boolean distrusted, int unidentified) {}

    private record Page(List<DataSet> results, boolean saidMore, boolean tooMany) {}

    private final DicomWebWire wire;
    private final DicomWebAnswer answer;
    private final DicomWebOptions options;

    DicomWebListing(DicomWebWire wire, DicomWebAnswer answer, DicomWebOptions options) {
        this.wire = wire;
        this.answer = answer;
        this.options = options;
    }

    /**
     * Asks until there is no more.
     *
     * @param what for failures
     * @param path with its query
     * @param uid what a result is known by; each is given once
     * @param answers statuses that are answers, {@link #OF_STUDIES} or {@link #OF_SERIES}
     * @param max results after which no more is asked for
     */
    Found all(String what, String path, Set<Integer> answers, Attribute uid, int max)
            throws SourceException, InterruptedException {
        Map<Uid, DataSet> found = new LinkedHashMap<>();
        int offset = 0;
        int unidentified = 0;
        boolean saidMore = false;
        while (true) {
            Page page = page(what, path, answers, offset);
            int before = found.size();
            int without = 0;
            for (DataSet result : page.results) {
                Optional<Uid> known = result.uid(uid);
                known.ifPresent(one -> found.putIfAbsent(one, result));
                without += known.isEmpty() ? 1 : 0;
            }
            if (without > 0 && found.isEmpty()) {
                throw new SourceException(SourceException.Kind.MALFORMED, what + ": no result has a " + uid);
            }
            unidentified += without;
            if (found.size() > max || page.tooMany) {
                return found(found, false, false, unidentified);
            }
            int size = page.results.size();
            boolean nothingNew = found.size() == before;
            boolean distrusted = isDistrusted(found.size() + unidentified);
            if (size == 0 || nothingNew) {
                boolean more =
                        saidMore || page.saidMore || size >= options.paging().pageSize();
                return found(found, !more && !distrusted, !more && distrusted, unidentified);
            }
            offset += size;
            saidMore = page.saidMore;
            boolean endsHere = size > options.paging().pageSize()
                    || size < options.paging().pageSize() && !distrusted;
            if (endsHere && !saidMore) {
                return found(found, !distrusted, distrusted, unidentified);
            }
        }
    }

    private static Found found(Map<Uid, DataSet> found, boolean complete, boolean distrusted, int unidentified) {
        return new Found(List.copyOf(found.values()), complete, distrusted, unidentified);
    }

    /**
     * Whether so many are rather what a server has at most than what there is. Orthanc stops one behind its LimitFindResults,
     * and says nothing.
     */
    private boolean isDistrusted(int results) {
        int known = options.paging().serverResultsMax();
        return known > 0 ? results >= known : results >= DISTRUSTED_MIN && results % 100 <= 1;
    }

    private Page page(String what, String path, Set<Integer> answers, int offset)
            throws SourceException, InterruptedException {
        String paged = path + "&limit=" + options.paging().pageSize() + "&offset=" + offset;
        return wire.get(
                new Get(what, paged, DicomWebAnswer.JSON, true, options.limits().answerBytesMax(), answers),
                this::read);
    }

    private Page read(Response response) throws IOException {
        if (response.status() == STATUS_TOO_MANY) {
            return new Page(List.of(), true, true);
        }
        if (response.status() == STATUS_NOT_FOUND) {
            return new Page(List.of(), false, false);
        }
        List<DataSet> results = new ArrayList<>();
        answer.read(response, results::add);
        boolean saidMore = response.status() == STATUS_PARTIAL
                || response.headers().allValues("Warning").stream().anyMatch(DicomWebListing::saysMore);
        return new Page(results, saidMore, false);
    }

    /** Any warning of a search is of this, but the one on matching what is alike (PS3.18 8.3.4.2), for which we do not ask. */
    private static boolean saysMore(String warning) {
        return warning.strip().startsWith("299") && !warning.contains("fuzzymatching");
    }
}
