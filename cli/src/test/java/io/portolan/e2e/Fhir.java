package io.portolan.e2e;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** What a reader of the FHIR server sees. */
final class Fhir {

    private static final HttpClient HTTP = HttpClient.newHttpClient();
    private static final ObjectMapper JSON = new ObjectMapper();

    private final String url;

    Fhir(String url) {
        this.url = url;
    }

    /** The resources that a search finds; the query is {@code name=value}, the value unencoded. */
    List<JsonNode> search(String type, String parameter, String value) throws Exception {
        JsonNode bundle = get(type + "?" + parameter + "=" + URLEncoder.encode(value, StandardCharsets.UTF_8));
        List<JsonNode> found = new ArrayList<>();
        bundle.path("entry").forEach(entry -> found.add(entry.path("resource")));
        return found;
    }

    List<JsonNode> studies(String studyUid) throws Exception {
        return search("ImagingStudy", "identifier", "urn:dicom:uid|urn:oid:" + studyUid);
    }

    /** The one study, once it is there with so many instances. */
    JsonNode awaitStudy(String studyUid, int instances) throws Exception {
        JsonNode[] found = new JsonNode[1];
        Await.until("study " + studyUid + " with " + instances + " instances", Duration.ofSeconds(60), () -> {
            List<JsonNode> studies = studies(studyUid);
            if (studies.size() == 1 && studies.get(0).path("numberOfInstances").asInt() == instances) {
                found[0] = studies.get(0);
            }
            return found[0] != null;
        });
        return found[0];
    }

    JsonNode get(String path) throws Exception {
        HttpResponse<String> response = HTTP.send(
                HttpRequest.newBuilder(URI.create(url + "/" + path))
                        .header("Accept", "application/fhir+json")
                        .header("Cache-Control", "no-cache")
                        .build(),
                BodyHandlers.ofString());
        if (response.statusCode() != 200) {
            throw new AssertionError("GET " + path + " says " + response.statusCode());
        }
        return JSON.readTree(response.body());
    }
}
