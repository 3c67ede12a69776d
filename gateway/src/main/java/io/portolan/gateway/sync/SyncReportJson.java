package io.portolan.gateway.sync;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Locale;

/** A report as one JSON object; for the ledger, and for whoever asks for it. */
public final class SyncReportJson {

    private static final ObjectMapper JSON = new ObjectMapper();

    private SyncReportJson() {}

    /** On one line. */
    public static String format(SyncReport report) {
        ObjectNode root = JSON.createObjectNode()
                .put("source", report.source())
                .put("scope", report.scope())
                .put("started", report.started().toString())
                .put("ended", report.ended().toString())
                .put("outcome", report.outcome().name())
                .put("listed", report.listed())
                .put("headersRead", report.instances())
                .put("takenBack", report.removed())
                .put("requests", report.requests());
        ObjectNode differences = root.putObject("differences");
        report.differences()
                .forEach((kind, count) -> differences.put(kind.name().toLowerCase(Locale.ROOT), count));
        ArrayNode problems = root.putArray("problems");
        report.problems().forEach(problems::add);
        try {
            return JSON.writeValueAsString(root);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a report is JSON", e);
        }
    }
}
