package io.portolan.gateway.ledger;

import io.portolan.gateway.ledger.Claim.Publication;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import org.jdbi.v3.core.Handle;

/** The statements on {@code publication}. */
final class Publications {

    private Publications() {}

    static Optional<Publication> find(Handle handle, long studyId) {
        return handle.createQuery("SELECT server, fhir_id, fhir_version, json FROM publication WHERE study_id = :study")
                .bind("study", studyId)
                .map((row, context) -> new Publication(
                        row.getString("server"),
                        row.getString("fhir_id"),
                        row.getString("fhir_version"),
                        unzip(row.getBytes("json"))))
                .findOne();
    }

    /** @param json of {@link #zip}, made outside of the transaction */
    static void put(
            Handle handle,
            long studyId,
            Publication publication,
            byte[] json,
            Effort effort,
            String fingerprint,
            long now) {
        handle.createUpdate(
                        "INSERT INTO publication (study_id, server, fhir_id, fhir_version, json, fingerprint, published_at,"
                                + " versions, sent_bytes, resource_bytes) VALUES (:study, :server, :fhirId, :fhirVersion, :json,"
                                + " :fingerprint, :now, :versions, :sentBytes, :resourceBytes)"
                                + " ON CONFLICT (study_id) DO UPDATE SET server = excluded.server, fhir_id = excluded.fhir_id,"
                                + " fhir_version = excluded.fhir_version, json = excluded.json,"
                                + " fingerprint = excluded.fingerprint, published_at = excluded.published_at,"
                                + " versions = publication.versions + excluded.versions,"
                                + " sent_bytes = publication.sent_bytes + excluded.sent_bytes,"
                                + " resource_bytes = excluded.resource_bytes")
                .bind("study", studyId)
                .bind("server", publication.server())
                .bind("fhirId", publication.fhirId())
                .bind("fhirVersion", publication.fhirVersion())
                .bind("json", json)
                .bind("fingerprint", fingerprint)
                .bind("now", now)
                .bind("versions", effort.versions())
                .bind("sentBytes", effort.sentBytes())
                .bind("resourceBytes", publication.json().getBytes(StandardCharsets.UTF_8).length)
                .execute();
    }

    static void remove(Handle handle, long studyId) {
        handle.createUpdate("DELETE FROM publication WHERE study_id = :study")
                .bind("study", studyId)
                .execute();
    }

    static byte[] zip(String json) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (GZIPOutputStream out = new GZIPOutputStream(bytes)) {
            out.write(json.getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    private static String unzip(byte[] bytes) {
        try (GZIPInputStream in = new GZIPInputStream(new ByteArrayInputStream(bytes))) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
