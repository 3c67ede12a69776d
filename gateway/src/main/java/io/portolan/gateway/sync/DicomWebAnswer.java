package io.portolan.gateway.sync;

import io.portolan.dicom.DataSet;
import io.portolan.dicom.io.MalformedDataException;
import io.portolan.dicom.io.Selection;
import io.portolan.gateway.sync.DicomWebWire.Response;
import java.io.IOException;
import java.util.Optional;
import java.util.Set;

/** Data sets in the DICOM JSON model as they come over HTTP: in one array, or in the parts of older servers (PS3.18 8.6). */
final class DicomWebAnswer {

    static final String JSON = "application/dicom+json";

    /** Told of each data set. */
    interface Sink {
        void accept(DataSet dataSet) throws IOException;
    }

    private static final String INSTANCE = "application/dicom";
    private static final Set<String> JSONS = Set.of(JSON, "application/json", "text/json", "");
    private static final String MULTIPART = "multipart/related";

    private final JsonDataSets json;

    DicomWebAnswer(Selection selection, int dataSetCharactersMax) {
        this.json = new JsonDataSets(selection, dataSetCharactersMax);
    }

    /** Reads to the end; 204 has none. */
    void read(Response response, Sink sink) throws IOException {
        if (response.status() == 204) {
            return;
        }
        String type = Multipart.mediaType(response.contentType());
        if (type.equals(MULTIPART)) {
            Multipart parts = multipart(response);
            for (Optional<Multipart.Part> part = parts.next(); part.isPresent(); part = parts.next()) {
                requireJson(part.get().mediaType());
                json.read(part.get().content(), sink);
            }
        } else {
            requireJson(type);
            json.read(response.body(), sink);
        }
    }

    static boolean isMultipart(Response response) {
        return Multipart.mediaType(response.contentType()).equals(MULTIPART);
    }

    static void requireInstance(Response response) throws MalformedDataException {
        if (!Multipart.mediaType(response.contentType()).equals(INSTANCE)) {
            throw invalid("instances were asked for and something else came");
        }
    }

    static Multipart multipart(Response response) throws MalformedDataException {
        String boundary =
                Multipart.boundary(response.contentType()).orElseThrow(() -> invalid("multipart without a boundary"));
        return new Multipart(response.body(), boundary);
    }

    private static void requireJson(String type) throws MalformedDataException {
        if (!JSONS.contains(type)) {
            String came = type.matches("[a-z0-9.+/-]{1,60}") ? type : "something else";
            throw invalid("JSON was asked for and " + came + " came; is this the URL of a DICOMweb server?");
        }
    }

    private static MalformedDataException invalid(String reason) {
        return new MalformedDataException(MalformedDataException.Kind.INVALID, 0, "", reason);
    }
}
