package io.portolan.gateway.sync;

import io.portolan.dicom.Attribute;
import io.portolan.dicom.DataSet;
import io.portolan.dicom.Element;
import io.portolan.dicom.Level;
import io.portolan.dicom.Uid;
import io.portolan.dicom.Vr;
import io.portolan.dicom.io.DicomJson;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * Which attributes a source is asked for at which level (PS3.4 C.6.2.1, PS3.18 10.6.3), and what its answers are.
 *
 * <p>All that the mapping reads of patient, study and series is asked for, and how many series and instances there are; a
 * source says what it can.
 */
final class QueryKeys {

    /** An attribute that only queries have, with its value representation (PS3.6). */
    record Key(int tag, Vr vr) {}

    /** When the archive changed something of the study, whatever it was (PS3.3 C.38.1); few archives say it. */
    static final Key STUDY_UPDATE_DATE_TIME = new Key(0x0008_041F, Vr.DT);

    static final Key MODALITIES_IN_STUDY = new Key(0x0008_0061, Vr.CS);
    static final Key NUMBER_OF_STUDY_SERIES = new Key(0x0020_1206, Vr.IS);
    static final Key NUMBER_OF_STUDY_INSTANCES = new Key(0x0020_1208, Vr.IS);
    static final Key NUMBER_OF_SERIES_INSTANCES = new Key(0x0020_1209, Vr.IS);

    /** How much there is of a study. */
    private static final Set<Integer> COUNTS_OF_STUDY =
            Set.of(MODALITIES_IN_STUDY.tag, NUMBER_OF_STUDY_SERIES.tag, NUMBER_OF_STUDY_INSTANCES.tag);

    /** Says where a source would have it fetched, not what the study is. */
    private static final Set<Attribute> NOT_ASKED = Set.of(Attribute.RetrieveURL);

    /** What is asked of a study. */
    static final NavigableSet<Integer> OF_STUDY = tags(
            List.of(Level.PATIENT, Level.STUDY),
            STUDY_UPDATE_DATE_TIME,
            MODALITIES_IN_STUDY,
            NUMBER_OF_STUDY_SERIES,
            NUMBER_OF_STUDY_INSTANCES);

    /** What is asked of a series. */
    static final NavigableSet<Integer> OF_SERIES = tags(List.of(Level.SERIES), NUMBER_OF_SERIES_INSTANCES);

    private QueryKeys() {}

    /** The value representation of what is asked for. */
    static Vr vrOf(int tag) {
        return Stream.of(
                        STUDY_UPDATE_DATE_TIME,
                        MODALITIES_IN_STUDY,
                        NUMBER_OF_STUDY_SERIES,
                        NUMBER_OF_STUDY_INSTANCES,
                        NUMBER_OF_SERIES_INSTANCES)
                .filter(key -> key.tag == tag)
                .map(Key::vr)
                .findFirst()
                .orElseGet(() -> Attribute.find(tag).map(Attribute::vr).orElseThrow());
    }

    private static NavigableSet<Integer> tags(List<Level> levels, Key... keys) {
        NavigableSet<Integer> tags = new TreeSet<>();
        levels.stream()
                .flatMap(level -> Attribute.at(level).stream())
                .filter(attribute -> !NOT_ASKED.contains(attribute))
                .forEach(attribute -> tags.add(attribute.tag()));
        Stream.of(keys).forEach(key -> tags.add(key.tag));
        return Collections.unmodifiableNavigableSet(tags);
    }

    /** Empty: the answer has no StudyInstanceUID, or none that is one. */
    static Optional<ListedStudy> study(DataSet answer) {
        DataSet said = answer.inUtf8().where(OF_STUDY::contains);
        return said.uid(Attribute.StudyInstanceUID)
                .map(uid -> new ListedStudy(
                        uid,
                        said.string(Attribute.StudyDate).orElse(""),
                        fingerprint(withValues(said).where(tag -> !COUNTS_OF_STUDY.contains(tag))),
                        count(said, NUMBER_OF_STUDY_INSTANCES).isPresent()
                                ? fingerprint(withValues(said).where(COUNTS_OF_STUDY::contains))
                                : "",
                        said,
                        count(said, NUMBER_OF_STUDY_SERIES),
                        count(said, NUMBER_OF_STUDY_INSTANCES)));
    }

    /** Empty: the answer has no SeriesInstanceUID, or none that is one. */
    static Optional<ListedSeries> series(DataSet answer) {
        DataSet said = answer.inUtf8().where(OF_SERIES::contains);
        return said.uid(Attribute.SeriesInstanceUID).map(uid -> {
            OptionalInt instances = count(said, NUMBER_OF_SERIES_INSTANCES);
            String fingerprint = instances.isPresent() ? fingerprint(withValues(said)) : "";
            return new ListedSeries(uid, fingerprint, said, instances);
        });
    }

    /**
     * The same of a series of which the source does not say how many instances it has, but which.
     *
     * @param instances all of them
     */
    static ListedSeries series(ListedSeries series, NavigableSet<Uid> instances) {
        String text = DicomJson.format(withValues(series.answer())) + instances;
        return new ListedSeries(series.series(), fingerprint(text), series.answer(), OptionalInt.of(instances.size()));
    }

    private static DataSet withValues(DataSet said) {
        return said.where(tag -> said.strings(tag).stream().anyMatch(value -> !value.isEmpty())
                || Optional.ofNullable(said.find(tag))
                        .map(Element::items)
                        .filter(items -> !items.isEmpty())
                        .isPresent());
    }

    private static OptionalInt count(DataSet said, Key key) {
        return said.strings(key.tag).stream()
                .filter(text -> text.matches("[0-9]{1,9}"))
                .mapToInt(Integer::parseInt)
                .findFirst();
    }

    private static String fingerprint(DataSet said) {
        return fingerprint(DicomJson.format(said));
    }

    /** The first 128 bits of SHA-256. */
    static String fingerprint(String text) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest, 0, 16);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
