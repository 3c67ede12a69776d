package io.portolan.gateway.ledger;

import io.portolan.gateway.ledger.Claim.Publication;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import org.jdbi.v3.core.Handle;

/** The statements on {@code publication}. */
final class Publications {

    /** The first byte of what is gzip; that of what was packed is a version. */
    private static final byte GZIP = 0x1F;

    private static final int PACKED = 1;

    /** Before each series and each instance. */
    private static final Pattern PART = Pattern.compile("(?=\\{\"uid\":)");

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

    /** As it stands in the row. */
    static Optional<byte[]> zipped(Handle handle, long studyId) {
        return handle.createQuery("SELECT json FROM publication WHERE study_id = :study")
                .bind("study", studyId)
                .map((row, context) -> row.getBytes("json"))
                .findOne();
    }

    /** Puts the same in fewer bytes in its place. */
    static void repack(Handle handle, long studyId, byte[] before, byte[] packed) {
        handle.createUpdate("UPDATE publication SET json = :packed WHERE study_id = :study AND json = :before")
                .bind("study", studyId)
                .bind("before", before)
                .bind("packed", packed)
                .execute();
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

    /** The same in fewer bytes; empty: it is so already, or does not come out as it went in. */
    static Optional<byte[]> pack(byte[] zipped) {
        if (zipped[0] != GZIP) {
            return Optional.empty();
        }
        String json = unzip(zipped);
        if (json.indexOf(PackedColumn.GAP) >= 0) { // JSON has no such sign
            return Optional.empty();
        }
        PackedBytes.Writer out = new PackedBytes.Writer();
        List<String> parts = List.of(PART.split(json, -1));
        out.count(parts.size());
        PackedColumn.writeTexts(out, parts);
        byte[] packed = Deflated.PUBLICATION.deflate(PACKED, out.toBytes());
        return Optional.of(packed).filter(bytes -> unzip(bytes).equals(json));
    }

    private static String unpack(byte[] packed) {
        PackedBytes.Reader in = new PackedBytes.Reader(Deflated.PUBLICATION.inflate(PACKED, packed));
        return String.join("", PackedColumn.readTexts(in, in.size()));
    }

    static String unzip(byte[] bytes) {
        if (bytes[0] != GZIP) {
            return unpack(bytes);
        }
        try (GZIPInputStream in = new GZIPInputStream(new ByteArrayInputStream(bytes))) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
