package io.portolan.mapping.study;

import io.portolan.dicom.Attribute;
import io.portolan.dicom.CharacterSet;
import io.portolan.dicom.DataSet;
import io.portolan.dicom.Element;
import io.portolan.dicom.Uid;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What the instances of a patient, study or series say together: per attribute the value that most of them carry.
 *
 * <p>Ties go to the value carried by the smallest SOPInstanceUID, so the order of arrival never counts. A value is never
 * replaced by an empty one: absence has no vote. Attributes with more than one value are {@link #conflicts()}.
 *
 * @param merged the winning values
 * @param conflicts the attributes about which the instances disagree, ascending by tag
 * @param variants the distinct headers that this was made from, in a fixed order
 */
public record Header(DataSet merged, List<Attribute> conflicts, List<Variant> variants) {

    public static final Header EMPTY = new Header(DataSet.EMPTY, List.of(), List.of());

    public Header {
        conflicts = List.copyOf(conflicts);
        variants = List.copyOf(variants);
    }

    private record Vote(Element element, int instances, Uid smallest) {

        Vote and(Vote other) {
            return new Vote(
                    element,
                    instances + other.instances,
                    smallest.compareTo(other.smallest) <= 0 ? smallest : other.smallest);
        }

        boolean beats(Vote other) {
            return instances > other.instances
                    || instances == other.instances && smallest.compareTo(other.smallest) < 0;
        }
    }

    public static Header of(Collection<Variant> variants) {
        List<Variant> ordered = new ArrayList<>(variants);
        ordered.sort((a, b) -> a.smallest().compareTo(b.smallest()));
        if (ordered.size() == 1) {
            return new Header(ordered.get(0).header(), List.of(), ordered);
        }
        Map<Integer, Map<Element, Vote>> ballots = new TreeMap<>(Integer::compareUnsigned);
        for (Variant variant : ordered) {
            for (Element element : variant.header()) {
                ballots.computeIfAbsent(element.tag(), tag -> new HashMap<>())
                        .merge(element, new Vote(element, variant.instances(), variant.smallest()), Vote::and);
            }
        }
        DataSet.Builder merged = DataSet.builder(CharacterSet.UTF_8);
        List<Attribute> conflicts = new ArrayList<>();
        ballots.forEach((tag, ballot) -> {
            merged.add(winner(ballot.values()));
            if (ballot.size() > 1) {
                Attribute.find(tag).ifPresent(conflicts::add);
            }
        });
        return new Header(merged.build(), conflicts, ordered);
    }

    /**
     * What the instances say that agree about these attributes: one header for each of the values that they have together,
     * the one of most instances first, ties by the smallest SOPInstanceUID. This header alone where nobody disagrees about
     * them; else those who have none of them are left out, since absence has no vote.
     */
    public List<Header> each(Attribute... attributes) {
        if (Stream.of(attributes).noneMatch(conflicts::contains)) {
            return List.of(this);
        }
        Set<Integer> tags = Stream.of(attributes).map(Attribute::tag).collect(Collectors.toSet());
        Map<DataSet, List<Variant>> alike = new HashMap<>();
        for (Variant variant : variants) {
            DataSet values = variant.header().where(tags::contains);
            if (!values.isEmpty()) {
                alike.computeIfAbsent(values, key -> new ArrayList<>()).add(variant);
            }
        }
        return alike.values().stream()
                .map(Header::of)
                .sorted(Comparator.comparingInt(Header::instances)
                        .reversed()
                        .thenComparing(header -> header.variants.get(0).smallest()))
                .toList();
    }

    private int instances() {
        return variants.stream().mapToInt(Variant::instances).sum();
    }

    private static Element winner(Collection<Vote> votes) {
        return votes.stream().reduce((a, b) -> b.beats(a) ? b : a).orElseThrow().element();
    }
}
