package io.portolan.mapping.study;

import io.portolan.dicom.Uid;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * All Key Object Selections of a set of studies: which notes name a study, and which selections there are. With it each study
 * can be gathered alone.
 */
public final class KeyObjects {

    /** A selection that there is, and the study whose instances it points out. */
    public record Selected(Uid selection, Uid study) {}

    private final Map<Uid, List<KeyObject>> notes = new HashMap<>(); // by each study that they name
    private final SortedMap<Uid, Uid> studies = new TreeMap<>();
    private final Map<Uid, List<Instance>> documents = new TreeMap<>();

    /**
     * Looks for notes and selections.
     *
     * @param instances all that are Key Object Selections; others do no harm
     */
    public KeyObjects(Collection<Instance> instances) {
        SortedMap<Uid, List<Instance>> byStudy = new TreeMap<>();
        for (Instance instance : instances) {
            if (KeyObject.isKeyObject(instance)) {
                byStudy.computeIfAbsent(instance.study(), uid -> new ArrayList<>())
                        .add(instance);
            }
        }
        byStudy.values().forEach(members -> Study.distinct(members).forEach(this::add));
    }

    /** Whether a document is a rejection note or makes selections; a manifest, of which there may be very many, does neither. */
    public static boolean matters(Instance instance) {
        return KeyObject.of(instance, Optional.empty())
                .filter(document -> document.rejection().isPresent() || document.isSelection())
                .isPresent();
    }

    private void add(Instance instance) {
        KeyObject keyObject = KeyObject.of(instance, Optional.empty()).orElseThrow();
        if (keyObject.rejection().isPresent()) {
            keyObject
                    .evidence()
                    .keySet()
                    .forEach(study -> notes.computeIfAbsent(study, uid -> new ArrayList<>())
                            .add(keyObject));
        } else if (keyObject.isSelection()) {
            for (Uid study : keyObject.evidence().keySet()) {
                Uid selection = keyObject.selectionUid(study);
                studies.put(selection, study);
                documents.computeIfAbsent(selection, uid -> new ArrayList<>()).add(instance);
            }
        }
    }

    /** Ascending by UID. */
    public List<Selected> selections() {
        return studies.entrySet().stream()
                .map(one -> new Selected(one.getKey(), one.getValue()))
                .toList();
    }

    /** The documents of a selection. */
    public List<Instance> documents(Uid selection) {
        return documents.getOrDefault(selection, Collections.emptyList());
    }

    /**
     * A study with the notes that name it.
     *
     * @param instances all of the study
     */
    public Gathered gather(Uid study, List<Instance> instances) {
        return new Gathered(study, instances, naming(study), Optional.empty());
    }

    /**
     * A selection with the notes that name its documents or its study.
     *
     * @param instances all of the study whose instances are selected
     */
    public Gathered gather(Selected selected, List<Instance> instances) {
        List<Instance> of = documents(selected.selection);
        List<KeyObject> naming = new ArrayList<>(naming(selected.study));
        for (Instance document : of) {
            naming(document.study()).stream()
                    .filter(note -> !naming.contains(note))
                    .forEach(naming::add);
        }
        return new Gathered(selected.study, instances, naming, Optional.of(new Selection(selected.selection, of)));
    }

    private List<KeyObject> naming(Uid study) {
        return notes.getOrDefault(study, List.of());
    }
}
