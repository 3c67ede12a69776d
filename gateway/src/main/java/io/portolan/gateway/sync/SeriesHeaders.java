package io.portolan.gateway.sync;

import io.portolan.dicom.Attribute;
import io.portolan.dicom.DataSet;
import io.portolan.dicom.Uid;
import io.portolan.dicom.io.DicomReader;
import io.portolan.gateway.sync.DicomWebWire.Get;
import io.portolan.gateway.sync.DicomWebWire.Response;
import io.portolan.gateway.sync.SourceException.Kind;
import java.io.IOException;
import java.io.InputStream;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/**
 * The headers of one series: its metadata (PS3.18 10.4.1.1.2), or, from a server that has none, the beginnings of its
 * instances (PS3.18 10.4.1.1.1). However often that is tried, each header is told once. One thread.
 */
final class SeriesHeaders {

    private static final int STATUS_PARTIAL = 206;
    private static final int STATUS_NOT_FOUND = 404;

    /** What servers without metadata say; 404 may be about the series as well. */
    private static final Set<Integer> WITHOUT_METADATA = Set.of(STATUS_NOT_FOUND, 405, 406, 415, 501);

    private static final String INSTANCES = "multipart/related; type=\"application/dicom\"; transfer-syntax=*";

    private final DicomWebOptions options;
    private final DicomWebWire wire;
    private final DicomWebAnswer answer;
    private final Uid study;
    private final Uid series;
    private final Consumer<DataSet> sink;
    private final Set<Uid> told = new HashSet<>();

    SeriesHeaders(
            DicomWebOptions options,
            DicomWebWire wire,
            DicomWebAnswer answer,
            Uid study,
            Uid series,
            Consumer<DataSet> sink) {
        this.options = options;
        this.wire = wire;
        this.answer = answer;
        this.study = study;
        this.series = series;
        this.sink = sink;
    }

    /**
     * Reads what the server has apart from the pixels.
     *
     * @return the status; other than 2xx: the server has no metadata, or not this series, and nothing was told
     */
    int readMetadata() throws SourceException, InterruptedException {
        Get get = get(
                "metadata",
                "/metadata",
                DicomWebAnswer.JSON,
                true,
                options.limits().answerBytesMax(),
                WITHOUT_METADATA);
        int status = wire.get(get, this::readMetadata);
        requireTold(status < 300);
        return status;
    }

    /** Reads of each instance only its header. */
    void readInstances() throws SourceException, InterruptedException {
        long bytesMax = Math.multiplyExact(options.limits().answerBytesMax(), (long) DicomWebOptions.PIXELS_FACTOR);
        wire.get(get("instances", "", INSTANCES, false, bytesMax, Set.of(STATUS_NOT_FOUND)), this::readInstances);
        requireTold(true);
    }

    private Get get(String whatOf, String path, String accept, boolean packed, long bytesMax, Set<Integer> answers) {
        String what = whatOf + " of series " + series;
        return new Get(what, "/studies/" + study + "/series/" + series + path, accept, packed, bytesMax, answers);
    }

    private int readMetadata(Response response) throws IOException {
        if (response.isSuccess()) {
            requireWhole(response);
            answer.read(response, this::tell);
        }
        return response.status();
    }

    private int readInstances(Response response) throws IOException {
        if (!response.isSuccess()) {
            return response.status();
        }
        requireWhole(response);
        if (!DicomWebAnswer.isMultipart(response)) {
            DicomWebAnswer.requireInstance(response);
            readInstance(response.body());
            return response.status();
        }
        Multipart parts = DicomWebAnswer.multipart(response);
        for (Optional<Multipart.Part> part = parts.next(); part.isPresent(); part = parts.next()) {
            readInstance(part.get().content());
        }
        return response.status();
    }

    private void readInstance(InputStream in) throws IOException {
        try (DicomReader reader =
                DicomReader.open(in, options.selection(), options.limits().file())) {
            tell(reader.readHeader());
        }
    }

    private void tell(DataSet header) throws SourceException {
        Uid instance = header.uid(Attribute.SOPInstanceUID)
                .orElseThrow(() -> malformed("an instance without a SOPInstanceUID"));
        boolean fits = header.uid(Attribute.StudyInstanceUID).equals(Optional.of(study))
                && header.uid(Attribute.SeriesInstanceUID).equals(Optional.of(series));
        if (!fits) {
            throw malformed("an instance of another series");
        }
        if (told.add(instance)) {
            boolean keeps = options.keepRetrieveUrl() || !header.contains(Attribute.RetrieveURL);
            sink.accept(keeps ? header : header.where(tag -> tag != Attribute.RetrieveURL.tag()));
        }
    }

    private SourceException malformed(String reason) {
        return new SourceException(Kind.MALFORMED, "series " + series + ": " + reason);
    }

    /** PS3.18 table 10.4.4-1: 206 is for what could be had of it. */
    private void requireWhole(Response response) throws SourceException {
        if (response.status() == STATUS_PARTIAL) {
            throw new SourceException(Kind.UNAVAILABLE, "series " + series + ": the server has only a part of it now");
        }
    }

    /** A series has instances. */
    private void requireTold(boolean answered) throws SourceException {
        if (answered && told.isEmpty()) {
            throw new SourceException(
                    Kind.UNAVAILABLE, "series " + series + ": the server listed it and does not have it (any more)");
        }
    }
}
