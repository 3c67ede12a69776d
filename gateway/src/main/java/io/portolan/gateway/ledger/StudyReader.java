package io.portolan.gateway.ledger;

import io.portolan.dicom.DataSet;
import io.portolan.dicom.Uid;
import io.portolan.dicom.io.DicomJson;
import io.portolan.dicom.io.MalformedDataException;
import io.portolan.mapping.study.Header;
import io.portolan.mapping.study.Series;
import io.portolan.mapping.study.Study;
import io.portolan.mapping.study.Variant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jdbi.v3.core.Handle;

/**
 * Gathers a study from its rows: the same as {@code Study.of} all its instances, without holding their headers more
 * than once.
 *
 * <p>UIDs are compared here, not in SQL, whose order of texts is another in each database.
 */
final class StudyReader {

    private final Handle handle;
    private final Map<Long, DataSet> headers = new HashMap<>();
    private final Votes patient = new Votes();
    private final Votes study = new Votes();
    private final Map<Uid, Votes> series = new TreeMap<>();
    private final Map<Uid, TreeMap<Uid, DataSet>> instances = new HashMap<>();

    private StudyReader(Handle handle) {
        this.handle = handle;
    }

    static Study read(Handle handle, long studyId, Uid uid) {
        StudyReader reader = new StudyReader(handle);
        reader.readHeaders(studyId);
        reader.readInstances(studyId);
        return reader.study(uid);
    }

    private void readHeaders(long studyId) {
        handle.createQuery("SELECT id, attributes FROM header WHERE study_id = :study")
                .bind("study", studyId)
                .map((row, context) -> Map.entry(row.getLong("id"), row.getString("attributes")))
                .forEach(row -> headers.put(row.getKey(), parse(row.getValue())));
    }

    private record Row(
            Uid series, Uid sop, long patientHeader, long studyHeader, long seriesHeader, String attributes) {}

    private void readInstances(long studyId) {
        handle.createQuery("SELECT s.series_uid, i.sop_uid, i.patient_header_id, i.study_header_id, i.series_header_id,"
                        + " i.attributes FROM instance i JOIN series s ON s.id = i.series_id WHERE i.study_id = :study")
                .bind("study", studyId)
                .map((row, context) -> new Row(
                        new Uid(row.getString("series_uid")),
                        new Uid(row.getString("sop_uid")),
                        row.getLong("patient_header_id"),
                        row.getLong("study_header_id"),
                        row.getLong("series_header_id"),
                        row.getString("attributes")))
                .forEach(this::add);
    }

    private void add(Row row) {
        patient.add(row.patientHeader, row.sop);
        study.add(row.studyHeader, row.sop);
        series.computeIfAbsent(row.series, uid -> new Votes()).add(row.seriesHeader, row.sop);
        instances.computeIfAbsent(row.series, uid -> new TreeMap<>()).put(row.sop, parse(row.attributes));
    }

    private Study study(Uid uid) {
        List<Series> all = new ArrayList<>();
        series.forEach((seriesUid, votes) -> all.add(new Series(
                seriesUid,
                Header.of(votes.variants(headers)),
                Collections.unmodifiableSortedMap(instances.getOrDefault(seriesUid, new TreeMap<>())))));
        return new Study(uid, Header.of(patient.variants(headers)), Header.of(study.variants(headers)), all);
    }

    private static DataSet parse(String json) {
        try {
            return DicomJson.parse(json);
        } catch (MalformedDataException e) {
            throw new IllegalStateException("the ledger holds a header that it did not write", e);
        }
    }

    /** How many instances carry each header, and the smallest UID of them. */
    private static final class Votes {

        private record Vote(int instances, Uid smallest) {}

        private final Map<Long, Vote> votes = new HashMap<>();

        void add(long header, Uid sop) {
            votes.merge(
                    header,
                    new Vote(1, sop),
                    (a, b) -> new Vote(
                            a.instances + b.instances,
                            a.smallest.compareTo(b.smallest) <= 0 ? a.smallest : b.smallest));
        }

        Collection<Variant> variants(Map<Long, DataSet> headers) {
            List<Variant> variants = new ArrayList<>();
            votes.forEach((id, vote) ->
                    variants.add(new Variant(headers.getOrDefault(id, DataSet.EMPTY), vote.instances, vote.smallest)));
            return variants;
        }
    }
}
