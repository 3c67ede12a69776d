package io.portolan.gateway.http;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.javalin.http.Context;
import io.portolan.dicom.Uid;
import io.portolan.gateway.Category;
import io.portolan.gateway.ParkedJson;
import io.portolan.gateway.ledger.Forwards;
import io.portolan.gateway.ledger.Ledger;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * {@code GET /parked}, without the reasons, which may quote a patient's data; and {@code POST /replay} with {@code {"studies": [...]}}, {@code {"all": true}} or
 * {@code {"category": "..."}}. Of studies that are not published, of instances that are not forwarded ({@code "what": "forward"}), and of reports of storage
 * commitment that could not be made ({@code "what": "commitment"}).
 *
 * <p>A replay must come as {@code application/json}, which no page of another site can send unasked.
 */
final class ParkedPages {

    /** A hundred thousand UIDs and more. */
    static final int BODY_BYTES_MAX = 8 << 20;

    /** Whoever has more of them looks with portolan parked. */
    static final int LISTED_MAX = 1_000;

    private static final String JSON_TYPE = "application/json";
    private static final String WRONG =
            "the body must be {\"studies\": [\"UID\", ...]}, {\"all\": true} or {\"category\": \"CATEGORY\"}";

    private static final ObjectMapper JSON = new ObjectMapper();

    private final Ledger ledger;

    ParkedPages(Ledger ledger) {
        this.ledger = ledger;
    }

    void list(Context context) throws IOException {
        ArrayNode array = JSON.createArrayNode();
        ParkedJson json = new ParkedJson(array, ParkedJson.Reasons.NONE);
        ledger.parked(LISTED_MAX).forEach(json::add);
        ledger.files().forwards().parked(LISTED_MAX).forEach(json::add);
        ledger.commitments().parked(LISTED_MAX).forEach(json::add);
        answer(context, 200, array);
    }

    void replay(Context context) throws IOException {
        String type = String.valueOf(context.contentType());
        if (!type.split(";", 2)[0].trim().equalsIgnoreCase(JSON_TYPE)) {
            refuse(context, 415, "the body must come as Content-Type: " + JSON_TYPE);
            return;
        }
        if (context.header("Origin") != null) { // that of a page in a browser, which has no business here
            refuse(context, 403, "not for browsers");
            return;
        }
        try {
            JsonNode body = JSON.readTree(context.body());
            ObjectNode replayed = JSON.createObjectNode().put("replayed", replay(body));
            replayed.put("forwarded", forward(body)).put("reported", report(body));
            answer(context, 200, replayed);
        } catch (JsonProcessingException e) {
            refuse(context, 400, WRONG);
        } catch (IllegalArgumentException e) {
            refuse(context, 400, String.valueOf(e.getMessage()));
        }
    }

    private int replay(JsonNode body) {
        if (body.size() == 1 && body.path("studies").isArray()) {
            return ledger.replays().replay(uids(body.path("studies")));
        }
        if (body.size() == 1 && body.path("category").isTextual()) {
            return ledger.replays()
                    .replayParked(Optional.of(category(body.path("category").asText())));
        }
        if (body.size() == 1 && body.path("all").asBoolean()) {
            return ledger.replays().replayParked(Optional.empty());
        }
        throw new IllegalArgumentException(WRONG);
    }

    /** The same for what is to be forwarded; the body is right. */
    private int forward(JsonNode body) {
        Forwards forwards = ledger.files().forwards();
        if (body.path("studies").isArray()) {
            return forwards.replay(uids(body.path("studies")));
        }
        return forwards.replayParked(category(body));
    }

    /** The same for what is to be reported, which is of no study. */
    private int report(JsonNode body) {
        if (body.path("studies").isArray()) {
            return 0;
        }
        return ledger.commitments().replayParked(category(body));
    }

    /** Of a body that is right; empty: all. */
    private static Optional<Category> category(JsonNode body) {
        return body.path("all").asBoolean()
                ? Optional.empty()
                : Optional.of(category(body.path("category").asText()));
    }

    private static List<Uid> uids(JsonNode texts) {
        List<Uid> uids = new ArrayList<>();
        for (JsonNode text : texts) {
            if (!Uid.isValid(text.asText())) {
                throw new IllegalArgumentException("studies must be UIDs: digits and points, 64 characters at most");
            }
            uids.add(new Uid(text.asText()));
        }
        return uids;
    }

    private static Category category(String name) {
        return Arrays.stream(Category.values())
                .filter(one -> one.name().equals(name))
                .findFirst()
                .orElseThrow(
                        () -> new IllegalArgumentException("category must be one of " + List.of(Category.values())));
    }

    private static void refuse(Context context, int status, String why) throws IOException {
        answer(context, status, JSON.createObjectNode().put("error", why));
    }

    private static void answer(Context context, int status, JsonNode body) throws IOException {
        context.status(status).contentType(JSON_TYPE).result(JSON.writeValueAsString(body));
    }
}
