package io.portolan.gateway.ledger;

import io.portolan.dicom.Level;
import io.portolan.dicom.Uid;
import io.portolan.dicom.io.DicomJson;
import io.portolan.gateway.Category;
import io.portolan.mapping.study.Instance;
import io.portolan.mapping.study.KeyObject;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/**
 * One reception on its way into the ledger: its text forms, made by the caller's thread, and the statements, run by the
 * committer's. A fixed number of indexed statements, however big the study is; a Key Object Selection costs some more for
 * each study that it names.
 */
final class Recording {

    /** Before the sender's name: what archives have must not take the turns of who sends it now. */
    private static final char SYNC_LANE = '~';

    private static final String PUT_FILE = "INSERT INTO file (instance_id, storage_id, path, calling_ae,"
            + " transfer_syntax, received_at) VALUES (?, ?, ?, ?, ?, ?) RETURNING id";

    private final Reception reception;
    private final Instance instance;
    private final String patient;
    private final String study;
    private final String series;
    private final String attributes;
    private final String callingAe;
    private final Optional<KeyObject> keyObject;
    private final Optional<FurtherInstance> further;
    private final @Nullable Instant restored; // null: it comes now
    private final long listed; // the bit of the archive that has it; 0: it came by itself
    private boolean sooner; // written by the committer's thread before the caller returns

    private record Kept(
            long id, String content, String callingAe, boolean corrected, long receivedAt, long listed, boolean gone) {}

    Recording(Reception reception) {
        this(reception, null, 0);
    }

    /** @param restored when it came; null: now */
    Recording(Reception reception, @Nullable Instant restored) {
        this(reception, restored, 0);
    }

    /** @param listed the bit of the archive that has it: what it says counts as a correction */
    Recording(Reception reception, long listed) {
        this(reception, null, listed);
    }

    private Recording(Reception reception, @Nullable Instant restored, long listed) {
        this.reception = reception;
        this.restored = restored;
        this.listed = listed;
        this.instance = reception.instance();
        this.patient = DicomJson.format(instance.patientHeader());
        this.study = DicomJson.format(instance.studyHeader());
        this.series = DicomJson.format(instance.seriesHeader());
        this.attributes = DicomJson.format(instance.instanceHeader());
        this.callingAe = instance.callingAe().orElse("");
        this.keyObject = KeyObject.of(instance, Optional.empty());
        this.further = restored == null && listed == 0 && keyObject.isEmpty()
                ? Optional.of(new FurtherInstance(
                        instance.series().value(),
                        instance.instance().value(),
                        hash(patient),
                        hash(study),
                        hash(series),
                        attributes,
                        callingAe,
                        reception.transferSyntax().value(),
                        reception.correction()))
                : Optional.empty();
    }

    /**
     * Writes it.
     *
     * @param backlogMaxStudies so many studies may wait for the publisher
     * @param storage where its file is, see {@link Storages}
     * @throws LedgerException the backlog is full; nothing is written
     */
    Recorded write(Handle handle, long now, Schedule schedule, int backlogMaxStudies, long storage) {
        long arrived = restored == null ? now : restored.toEpochMilli();
        Optional<StudyRow> known = StudyRow.find(handle, instance.study());
        if (known.isPresent() && writeFurther(handle, known.get(), now, schedule, storage)) {
            return Recorded.NEW;
        }
        known.filter(row -> !row.hasInstances()).ifPresent(row -> refuseSelection(handle, row));
        known.ifPresent(row -> CompactedRows.expand(handle, row));
        Optional<Kept> kept = known.flatMap(row -> kept(handle, row.id));
        Recorded recorded = kept.map(this::compare).orElse(Recorded.NEW);
        boolean content = recorded == Recorded.NEW || recorded == Recorded.CHANGED;
        boolean resent = listed == 0 // what is only read again was not sent again
                && kept.isPresent()
                && Evidence.comesBack(
                        handle, instance.study(), instance.instance(), restored == null ? Long.MAX_VALUE : arrived);
        boolean back = restored == null && kept.map(Kept::gone).orElse(false);
        boolean changes = content || resent || back;
        if (changes && !known.map(StudyRow::isWaiting).orElse(false)) {
            refuseWhenFull(handle, backlogMaxStudies);
        }
        long id;
        if (changes) {
            StudyRow row = known.orElseGet(() -> StudyRow.insert(handle, instance.study(), arrived));
            id = content ? put(handle, row.id, kept, arrived) : kept.orElseThrow().id;
            if (keyObject.isPresent() || recorded == Recorded.CHANGED) {
                Evidence.rewrite(handle, id, row, keyObject, now, schedule, restored != null);
            }
            if (resent) {
                setResent(handle, id, arrived);
            }
            int more = recorded == Recorded.NEW ? 1 : 0;
            changed(handle, row, more, now, schedule);
        } else {
            id = kept.orElseThrow().id;
        }
        if (!content && restored == null) {
            setThere(handle, kept.orElseThrow());
        }
        putFile(handle, id, arrived, storage);
        return recorded;
    }

    /** False: it is no such thing, and nothing is written. */
    private boolean writeFurther(Handle handle, StudyRow row, long now, Schedule schedule, long storage) {
        Optional<Long> id =
                row.takesFurther() ? further.flatMap(one -> one.insert(handle, row.id, now)) : Optional.empty();
        if (id.isEmpty()) {
            return false;
        }
        changed(handle, row, 1, now, schedule);
        putFile(handle, id.get(), now, storage);
        return true;
    }

    private void changed(Handle handle, StudyRow row, int more, long now, Schedule schedule) {
        Long dueBefore = row.dueAt;
        if (restored == null) {
            row.changed(more, now, schedule);
            row.sentBy(listed == 0 ? callingAe : SYNC_LANE + callingAe);
        } else {
            row.restored(more, restored.toEpochMilli(), callingAe, now);
        }
        sooner = dueBefore == null || row.dueAt == null || row.dueAt < dueBefore;
        row.save(handle);
    }

    /** As {@link #write}, without a limit of the backlog. False: it is refused for what it is, and nothing is written. */
    boolean restore(Handle handle, long now, Schedule schedule, long storage) {
        try {
            write(handle, now, schedule, Integer.MAX_VALUE, storage);
            return true;
        } catch (LedgerException e) {
            if (e.category() != Category.UNMAPPABLE) {
                throw e;
            }
            return false;
        }
    }

    /** Whether the study is due earlier than it was before. */
    boolean sooner() {
        return sooner;
    }

    /** Every instance, and what was to be done; says how many studies there are. */
    static int forgetAll(Handle handle) {
        for (String table : List.of(
                "forward",
                "file",
                "evidence",
                "expired",
                "instance",
                "header",
                "series",
                "source_study",
                "source_file")) {
            handle.execute("DELETE FROM " + table);
        }
        CompactedRows.forgetAll(handle);
        handle.execute("UPDATE source SET pass_day = NULL, pass_started_at = NULL, compared_at = NULL");
        return handle.execute("UPDATE study SET instances = 0, published_revision = revision, first_dirty_at = NULL,"
                + " due_at = NULL, retry_at = NULL, parked = 0");
    }

    private Optional<Kept> kept(Handle handle, long studyId) {
        return handle.createQuery("SELECT i.id, p.attributes AS patient, t.attributes AS study, s.series_uid,"
                        + " e.attributes AS series, i.attributes, i.calling_ae, i.corrected, i.received_at, i.listed,"
                        + " i.gone_at FROM instance i"
                        + " JOIN series s ON s.id = i.series_id"
                        + " JOIN header p ON p.id = i.patient_header_id"
                        + " JOIN header t ON t.id = i.study_header_id"
                        + " JOIN header e ON e.id = i.series_header_id"
                        + " WHERE i.study_id = :study AND i.sop_uid = :sop")
                .bind("study", studyId)
                .bind("sop", instance.instance().value())
                .map((row, context) -> new Kept(
                        row.getLong("id"),
                        content(
                                row.getString("patient"),
                                row.getString("study"),
                                row.getString("series_uid"),
                                row.getString("series"),
                                row.getString("attributes")),
                        row.getString("calling_ae"),
                        row.getInt("corrected") != 0,
                        row.getLong("received_at"),
                        row.getLong("listed"),
                        StudyRow.number(row, "gone_at") != null))
                .findOne();
    }

    /**
     * As {@code Study.of}: the smaller text form stands, and of equal ones the smaller AE title. But a correction replaces
     * whatever stands, and only another replaces it.
     */
    private Recorded compare(Kept kept) {
        int order = content().compareTo(kept.content);
        if (listed != 0) {
            return order == 0 ? Recorded.UNCHANGED : Recorded.CHANGED;
        }
        // Who is not known takes no place from who is.
        order = order != 0 || callingAe.isEmpty() ? order : callingAe.compareTo(kept.callingAe);
        if (reception.correction()) {
            boolean older = restored != null && kept.corrected && restored.toEpochMilli() < kept.receivedAt;
            return order == 0 && kept.corrected ? Recorded.UNCHANGED : older ? Recorded.OUTRANKED : Recorded.CHANGED;
        }
        if (kept.corrected) {
            return order == 0 ? Recorded.UNCHANGED : Recorded.OUTRANKED;
        }
        return order == 0 ? Recorded.UNCHANGED : order < 0 ? Recorded.CHANGED : Recorded.OUTRANKED;
    }

    /** When this content first came, whoever sent it then: a note must not become younger by coming once more. */
    private long cameAt(Optional<Kept> kept, long now) {
        return kept.filter(one -> one.content.equals(content()))
                .map(Kept::receivedAt)
                .orElse(now);
    }

    /** It is there, whatever was known; what an archive says of it stands from now on. */
    private void setThere(Handle handle, Kept kept) {
        boolean known = (kept.listed & listed) == listed && !kept.gone && (listed == 0 || kept.corrected);
        if (!known) {
            handle.createUpdate("UPDATE instance SET listed = listed | :listed, gone_at = NULL,"
                            + " corrected = CASE WHEN :listed = 0 THEN corrected ELSE 1 END WHERE id = :id")
                    .bind("listed", listed)
                    .bind("id", kept.id)
                    .execute();
        }
    }

    private static void setResent(Handle handle, long instanceId, long now) {
        handle.createUpdate("UPDATE instance SET resent_at = :now WHERE id = :id")
                .bind("now", now)
                .bind("id", instanceId)
                .execute();
    }

    private String content() {
        return content(patient, study, instance.series().value(), series, attributes);
    }

    private static String content(String patient, String study, String seriesUid, String series, String instance) {
        return patient + study + seriesUid + series + instance;
    }

    /** The row of a selection must not become that of a study: its UID is a hash, so nobody has it by chance. */
    private void refuseSelection(Handle handle, StudyRow row) {
        if (Evidence.selectedStudy(handle, row.id).isPresent()) {
            throw new LedgerException(
                    Category.UNMAPPABLE, "Its StudyInstanceUID is that of a selection of the ledger's own.", null);
        }
    }

    private static void refuseWhenFull(Handle handle, int backlogMaxStudies) {
        long waiting = handle.createQuery(
                        "SELECT count(*) FROM (SELECT 1 FROM study WHERE due_at IS NOT NULL AND lane < :again LIMIT :max)"
                                + " AS waiting")
                .bind("again", String.valueOf(Lanes.AGAIN))
                .bind("max", backlogMaxStudies)
                .mapTo(Long.class)
                .one();
        if (waiting >= backlogMaxStudies) {
            throw new LedgerException(
                    Category.OUT_OF_RESOURCES,
                    "The backlog is full: " + waiting + " studies wait to be published.",
                    null);
        }
    }

    private long put(Handle handle, long studyId, Optional<Kept> kept, long arrived) {
        // An archive is not who made it.
        String sender = listed == 0
                ? callingAe
                : kept.map(Kept::callingAe).filter(ae -> !ae.isEmpty()).orElse(callingAe);
        return handle.createQuery(
                        "INSERT INTO instance (study_id, series_id, sop_uid, patient_header_id, study_header_id,"
                                + " series_header_id, attributes, calling_ae, transfer_syntax, received_at, corrected, listed) VALUES (:study,"
                                + " :series, :sop, :patientHeader, :studyHeader, :seriesHeader, :attributes, :callingAe,"
                                + " :transferSyntax, :receivedAt, :corrected, :listed) ON CONFLICT (study_id, sop_uid) DO UPDATE SET"
                                + " series_id = excluded.series_id, patient_header_id = excluded.patient_header_id,"
                                + " study_header_id = excluded.study_header_id, series_header_id = excluded.series_header_id,"
                                + " attributes = excluded.attributes, calling_ae = excluded.calling_ae,"
                                + " transfer_syntax = excluded.transfer_syntax, received_at = excluded.received_at,"
                                + " corrected = excluded.corrected, listed = instance.listed | excluded.listed,"
                                + " gone_at = NULL RETURNING id")
                .bind("study", studyId)
                .bind("series", seriesId(handle, studyId, instance.series()))
                .bind("sop", instance.instance().value())
                .bind("patientHeader", headerId(handle, studyId, Level.PATIENT, patient))
                .bind("studyHeader", headerId(handle, studyId, Level.STUDY, study))
                .bind("seriesHeader", headerId(handle, studyId, Level.SERIES, series))
                .bind("attributes", attributes)
                .bind("callingAe", sender)
                .bind("transferSyntax", reception.transferSyntax().value())
                .bind("receivedAt", cameAt(kept, arrived))
                .bind("corrected", reception.correction() || listed != 0 ? 1 : 0)
                .bind("listed", listed)
                .mapTo(Long.class)
                .one();
    }

    private static long seriesId(Handle handle, long studyId, Uid series) {
        return handle.createQuery("SELECT id FROM series WHERE study_id = :study AND series_uid = :series")
                .bind("study", studyId)
                .bind("series", series.value())
                .mapTo(Long.class)
                .findOne()
                .orElseGet(() -> handle.createQuery(
                                "INSERT INTO series (study_id, series_uid) VALUES (:study, :series) RETURNING id")
                        .bind("study", studyId)
                        .bind("series", series.value())
                        .mapTo(Long.class)
                        .one());
    }

    private static long headerId(Handle handle, long studyId, Level level, String attributes) {
        String hash = hash(attributes);
        return handle.createQuery("SELECT id FROM header WHERE study_id = :study AND level = :level AND hash = :hash")
                .bind("study", studyId)
                .bind("level", level.name())
                .bind("hash", hash)
                .mapTo(Long.class)
                .findOne()
                .orElseGet(() -> handle.createQuery("INSERT INTO header (study_id, level, hash, attributes)"
                                + " VALUES (:study, :level, :hash, :attributes) RETURNING id")
                        .bind("study", studyId)
                        .bind("level", level.name())
                        .bind("hash", hash)
                        .bind("attributes", attributes)
                        .mapTo(Long.class)
                        .one());
    }

    private void putFile(Handle handle, long instanceId, long now, long storage) {
        String file = reception.file();
        if (file != null) {
            long id = Prepared.of(handle, PUT_FILE)
                    .bind(instanceId)
                    .bind(storage)
                    .bind(file)
                    .bind(callingAe)
                    .bind(reception.transferSyntax().value())
                    .bind(now)
                    .first(row -> row.getLong(1))
                    .orElseThrow();
            if (reception.forward()) {
                Forwards.put(handle, id, now);
            }
        }
    }

    static String hash(String text) {
        try {
            MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
            return HexFormat.of().formatHex(sha256.digest(text.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
