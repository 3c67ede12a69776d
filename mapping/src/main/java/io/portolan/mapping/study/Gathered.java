package io.portolan.mapping.study;

import io.portolan.dicom.Uid;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
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
 */
public record Gathered(Uid study, List<Instance> instances, List<KeyObject> notes, Optional<Selection> selection) {

    public Gathered {
        instances = List.copyOf(instances);
        notes = List.copyOf(notes);
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
        List<KeyObject> notes = new ArrayList<>();
        SortedMap<Uid, Selected> selections = new TreeMap<>();
        for (List<Instance> members : studies.values()) {
            for (Instance instance : Study.distinct(members)) {
                KeyObject.of(instance, Optional.empty()).ifPresent(keyObject -> {
                    if (keyObject.rejection().isPresent()) {
                        notes.add(keyObject);
                    } else if (keyObject.isSelection()) {
                        keyObject
                                .evidence()
                                .keySet()
                                .forEach(study -> selections
                                        .computeIfAbsent(
                                                keyObject.selectionUid(study),
                                                uid -> new Selected(study, new ArrayList<>()))
                                        .documents
                                        .add(instance));
                    }
                });
            }
        }
        List<Gathered> all = new ArrayList<>();
        studies.forEach((uid, members) -> all.add(new Gathered(uid, members, naming(notes, uid), Optional.empty())));
        selections.forEach((uid, selected) -> all.add(selected.gathered(uid, studies, notes)));
        return all;
    }

    private record Selected(Uid study, List<Instance> documents) {

        Gathered gathered(Uid uid, Map<Uid, List<Instance>> studies, List<KeyObject> notes) {
            List<KeyObject> naming = new ArrayList<>(naming(notes, study));
            for (Instance document : documents) {
                naming(notes, document.study()).stream()
                        .filter(note -> !naming.contains(note))
                        .forEach(naming::add);
            }
            return new Gathered(
                    study, studies.getOrDefault(study, List.of()), naming, Optional.of(new Selection(uid, documents)));
        }
    }

    private static List<KeyObject> naming(List<KeyObject> notes, Uid study) {
        return notes.stream().filter(note -> note.evidence().containsKey(study)).toList();
    }
}
