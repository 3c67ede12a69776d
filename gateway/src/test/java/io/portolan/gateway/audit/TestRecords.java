package io.portolan.gateway.audit;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.portolan.gateway.audit.Write.Action;
import io.portolan.gateway.ledger.AuditRecord;
import java.time.Instant;
import java.util.Optional;

/** Audit records by their numbers. */
final class TestRecords {

    private static final AuditEvents EVENTS =
            new AuditEvents("PORTOLAN", "gateway-1", "http://fhir", () -> Instant.parse("2026-03-01T12:00:00Z"));

    private TestRecords() {}

    /** Of version {@code number} of a study of a patient that is known by identifier only. */
    static AuditRecord record(int number) {
        return EVENTS.of(new Write(
                Action.UPDATE,
                "ImagingStudy",
                "7",
                Optional.of(Integer.toString(number)),
                json("{'subject':{'type':'Patient','identifier':{'system':'urn:x','value':'PX-SECRET'}}}"),
                false));
    }

    static AuditRecord perhapsThere(AuditRecord record) {
        return new AuditRecord(record.id(), record.json(), true);
    }

    /** With ' for ". */
    static ObjectNode json(String text) {
        try {
            return (ObjectNode) new ObjectMapper().readTree(text.replace('\'', '"'));
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(e);
        }
    }
}
