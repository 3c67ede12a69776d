package io.portolan.gateway.sync;

import io.portolan.dicom.io.ReadLimits;
import io.portolan.dicom.io.Selection;
import io.portolan.gateway.HttpCredentials;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Set;

/**
 * Where a DICOMweb server is, what is wanted of it, and how long and how much we listen.
 *
 * @param base for example {@code https://pacs.example.org/dicom-web}
 * @param credentials sent with every request
 * @param selection what is kept of a header
 * @param limits for instances that are read as files, from a server that has no metadata
 * @param pageSize results asked for at once
 * @param studiesMax studies of one listing; when there are more it is not complete
 * @param serverResultsMax how many results the server gives at most when it does not say that there are more, such as
 *     LimitFindResults of Orthanc; 0: not known, then a listing that ends at a round number is not taken for complete
 * @param timeout for the head of an answer, and for a silence within it
 * @param answerTimeout for the whole of an answer
 * @param dataSetCharactersMax what is kept of one data set, in JSON
 * @param answerBytesMax the longest answer, unpacked; a series that comes with its pixels may have
 *     {@value #PIXELS_FACTOR} times that
 * @param keepRetrieveUrl whether RetrieveURL stays in the headers; it says where this server would have them fetched
 * @param retryDelays how long is waited before each further attempt at what was not available
 * @param pace of all requests
 */
public record DicomWebOptions(
        URI base,
        HttpCredentials credentials,
        Selection selection,
        ReadLimits limits,
        int pageSize,
        int studiesMax,
        int serverResultsMax,
        Duration timeout,
        Duration answerTimeout,
        int dataSetCharactersMax,
        long answerBytesMax,
        boolean keepRetrieveUrl,
        List<Duration> retryDelays,
        Pace pace) {

    public static final int PAGE_SIZE = 500;
    public static final int STUDIES_MAX = 2_000;
    public static final Duration TIMEOUT = Duration.ofMinutes(1);
    public static final Duration ANSWER_TIMEOUT = Duration.ofHours(2);
    public static final int DATA_SET_CHARACTERS_MAX = 16 << 20;
    public static final long ANSWER_BYTES_MAX = 2L << 30;
    public static final List<Duration> RETRY_DELAYS = List.of(Duration.ofSeconds(1), Duration.ofSeconds(5));
    static final int PIXELS_FACTOR = 100;

    /** @throws IllegalArgumentException when the URL holds what it must not, or a limit is not positive */
    public DicomWebOptions {
        if (base.getHost() == null || !Set.of("http", "https").contains(base.getScheme())) {
            throw new IllegalArgumentException("the URL of a DICOMweb server is absolute, http or https");
        }
        if (base.getRawQuery() != null || base.getRawFragment() != null || base.getRawUserInfo() != null) {
            throw new IllegalArgumentException(
                    "the URL of a DICOMweb server has no query, no fragment, and no credentials in it");
        }
        if (pageSize < 1
                || studiesMax < 1
                || serverResultsMax < 0
                || timeout.toMillis() < 1
                || answerTimeout.toMillis() < 1
                || dataSetCharactersMax < 1
                || answerBytesMax < 1) {
            throw new IllegalArgumentException("limits are positive");
        }
        retryDelays = List.copyOf(retryDelays);
    }

    /** With the defaults. */
    public static DicomWebOptions of(URI base, HttpCredentials credentials, Selection selection, Pace pace) {
        return new DicomWebOptions(
                base,
                credentials,
                selection,
                ReadLimits.DEFAULT,
                PAGE_SIZE,
                STUDIES_MAX,
                0,
                TIMEOUT,
                ANSWER_TIMEOUT,
                DATA_SET_CHARACTERS_MAX,
                ANSWER_BYTES_MAX,
                false,
                RETRY_DELAYS,
                pace);
    }

    /** The same but for how lists are asked for. */
    public DicomWebOptions withListing(int pageSize, int studiesMax, int serverResultsMax) {
        return new DicomWebOptions(
                base,
                credentials,
                selection,
                limits,
                pageSize,
                studiesMax,
                serverResultsMax,
                timeout,
                answerTimeout,
                dataSetCharactersMax,
                answerBytesMax,
                keepRetrieveUrl,
                retryDelays,
                pace);
    }

    /** The same but for how long is waited. */
    public DicomWebOptions withTimes(Duration timeout, Duration answerTimeout, List<Duration> retryDelays) {
        return new DicomWebOptions(
                base,
                credentials,
                selection,
                limits,
                pageSize,
                studiesMax,
                serverResultsMax,
                timeout,
                answerTimeout,
                dataSetCharactersMax,
                answerBytesMax,
                keepRetrieveUrl,
                retryDelays,
                pace);
    }

    /** The same but for how much is read. */
    public DicomWebOptions withLimits(ReadLimits limits, int dataSetCharactersMax, long answerBytesMax) {
        return new DicomWebOptions(
                base,
                credentials,
                selection,
                limits,
                pageSize,
                studiesMax,
                serverResultsMax,
                timeout,
                answerTimeout,
                dataSetCharactersMax,
                answerBytesMax,
                keepRetrieveUrl,
                retryDelays,
                pace);
    }

    /** The same but for RetrieveURL. */
    public DicomWebOptions withRetrieveUrl(boolean keep) {
        return new DicomWebOptions(
                base,
                credentials,
                selection,
                limits,
                pageSize,
                studiesMax,
                serverResultsMax,
                timeout,
                answerTimeout,
                dataSetCharactersMax,
                answerBytesMax,
                keep,
                retryDelays,
                pace);
    }

    /** The base without a slash at its end. */
    String root() {
        return base.toString().replaceFirst("/+$", "");
    }
}
