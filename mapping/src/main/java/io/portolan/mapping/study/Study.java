package io.portolan.mapping.study;

import io.portolan.dicom.DataSet;
import io.portolan.dicom.Uid;
import io.portolan.dicom.io.DicomJson;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;

/**
 * A study in DICOM terms (PS3.3 A.1.2): a pure function of the set of its instances, whatever their order and however
 * often each came.
 *
 * @param uid StudyInstanceUID
 * @param patient what the instances say together of the patient
 * @param everyPatient what all say of it that are not taken back, whether they are listed here or not; where nothing is
 *     listed, as {@code patient}
 * @param header what they say together of the study
 * @param series those of which something is listed, ascending by SeriesInstanceUID
 * @param callingAe AE title of who sent most instances, ties by the smallest SOPInstanceUID; empty: nobody knows
 * @param selected that this is not the study, but a selection of its instances
 */
public record Study(
        Uid uid,
        Header patient,
        Header everyPatient,
        Header header,
        List<Series> series,
        Optional<String> callingAe,
        Standing standing,
        Optional<Selected> selected) {

    public Study {
        series = List.copyOf(series);
    }

    /**
     * What a selection is.
     *
     * @param document one of its documents; empty: there is none any more
     */
    public record Selected(Uid uid, Optional<KeyObject> document) {}

    /**
     * The study of all these instances. The same SOPInstanceUID twice with different content: the content whose text form
     * is smaller stands, and of equal content the smaller AE title, so that the order does not count.
     *
     * @throws IllegalArgumentException when there is none, or one of another study
     */
    public static Study of(Collection<Instance> instances) {
        Collection<Instance> all = distinct(instances);
        if (all.stream().map(Instance::study).distinct().count() != 1) {
            throw new IllegalArgumentException("instances of no study, or of several");
        }
        return of(all.iterator().next().study(), all, all, series(all, Map.of()), Standing.WHOLE, Optional.empty());
    }

    /**
     * What of the gathered instances is shared. Empty: a selection of a study that there is no instance of.
     *
     * @throws IllegalArgumentException when there is no instance, or one of another study
     */
    public static Optional<Study> of(Gathered gathered, SharingOptions options) {
        if (gathered.instances().stream().anyMatch(i -> !i.study().equals(gathered.study()))
                || gathered.instances().isEmpty() && gathered.selection().isEmpty()) {
            throw new IllegalArgumentException("instances of no study, or of another");
        }
        return new Sharing(gathered, options).study();
    }

    /**
     * @param voting who says what is to be said of the patient and the study, ascending by SOPInstanceUID
     * @param together who must be of one patient
     */
    static Study of(
            Uid uid,
            Collection<Instance> voting,
            Collection<Instance> together,
            List<Series> series,
            Standing standing,
            Optional<Selected> selected) {
        Header patient = Header.of(variants(voting, Instance::patientHeader));
        return new Study(
                uid,
                patient,
                together == voting ? patient : Header.of(variants(together, Instance::patientHeader)),
                Header.of(variants(voting, Instance::studyHeader)),
                series,
                callingAe(voting),
                standing,
                selected);
    }

    /**
     * @param listed ascending by SOPInstanceUID
     * @param unlisted SeriesInstanceUID to how many more instances count
     */
    static List<Series> series(Collection<Instance> listed, Map<Uid, Integer> unlisted) {
        Map<Uid, List<Instance>> bySeries = new TreeMap<>();
        listed.forEach(i ->
                bySeries.computeIfAbsent(i.series(), uid -> new ArrayList<>()).add(i));
        List<Series> series = new ArrayList<>();
        bySeries.forEach((uid, members) -> {
            TreeMap<Uid, DataSet> headers = new TreeMap<>();
            members.forEach(i -> headers.put(i.instance(), i.instanceHeader()));
            series.add(new Series(
                    uid,
                    Header.of(variants(members, Instance::seriesHeader)),
                    Collections.unmodifiableSortedMap(headers),
                    callingAe(members),
                    unlisted.getOrDefault(uid, 0)));
        });
        return series;
    }

    /** One of each SOPInstanceUID, ascending. */
    static Collection<Instance> distinct(Collection<Instance> instances) {
        Map<Uid, Instance> distinct = new TreeMap<>();
        for (Instance instance : instances) {
            distinct.merge(instance.instance(), instance, Study::smaller);
        }
        return distinct.values();
    }

    /** Under which UID it is known to us: a selection is not known by that of the study. */
    public Uid knownAs() {
        return selected.map(Selected::uid).orElse(uid);
    }

    public int numberOfSeries() {
        return series.size() + standing.unlistedSeries();
    }

    public int numberOfInstances() {
        return numberListed() + standing.unlistedInstances();
    }

    public int numberListed() {
        return series.stream().mapToInt(s -> s.instances().size()).sum();
    }

    /** @param instances ascending by SOPInstanceUID */
    private static Optional<String> callingAe(Collection<Instance> instances) {
        Map<String, Integer> votes = new LinkedHashMap<>();
        instances.forEach(i -> i.callingAe().ifPresent(ae -> votes.merge(ae, 1, Integer::sum)));
        return votes.entrySet().stream()
                .reduce((a, b) -> b.getValue() > a.getValue() ? b : a)
                .map(Map.Entry::getKey);
    }

    private static Collection<Variant> variants(Collection<Instance> instances, Function<Instance, DataSet> level) {
        // Instances of the ledger share their headers: so that not each of 100,000 is hashed.
        IdentityHashMap<DataSet, Variant> shared = new IdentityHashMap<>();
        for (Instance instance : instances) {
            DataSet header = level.apply(instance);
            shared.merge(header, new Variant(header, 1, instance.instance()), Study::together);
        }
        Map<DataSet, Variant> variants = new HashMap<>();
        shared.values().forEach(variant -> variants.merge(variant.header(), variant, Study::together));
        return variants.values();
    }

    private static Variant together(Variant a, Variant b) {
        return new Variant(
                a.header(),
                a.instances() + b.instances(),
                a.smallest().compareTo(b.smallest()) <= 0 ? a.smallest() : b.smallest());
    }

    private static Instance smaller(Instance a, Instance b) {
        int order = content(a).compareTo(content(b));
        return (order != 0 ? order : callingAe(a).compareTo(callingAe(b))) <= 0 ? a : b;
    }

    private static String callingAe(Instance instance) {
        return instance.callingAe().orElse("");
    }

    private static String content(Instance instance) {
        return DicomJson.format(instance.patientHeader())
                + DicomJson.format(instance.studyHeader())
                + instance.series()
                + DicomJson.format(instance.seriesHeader())
                + DicomJson.format(instance.instanceHeader());
    }
}
