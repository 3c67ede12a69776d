package io.portolan.gateway.sync;

import io.portolan.dicom.io.ReadLimits;
import io.portolan.dicom.io.Selection;
import io.portolan.gateway.access.HttpAccess;
import io.portolan.gateway.access.HttpCredentials;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Set;

/**
 * Where a DICOMweb server is, what is wanted of it, and how long and how much we listen.
 *
 * @param base for example {@code https://pacs.example.org/dicom-web}
 * @param access how it lets us in
 * @param selection what is kept of a header
 * @param keepRetrieveUrl whether RetrieveURL stays in the headers; it says where this server would have them fetched
 * @param pace of all requests
 */
public record DicomWebOptions(
        URI base,
        HttpAccess access,
        Selection selection,
        Paging paging,
        Times times,
        Limits limits,
        boolean keepRetrieveUrl,
        Pace pace) {

    public static final int PAGE_SIZE = 500;
    public static final int STUDIES_MAX = 2_000;
    public static final Duration TIMEOUT = Duration.ofMinutes(1);
    public static final Duration ANSWER_TIMEOUT = Duration.ofHours(2);
    public static final int DATA_SET_CHARACTERS_MAX = 16 << 20;
    public static final long ANSWER_BYTES_MAX = 2L << 30;
    public static final List<Duration> RETRY_DELAYS = List.of(Duration.ofSeconds(1), Duration.ofSeconds(5));
    static final int PIXELS_FACTOR = 100;

    /**
     * How lists are asked for.
     *
     * @param pageSize results asked for at once
     * @param studiesMax studies of one listing; when there are more it is not complete
     * @param serverResultsMax how many results the server gives at most when it does not say that there are more, such as
     *     LimitFindResults of Orthanc; 0: not known, then a listing that ends at a round number is not taken for complete
     */
    public record Paging(int pageSize, int studiesMax, int serverResultsMax) {

        public Paging {
            requirePositive(pageSize >= 1 && studiesMax >= 1 && serverResultsMax >= 0);
        }
    }

    /**
     * How long is waited.
     *
     * @param head for the head of an answer, and for a silence within it
     * @param answer for the whole of an answer
     * @param retryDelays how long before each further attempt at what was not available
     */
    public record Times(Duration head, Duration answer, List<Duration> retryDelays) {

        public Times {
            requirePositive(head.toMillis() >= 1 && answer.toMillis() >= 1);
            retryDelays = List.copyOf(retryDelays);
        }
    }

    /**
     * How much is read.
     *
     * @param file for instances that are read as files, from a server that has no metadata
     * @param dataSetCharactersMax what is kept of one data set, in JSON
     * @param answerBytesMax the longest answer, unpacked; a series that comes with its pixels may have {@value #PIXELS_FACTOR}
     *     times that
     */
    public record Limits(ReadLimits file, int dataSetCharactersMax, long answerBytesMax) {

        public Limits {
            requirePositive(dataSetCharactersMax >= 1 && answerBytesMax >= 1);
        }
    }

    /** @throws IllegalArgumentException when the URL holds what it must not */
    public DicomWebOptions {
        if (base.getHost() == null || !Set.of("http", "https").contains(base.getScheme())) {
            throw new IllegalArgumentException("the URL of a DICOMweb server is absolute, http or https");
        }
        if (base.getRawQuery() != null || base.getRawFragment() != null || base.getRawUserInfo() != null) {
            throw new IllegalArgumentException(
                    "the URL of a DICOMweb server has no query, no fragment, and no credentials in it");
        }
    }

    private static void requirePositive(boolean positive) {
        if (!positive) {
            throw new IllegalArgumentException("limits are positive");
        }
    }

    /** With the defaults, and credentials for access. */
    public static DicomWebOptions of(URI base, HttpCredentials credentials, Selection selection, Pace pace) {
        return of(base, HttpAccess.of(credentials, base), selection, pace);
    }

    /** With the defaults. */
    public static DicomWebOptions of(URI base, HttpAccess access, Selection selection, Pace pace) {
        return new DicomWebOptions(
                base,
                access,
                selection,
                new Paging(PAGE_SIZE, STUDIES_MAX, 0),
                new Times(TIMEOUT, ANSWER_TIMEOUT, RETRY_DELAYS),
                new Limits(ReadLimits.DEFAULT, DATA_SET_CHARACTERS_MAX, ANSWER_BYTES_MAX),
                false,
                pace);
    }

    public DicomWebOptions with(Paging other) {
        return new DicomWebOptions(base, access, selection, other, times, limits, keepRetrieveUrl, pace);
    }

    public DicomWebOptions with(Times other) {
        return new DicomWebOptions(base, access, selection, paging, other, limits, keepRetrieveUrl, pace);
    }

    public DicomWebOptions with(Limits other) {
        return new DicomWebOptions(base, access, selection, paging, times, other, keepRetrieveUrl, pace);
    }

    /** The same but for RetrieveURL. */
    public DicomWebOptions withRetrieveUrl(boolean keep) {
        return new DicomWebOptions(base, access, selection, paging, times, limits, keep, pace);
    }

    /** The base without a slash at its end. */
    String root() {
        return base.toString().replaceFirst("/+$", "");
    }
}
