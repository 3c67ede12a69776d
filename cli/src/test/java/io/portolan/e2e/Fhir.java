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
import org.jspecify.annotations.Nullable;

/** What a reader of the FHIR server sees. */
final class Fhir {

    private static final HttpClient HTTP = HttpClient.newHttpClient();
    private static final ObjectMapper JSON = new ObjectMapper();

    private final String url;

    Fhir(String url) {
        this.url = url;
    }

    /** The resources that a search finds, on all its pages; the query is {@code name=value}, the value unencoded. */
    List<JsonNode> search(String type, String parameter, String value) throws Exception {
        List<JsonNode> found = new ArrayList<>();
        String page = url + "/" + type + "?" + parameter + "=" + URLEncoder.encode(value, StandardCharsets.UTF_8);
        while (page != null) {
            JsonNode bundle = read(page);
            bundle.path("entry").forEach(entry -> found.add(entry.path("resource")));
            page = next(bundle);
        }
        return found;
    }

    private static @Nullable String next(JsonNode bundle) {
        for (JsonNode link : bundle.path("link")) {
            if (link.path("relation").asText().equals("next")) {
                return link.path("url").asText();
            }
        }
        return null;
    }

    /** The resource {@code Type/id}; null: there is none. */
    @Nullable
    JsonNode find(String reference) throws Exception {
        HttpResponse<String> response = get(url + "/" + reference);
        return response.statusCode() == 404 ? null : JSON.readTree(response.body());
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

    private static HttpResponse<String> get(String address) throws Exception {
        return HTTP.send(
                HttpRequest.newBuilder(URI.create(address))
                        .header("Accept", "application/fhir+json")
                        .header("Cache-Control", "no-cache")
                        .build(),
                BodyHandlers.ofString());
    }

    private static JsonNode read(String address) throws Exception {
        HttpResponse<String> response = get(address);
        if (response.statusCode() != 200) {
            throw new AssertionError("GET " + address + " says " + response.statusCode());
        }
        return JSON.readTree(response.body());
    }
}
