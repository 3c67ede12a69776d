package io.portolan.gateway.sync;

import io.portolan.dicom.Attribute;
import io.portolan.dicom.DataSet;
import io.portolan.dicom.Element;
import io.portolan.dicom.Level;
import io.portolan.dicom.Uid;
import io.portolan.dicom.io.DicomJson;
import io.portolan.gateway.ledger.Ledger;
import io.portolan.mapping.study.Gathered;
import io.portolan.mapping.study.Series;
import io.portolan.mapping.study.Study;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** A study as the ledger has it, to be held against what a source says of it. */
final class LedgerStudy {

    private final Study study;

    private LedgerStudy(Study study) {
        this.study = study;
    }

    /** Empty: the ledger has no instance of it, or none that is still there. */
    static Optional<LedgerStudy> find(Ledger ledger, Uid uid) {
        return ledger.find(uid)
                .filter(gathered -> !gathered.instances().isEmpty() && !gathered.gone())
                .map(Gathered::instances)
                .map(instances -> new LedgerStudy(Study.of(instances)));
    }

    /** Attributes of patient and study of which the source says something else; what it does not say is no difference. */
    List<Attribute> differing(ListedStudy listed) {
        List<Attribute> differing = new ArrayList<>(differing(
                Attribute.at(Level.PATIENT), listed.answer(), study.patient().merged()));
        differing.addAll(differing(
                Attribute.at(Level.STUDY), listed.answer(), study.header().merged()));
        return differing.stream().distinct().toList();
    }

    /** What it has more or less of, in words; empty: the numbers are the same, as far as the source says them. */
    String extent(ListedStudy listed) {
        List<String> words = new ArrayList<>();
        number("series", study.numberOfSeries(), listed.series()).ifPresent(words::add);
        number("instances", study.numberOfInstances(), listed.instances()).ifPresent(words::add);
        return String.join(", ", words);
    }

    private static Optional<String> number(String what, int known, OptionalInt said) {
        return said.isEmpty() || said.getAsInt() == known
                ? Optional.empty()
                : Optional.of(known + " to " + said.getAsInt() + " " + what);
    }

    /** Whether it has just these series, with the numbers and attributes that the source says. */
    boolean has(Collection<ListedSeries> listed) {
        Map<Uid, Series> known = study.series().stream().collect(Collectors.toMap(Series::uid, Function.identity()));
        return known.size() == listed.size() && listed.stream().allMatch(one -> isSame(known.get(one.series()), one));
    }

    private static boolean isSame(@Nullable Series known, ListedSeries listed) {
        return known != null
                && listed.instances().equals(OptionalInt.of(known.numberOfInstances()))
                && differing(
                                Attribute.at(Level.SERIES),
                                listed.answer(),
                                known.header().merged())
                        .isEmpty();
    }

    private static List<Attribute> differing(Collection<Attribute> attributes, DataSet said, DataSet known) {
        return attributes.stream()
                .filter(attribute -> said.contains(attribute))
                .filter(attribute -> !text(attribute, said).equals(text(attribute, known)))
                .toList();
    }

    private static String text(Attribute attribute, DataSet dataSet) {
        Element element = dataSet.find(attribute.tag());
        return element == null || !dataSet.hasValue(attribute)
                ? ""
                : DicomJson.format(dataSet.where(tag -> tag == attribute.tag()));
    }
}
