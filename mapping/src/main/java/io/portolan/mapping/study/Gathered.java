package io.portolan.mapping.study;

import io.portolan.dicom.Uid;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * All that is known of a study, before anything is decided about it.
 *
 * @param study StudyInstanceUID
 * @param instances in any order; equal headers are best one object
 * @param notes rejection notes that name instances of it, or documents of the selection; they may lie in any study
 * @param selection that not the study is to be shared, but a selection of its instances; empty: the study
 * @param gone that every archive that had them has none of the instances any more; they are those that it had
 */
public record Gathered(
        Uid study, List<Instance> instances, List<KeyObject> notes, Optional<Selection> selection, boolean gone) {

    public Gathered {
        instances = List.copyOf(instances);
        notes = List.copyOf(notes);
    }

    /** What is there. */
    public Gathered(Uid study, List<Instance> instances, List<KeyObject> notes, Optional<Selection> selection) {
        this(study, instances, notes, selection, false);
    }

    /** A study that no note names. */
    public Gathered(Uid study, List<Instance> instances) {
        this(study, instances, List.of(), Optional.empty());
    }

    /** Under which UID it is known to us. */
    public Uid uid() {
        return selection.map(Selection::uid).orElse(study);
    }

    /** All studies that there are instances of, ascending by UID, and behind them all selections. */
    public static List<Gathered> all(Collection<Instance> instances) {
        SortedMap<Uid, List<Instance>> studies = new TreeMap<>();
        instances.forEach(i ->
                studies.computeIfAbsent(i.study(), uid -> new ArrayList<>()).add(i));
        KeyObjects keyObjects = new KeyObjects(instances);
        List<Gathered> all = new ArrayList<>();
        studies.forEach((uid, members) -> all.add(keyObjects.gather(uid, members)));
        keyObjects
                .selections()
                .forEach(selected ->
                        all.add(keyObjects.gather(selected, studies.getOrDefault(selected.study(), List.of()))));
        return all;
    }
}
