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
import java.util.HexFormat;
import java.util.List;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Which attributes a source is asked for at which level (PS3.4 C.6.2.1, PS3.18 10.6.3), and what its answers are.
 *
 * <p>All that the mapping reads of patient, study and series is asked for, and how many series and instances there are; a
 * source says what it can.
 */
final class QueryKeys {

    /** An attribute that only queries have, with its value representation (PS3.6). */
    record Counted(int tag, Vr vr) {}

    static final Counted MODALITIES_IN_STUDY = new Counted(0x0008_0061, Vr.CS);
    /** When the archive changed something of the study, whatever it was (PS3.3 C.38.1); few archives say it. */
    static final Counted STUDY_UPDATE_DATE_TIME = new Counted(0x0008_041F, Vr.DT);

    static final Counted NUMBER_OF_STUDY_SERIES = new Counted(0x0020_1206, Vr.IS);
    static final Counted NUMBER_OF_STUDY_INSTANCES = new Counted(0x0020_1208, Vr.IS);
    static final Counted NUMBER_OF_SERIES_INSTANCES = new Counted(0x0020_1209, Vr.IS);

    private static final List<Counted> OF_STUDY =
            List.of(MODALITIES_IN_STUDY, NUMBER_OF_STUDY_SERIES, NUMBER_OF_STUDY_INSTANCES);

    /** Says where a source would have it fetched, not what the study is. */
    private static final Set<Attribute> NOT_ASKED = Set.of(Attribute.RetrieveURL);

    private QueryKeys() {}

    /** What is asked of a study. */
    static List<Integer> ofStudy() {
        return Stream.concat(
                        tags(Level.PATIENT, Level.STUDY),
                        Stream.concat(OF_STUDY.stream(), Stream.of(STUDY_UPDATE_DATE_TIME))
                                .map(Counted::tag))
                .sorted()
                .toList();
    }

    /** What is asked of a series. */
    static List<Integer> ofSeries() {
        return Stream.concat(tags(Level.SERIES), Stream.of(NUMBER_OF_SERIES_INSTANCES.tag))
                .sorted()
                .toList();
    }

    /** The value representation of what is asked for. */
    static Vr vrOf(int tag) {
        return Stream.concat(OF_STUDY.stream(), Stream.of(STUDY_UPDATE_DATE_TIME, NUMBER_OF_SERIES_INSTANCES))
                .filter(counted -> counted.tag == tag)
                .map(Counted::vr)
                .findFirst()
                .orElseGet(() -> Attribute.find(tag).map(Attribute::vr).orElseThrow());
    }

    private static Stream<Integer> tags(Level... levels) {
        return Stream.of(levels)
                .flatMap(level -> Attribute.at(level).stream())
                .filter(attribute -> !NOT_ASKED.contains(attribute))
                .map(Attribute::tag)
                .distinct();
    }

    /** Empty: the answer has no StudyInstanceUID, or none that is one. */
    static Optional<ListedStudy> study(DataSet answer) {
        Set<Integer> asked = Set.copyOf(ofStudy());
        DataSet said = answer.inUtf8().where(asked::contains);
        Set<Integer> counts = Set.copyOf(OF_STUDY.stream().map(Counted::tag).toList());
        return said.uid(Attribute.StudyInstanceUID)
                .map(uid -> new ListedStudy(
                        uid,
                        said.string(Attribute.StudyDate).orElse(""),
                        fingerprint(withValues(said).where(tag -> !counts.contains(tag))),
                        count(said, NUMBER_OF_STUDY_INSTANCES).isPresent()
                                ? fingerprint(withValues(said).where(counts::contains))
                                : "",
                        said,
                        count(said, NUMBER_OF_STUDY_SERIES),
                        count(said, NUMBER_OF_STUDY_INSTANCES)));
    }

    /** Empty: the answer has no SeriesInstanceUID, or none that is one. */
    static Optional<ListedSeries> series(DataSet answer) {
        Set<Integer> asked = Set.copyOf(ofSeries());
        DataSet said = answer.inUtf8().where(asked::contains);
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

    private static OptionalInt count(DataSet said, Counted counted) {
        return said.strings(counted.tag).stream()
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
