package io.portolan.gateway.sync;

import io.portolan.dicom.Attribute;
import io.portolan.dicom.CharacterSet;
import io.portolan.dicom.DataSet;
import io.portolan.dicom.Element;
import io.portolan.dicom.Uid;
import io.portolan.dicom.Vr;
import io.portolan.gateway.sync.SourceException.Kind;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** An archive in memory, which does what it is told. */
final class ScriptedSource implements Source {

    /** Instances by their UIDs. */
    final Map<Uid, DataSet> instances = new TreeMap<>();

    final List<String> asked = new ArrayList<>();

    /** Studies of one answer; what is more is left out. */
    int answerMax = Integer.MAX_VALUE;

    /** When studies were changed that were. */
    final Map<Uid, String> updated = new TreeMap<>();

    /** Whether it says so when it leaves something out. */
    boolean honest = true;

    /** Whether it says how many instances studies have, and series. */
    boolean countsStudies = true;

    boolean countsSeries = true;

    /** Whether its lists have the letters of names. */
    boolean listsNames = true;

    /** Requests that are not answered. */
    Predicate<String> fails = request -> false;

    /** Studies that are left out of lists of more than one. */
    Predicate<Uid> hidden = study -> false;

    void put(DataSet instance) {
        instances.put(instance.uid(Attribute.SOPInstanceUID).orElseThrow(), instance);
    }

    void removeStudy(Uid study) {
        instances.values().removeIf(one -> study(one).equals(study));
    }

    /** Every instance of a study says something else of an attribute; null: nothing any more. */
    void correct(Uid study, Attribute attribute, @Nullable String value) {
        instances.replaceAll((uid, one) -> study(one).equals(study) ? with(one, attribute, value) : one);
    }

    private static DataSet with(DataSet one, Attribute attribute, @Nullable String value) {
        DataSet.Builder builder = DataSet.builder(CharacterSet.UTF_8);
        builder.addAll(one.where(tag -> tag != attribute.tag()));
        return (value == null ? builder : builder.add(attribute, value)).build();
    }

    private void ask(String request) throws SourceException {
        asked.add(request);
        if (fails.test(request)) {
            throw new SourceException(Kind.UNAVAILABLE, "the archive is away");
        }
    }

    @Override
    public synchronized Listing studies(StudyQuery query) throws SourceException {
        ask("studies " + query.studyDate().orElse("")
                + query.studyTime().map(t -> " " + t).orElse("")
                + query.studyUpdateDateTime().map(since -> "changed " + since).orElse("")
                + (query.study() == null ? "" : query.study()));
        Map<Uid, List<DataSet>> studies = new LinkedHashMap<>();
        instances.values().stream()
                .filter(one -> matches(one, query))
                .forEach(one -> studies.computeIfAbsent(study(one), uid -> new ArrayList<>())
                        .add(one));
        List<ListedStudy> listed = studies.values().stream()
                .map(all -> QueryKeys.study(studyAnswer(all)).orElseThrow())
                .limit(answerMax)
                .toList();
        return new Listing(listed, listed.size() == studies.size() || !honest);
    }

    private boolean matches(DataSet one, StudyQuery query) {
        String date = one.string(Attribute.StudyDate).orElse("");
        String time = one.string(Attribute.StudyTime).orElse("");
        boolean changed = query.studyUpdateDateTime()
                .map(since -> updated.getOrDefault(study(one), "").compareTo(since) >= 0)
                .orElse(true);
        return changed
                && (query.study() == null
                        ? !hidden.test(study(one))
                        : study(one).equals(query.study()))
                && query.studyDate().map(range -> isWithin(date, range)).orElse(true)
                && query.studyTime().map(range -> isWithin(time, range)).orElse(true);
    }

    private static boolean isWithin(String value, String range) {
        int dash = range.indexOf('-');
        String first = dash < 0 ? range : range.substring(0, dash);
        String last = dash < 0 ? range : range.substring(dash + 1);
        return !value.isEmpty() && first.compareTo(value) <= 0 && value.compareTo(last) <= 0;
    }

    @Override
    public synchronized List<ListedSeries> series(Uid study) throws SourceException {
        ask("series " + study);
        Map<Uid, List<DataSet>> series = new TreeMap<>();
        of(study)
                .forEach(one -> series.computeIfAbsent(
                                one.uid(Attribute.SeriesInstanceUID).orElseThrow(), uid -> new ArrayList<>())
                        .add(one));
        return series.values().stream()
                .map(all -> QueryKeys.series(seriesAnswer(all)).orElseThrow())
                .toList();
    }

    @Override
    public synchronized void headers(Uid study, Collection<Uid> series, Consumer<DataSet> sink) throws SourceException {
        for (Uid uid : series) {
            ask("headers " + uid);
            of(study).stream()
                    .filter(one ->
                            one.uid(Attribute.SeriesInstanceUID).orElseThrow().equals(uid))
                    .forEach(sink);
        }
    }

    @Override
    public synchronized Optional<Set<Uid>> instances(Uid study, Collection<ListedSeries> series)
            throws SourceException {
        ask("instances " + study);
        return Optional.of(of(study).stream()
                .map(one -> one.uid(Attribute.SOPInstanceUID).orElseThrow())
                .collect(Collectors.toSet()));
    }

    private List<DataSet> of(Uid study) {
        return instances.values().stream()
                .filter(one -> study(one).equals(study))
                .toList();
    }

    private DataSet studyAnswer(List<DataSet> instances) {
        if (!countsStudies) {
            return instances.get(0);
        }
        long series = instances.stream()
                .map(one -> one.uid(Attribute.SeriesInstanceUID))
                .distinct()
                .count();
        return DataSet.builder(CharacterSet.UTF_8)
                .addAll(listsNames ? instances.get(0) : with(instances.get(0), Attribute.PatientName, "^"))
                .add(number(QueryKeys.NUMBER_OF_STUDY_SERIES.tag(), series))
                .add(number(QueryKeys.NUMBER_OF_STUDY_INSTANCES.tag(), instances.size()))
                .add(Element.of(
                        QueryKeys.STUDY_UPDATE_DATE_TIME.tag(),
                        Vr.DT,
                        updated.getOrDefault(study(instances.get(0)), "").getBytes(StandardCharsets.US_ASCII)))
                .build();
    }

    private DataSet seriesAnswer(List<DataSet> instances) {
        if (!countsSeries) {
            return instances.get(0);
        }
        return DataSet.builder(CharacterSet.UTF_8)
                .addAll(instances.get(0))
                .add(number(QueryKeys.NUMBER_OF_SERIES_INSTANCES.tag(), instances.size()))
                .build();
    }

    private static Element number(int tag, long value) {
        return Element.of(tag, Vr.IS, Long.toString(value).getBytes(StandardCharsets.US_ASCII));
    }

    private static Uid study(DataSet one) {
        return one.uid(Attribute.StudyInstanceUID).orElseThrow();
    }

    @Override
    public void close() {}
}
