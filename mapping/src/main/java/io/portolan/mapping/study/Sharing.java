package io.portolan.mapping.study;

import io.portolan.dicom.Uid;
import io.portolan.mapping.study.SharingOptions.Deleted;
import io.portolan.mapping.study.SharingOptions.Expired;
import io.portolan.mapping.study.Standing.Availability;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * What of the gathered instances is shared.
 *
 * <pre>
 *                          listed   counted   votes
 * rejected, or a note        -         -        -
 * deleted, by policy         -         -        -
 * excluded                   -         x        -
 * any other                  x         x        x
 * </pre>
 *
 * Where nothing is listed, all instances vote, so that what is said of the patient and the study stays right. Of one
 * patient must be all that count, listed or not, in a selection those of its whole study. Notes do not reject notes. A pure
 * function of the set of instances and notes: a note may come before its instances.
 */
final class Sharing {

    private final Gathered gathered;
    private final SharingOptions options;

    private final List<Instance> listed = new ArrayList<>();
    private final List<Instance> unlisted = new ArrayList<>();
    private final Set<Rejection> rejections = EnumSet.noneOf(Rejection.class);

    Sharing(Gathered gathered, SharingOptions options) {
        this.gathered = gathered;
        this.options = options;
    }

    /** Empty: a selection of which nothing can be said yet, since no instance of its study is known. */
    Optional<Study> study() {
        Collection<Instance> instances = Study.distinct(gathered.instances());
        if (instances.isEmpty()) {
            return Optional.empty();
        }
        if (gathered.selection().isEmpty()) {
            decide(instances);
            return Optional.of(study(instances, instances, Optional.empty(), availability(), 0));
        }
        return Optional.of(selected(instances, gathered.selection().get()));
    }

    private Study selected(Collection<Instance> instances, Selection selection) {
        Set<Rejection> withdrawn = EnumSet.noneOf(Rejection.class);
        List<KeyObject> selecting = new ArrayList<>();
        List<KeyObject> documents = new ArrayList<>();
        for (Instance document : Study.distinct(selection.documents())) {
            Set<Rejection> by = rejections(document);
            withdrawn.addAll(by);
            KeyObject.of(document, Optional.empty()).ifPresent(keyObject -> {
                documents.add(keyObject);
                if (by.isEmpty() && !options.excludes(document)) {
                    selecting.add(keyObject);
                }
            });
        }
        if (selecting.isEmpty()) {
            boolean replaced = documents.isEmpty();
            return study(
                    instances,
                    instances,
                    Optional.of(new Study.Selected(
                            selection.uid(), documents.stream().findFirst())),
                    replaced ? Availability.WRONG : availability(withdrawn),
                    0);
        }
        KeyObject document = selecting.get(0);
        NavigableSet<Uid> references = document.references(gathered.study());
        List<Instance> referenced = instances.stream()
                .filter(i -> references.contains(i.instance()))
                .toList();
        decide(referenced);
        return study(
                referenced.isEmpty() ? instances : referenced,
                instances,
                Optional.of(new Study.Selected(selection.uid(), Optional.of(document))),
                availability(),
                references.size() - referenced.size());
    }

    private void decide(Collection<Instance> instances) {
        for (Instance instance : instances) {
            Set<Rejection> by = rejections(instance);
            if (!by.isEmpty()) {
                rejections.addAll(by);
            } else if (!isNote(instance) && !isWithdrawn()) {
                (options.excludes(instance) ? unlisted : listed).add(instance);
            }
        }
    }

    /** Whether nothing is listed of what was deleted. */
    private boolean isWithdrawn() {
        return gathered.gone()
                && (options.deleted() == Deleted.CANCELLED || options.deleted() == Deleted.ENTERED_IN_ERROR);
    }

    private static boolean isNote(Instance instance) {
        return KeyObject.of(instance, Optional.empty())
                .flatMap(KeyObject::rejection)
                .isPresent();
    }

    private Set<Rejection> rejections(Instance instance) {
        Set<Rejection> by = EnumSet.noneOf(Rejection.class);
        for (KeyObject note : gathered.notes()) {
            if (note.references(instance.study()).contains(instance.instance())) {
                note.rejection().filter(why -> hits(why, note, instance)).ifPresent(by::add);
            }
        }
        return !by.isEmpty() && isNote(instance) ? Set.of() : by;
    }

    private boolean hits(Rejection why, KeyObject note, Instance instance) {
        return switch (why) {
            case QUALITY -> !options.qualityKept();
            case RETENTION ->
                instance.resentAt()
                        .flatMap(resent -> note.receivedAt().map(resent::isBefore))
                        .orElse(true);
            case PATIENT_SAFETY, WORKLIST -> true;
        };
    }

    private Availability availability() {
        return listed.isEmpty() && unlisted.isEmpty() ? availability(rejections) : Availability.AVAILABLE;
    }

    private Availability availability(Set<Rejection> why) {
        if (why.contains(Rejection.PATIENT_SAFETY) || why.contains(Rejection.WORKLIST)) {
            return Availability.WRONG;
        }
        if (why.contains(Rejection.QUALITY)) {
            return Availability.REJECTED;
        }
        if (why.isEmpty()) {
            return whyWithdrawn();
        }
        return options.expired() == Expired.CANCELLED ? Availability.REJECTED : Availability.EXPIRED;
    }

    private Availability whyWithdrawn() {
        if (!isWithdrawn()) {
            return Availability.AVAILABLE;
        }
        return options.deleted() == Deleted.CANCELLED ? Availability.REJECTED : Availability.WRONG;
    }

    /**
     * @param instances that may be listed
     * @param all of the study
     */
    private Study study(
            Collection<Instance> instances,
            Collection<Instance> all,
            Optional<Study.Selected> selected,
            Availability availability,
            int awaited) {
        Map<Uid, Integer> unlistedOf = new TreeMap<>();
        unlisted.forEach(i -> unlistedOf.merge(i.series(), 1, Integer::sum));
        List<Series> series = Study.series(listed, unlistedOf);
        long withListing =
                series.stream().filter(s -> unlistedOf.containsKey(s.uid())).count();
        Standing standing = new Standing(
                availability,
                unlistedOf.size() - (int) withListing,
                unlisted.size(),
                awaited,
                unknown(),
                unread(all),
                gathered.gone() && options.deleted() != Deleted.LEFT);
        Collection<Instance> voting = listed.isEmpty() ? instances : listed;
        return Study.of(
                gathered.study(),
                voting,
                listed.isEmpty() || listed.size() == all.size() ? voting : counting(all, selected.isPresent()),
                series,
                standing,
                selected);
    }

    /** @param selection whether not all of the study have been decided about yet */
    private List<Instance> counting(Collection<Instance> all, boolean selection) {
        if (!selection) {
            return Stream.concat(listed.stream(), unlisted.stream()).toList();
        }
        return all.stream()
                .filter(instance -> rejections(instance).isEmpty() && !isNote(instance))
                .toList();
    }

    private SortedMap<Uid, Integer> unread(Collection<Instance> all) {
        SortedMap<Uid, Integer> unread = new TreeMap<>();
        if (gathered.selection().isEmpty()) {
            for (Instance instance : all) {
                KeyObject.of(instance, Optional.empty())
                        .filter(document -> document.studiesLeftOut() > 0)
                        .ifPresent(document -> unread.put(instance.instance(), document.studiesLeftOut()));
            }
        }
        return unread;
    }

    private SortedMap<Uid, Integer> unknown() {
        SortedMap<Uid, Integer> unknown = new TreeMap<>();
        if (gathered.selection().isPresent()) {
            return unknown; // said of the study
        }
        Set<Uid> known = new HashSet<>();
        gathered.instances().forEach(i -> known.add(i.instance()));
        for (KeyObject note : gathered.notes()) {
            long missing = note.references(gathered.study()).stream()
                    .filter(uid -> !known.contains(uid))
                    .count();
            if (missing > 0) {
                unknown.put(note.document(), (int) missing);
            }
        }
        return unknown;
    }
}
