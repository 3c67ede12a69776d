package io.portolan.gateway.ledger;

import io.portolan.dicom.DataSet;
import io.portolan.dicom.Uid;
import io.portolan.dicom.io.DicomJson;
import io.portolan.dicom.io.MalformedDataException;
import io.portolan.gateway.ledger.StudyRows.Rows;
import io.portolan.mapping.study.Gathered;
import io.portolan.mapping.study.Instance;
import io.portolan.mapping.study.KeyObject;
import io.portolan.mapping.study.Selection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jdbi.v3.core.Handle;

/**
 * Gathers a study or a selection from its rows, with the notes that name its instances. Instances with the same header
 * share it: it is parsed once, and one object.
 */
final class StudyReader {

    private final Handle handle;
    private final Uid study;
    private final Map<Long, DataSet> headers = new HashMap<>();
    private final Map<String, Uid> series = new HashMap<>();
    private final Map<String, Optional<String>> senders = new HashMap<>();

    private StudyReader(Handle handle, Uid study) {
        this.handle = handle;
        this.study = study;
    }

    /** @param row a study, or a selection of the instances of one */
    static Gathered read(Handle handle, StudyRow row) {
        Optional<Uid> selected = Evidence.selectedStudy(handle, row.id);
        if (selected.isEmpty()) {
            Present present = instances(handle, row);
            return new Gathered(row.uid, present.instances, notes(handle, row.uid), Optional.empty(), present.gone);
        }
        Uid study = selected.get();
        List<Instance> documents = documents(
                        handle,
                        "i.gone_at IS NULL AND i.id IN (SELECT instance_id FROM evidence WHERE selection_uid = :key)",
                        row.uid.value())
                .stream()
                .map(Document::instance)
                .toList();
        Present present = StudyRow.find(handle, study)
                .map(found -> instances(handle, found))
                .orElse(Present.NOTHING);
        List<KeyObject> notes = Stream.concat(
                        Stream.of(study), documents.stream().map(Instance::study))
                .distinct()
                .flatMap(uid -> notes(handle, uid).stream())
                .distinct()
                .toList();
        return new Gathered(
                study, present.instances, notes, Optional.of(new Selection(row.uid, documents)), present.gone);
    }

    /** What is there of a study; where all that was is gone, what went last. */
    private record Present(List<Instance> instances, boolean gone) {

        static final Present NOTHING = new Present(List.of(), false);
    }

    private static Present instances(Handle handle, StudyRow row) {
        StudyReader reader = new StudyReader(handle, row.uid);
        if (row.isCompacted()) {
            return reader.instances(CompactedRows.read(handle, row));
        }
        reader.readHeaders(row.id);
        List<Instance> there = reader.instances(row.id, false);
        List<Instance> gone = there.isEmpty() ? reader.instances(row.id, true) : List.of();
        return gone.isEmpty() ? new Present(there, false) : new Present(gone, true);
    }

    /** The rejection notes that name instances of a study, wherever they lie. */
    static List<KeyObject> notes(Handle handle, Uid study) {
        return documents(
                        handle,
                        "i.id IN (SELECT instance_id FROM evidence WHERE study_uid = :key AND selection_uid IS NULL)",
                        study.value())
                .stream()
                .flatMap(note -> KeyObject.of(note.instance, Optional.of(note.receivedAt)).stream())
                .toList();
    }

    /** A Key Object Selection by its row. */
    static Optional<KeyObject> keyObject(Handle handle, long instanceId) {
        return documents(handle, "i.id = :key", instanceId).stream()
                .findFirst()
                .flatMap(document -> KeyObject.of(document.instance, Optional.of(document.receivedAt)));
    }

    private record Document(Instance instance, Instant receivedAt) {}

    private static List<Document> documents(Handle handle, String condition, Object key) {
        return handle.createQuery("SELECT d.study_uid, s.series_uid, i.sop_uid, p.attributes AS patient,"
                        + " t.attributes AS study, e.attributes AS series, i.attributes, i.calling_ae, i.received_at"
                        + " FROM instance i JOIN study d ON d.id = i.study_id JOIN series s ON s.id = i.series_id"
                        + " JOIN header p ON p.id = i.patient_header_id JOIN header t ON t.id = i.study_header_id"
                        + " JOIN header e ON e.id = i.series_header_id WHERE " + condition)
                .bind("key", key)
                .map((row, context) -> new Document(
                        new Instance(
                                new Uid(row.getString("study_uid")),
                                new Uid(row.getString("series_uid")),
                                new Uid(row.getString("sop_uid")),
                                parse(row.getString("patient")),
                                parse(row.getString("study")),
                                parse(row.getString("series")),
                                parse(row.getString("attributes")),
                                sender(row.getString("calling_ae")),
                                Optional.empty()),
                        Instant.ofEpochMilli(row.getLong("received_at"))))
                .list();
    }

    private void readHeaders(long studyId) {
        handle.createQuery("SELECT id, attributes FROM header WHERE study_id = :study")
                .bind("study", studyId)
                .map((row, context) -> Map.entry(row.getLong("id"), row.getString("attributes")))
                .forEach(row -> headers.put(row.getKey(), parse(row.getValue())));
    }

    private List<Instance> instances(long studyId, boolean gone) {
        return handle.createQuery("SELECT s.series_uid, i.sop_uid, i.patient_header_id, i.study_header_id,"
                        + " i.series_header_id, i.attributes, i.calling_ae, i.resent_at FROM instance i"
                        + " JOIN series s ON s.id = i.series_id WHERE i.study_id = :study AND i.gone_at "
                        + (gone ? "= (SELECT max(gone_at) FROM instance WHERE study_id = :study)" : "IS NULL"))
                .bind("study", studyId)
                .map((row, context) -> instance(row))
                .list();
    }

    private Instance instance(ResultSet row) throws SQLException {
        return new Instance(
                study,
                series.computeIfAbsent(row.getString("series_uid"), Uid::new),
                new Uid(row.getString("sop_uid")),
                header(row, "patient_header_id"),
                header(row, "study_header_id"),
                header(row, "series_header_id"),
                parse(row.getString("attributes")),
                senders.computeIfAbsent(row.getString("calling_ae"), StudyReader::sender),
                Optional.ofNullable(StudyRow.number(row, "resent_at")).map(Instant::ofEpochMilli));
    }

    /** The same of a study that is packed. */
    private Present instances(StudyRows rows) {
        rows.of(PackedTable.HEADER)
                .texts("attributes")
                .forEach(text -> headers.put((long) headers.size(), parse(text)));
        Rows all = rows.instances();
        Optional<Long> lastGone =
                all.numbers("gone_at").stream().flatMap(Stream::ofNullable).max(Comparator.naturalOrder());
        boolean gone = all.size() > 0 && all.numbers("gone_at").stream().allMatch(Objects::nonNull);
        Long goneAt = gone ? lastGone.orElseThrow() : null;
        List<Instance> instances = IntStream.range(0, all.size())
                .filter(i -> Objects.equals(all.number("gone_at", i), goneAt))
                .mapToObj(i -> instance(rows, i))
                .toList();
        return new Present(instances, gone);
    }

    private Instance instance(StudyRows rows, int place) {
        Rows all = rows.instances();
        return new Instance(
                study,
                series.computeIfAbsent(rows.seriesUid(place), Uid::new),
                new Uid(all.text("sop_uid", place)),
                header(all.value("patient_header_id", place)),
                header(all.value("study_header_id", place)),
                header(all.value("series_header_id", place)),
                parse(all.text("attributes", place)),
                senders.computeIfAbsent(all.text("calling_ae", place), StudyReader::sender),
                Optional.ofNullable(all.number("resent_at", place)).map(Instant::ofEpochMilli));
    }

    private static Optional<String> sender(String callingAe) {
        return Optional.of(callingAe).filter(title -> !title.isEmpty());
    }

    private DataSet header(ResultSet row, String column) throws SQLException {
        return header(row.getLong(column));
    }

    private DataSet header(long key) {
        return headers.getOrDefault(key, DataSet.EMPTY);
    }

    private static DataSet parse(String json) {
        try {
            return DicomJson.parse(json);
        } catch (MalformedDataException e) {
            throw new IllegalStateException("the ledger holds a header that it did not write", e);
        }
    }
}
