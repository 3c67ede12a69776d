package io.portolan.mapping.study;

import io.portolan.dicom.Attribute;
import io.portolan.dicom.DataSet;
import io.portolan.dicom.SopClass;
import io.portolan.dicom.Uid;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import java.util.stream.Stream;

/**
 * A Key Object Selection document (PS3.3 A.35.4): a rejection note, a manifest, or a selection of instances.
 *
 * <pre>
 * ConceptNameCodeSequence                       the title: what the document is for
 * CurrentRequestedProcedureEvidenceSequence     the instances, by study and series (PS3.3 C.17.2)
 * IdenticalDocumentsSequence                    the same document in other studies: one for each study of the evidence
 * ContentSequence                               frames (IMAGE > ReferencedSOPSequence), text (113012 Key Object Description)
 * </pre>
 *
 * @param study the study that it lies in, which need not be one of its evidence
 * @param title code of the title, where it is one of DCM; else empty text
 * @param meaning of the title
 * @param copies SOPInstanceUID of this document and of those identical to it
 * @param evidence StudyInstanceUID to the instances that it refers to
 * @param studiesLeftOut how many more studies it names than are looked at
 * @param frames SOPInstanceUID to frames (PS3.3 10.3), ascending; an instance without an entry is meant as a whole
 * @param receivedAt when it was recorded; empty: nobody knows
 */
public record KeyObject(
        Uid document,
        Uid study,
        String title,
        Optional<String> meaning,
        NavigableSet<Uid> copies,
        SortedMap<Uid, NavigableSet<Uid>> evidence,
        int studiesLeftOut,
        SortedMap<Uid, NavigableSet<Integer>> frames,
        Optional<String> description,
        Optional<Instant> receivedAt) {

    /** Studies of the evidence; further ones are not looked at. Each costs the ledger a row or two. */
    static final int STUDIES_MAX = 1_000;

    private static final String DCM = "DCM";

    /** PS3.16 TID 2010: Key Object Description. */
    private static final String DESCRIPTION = "113012";

    /** PS3.16 CID 7010: Manifest, Signed Manifest. */
    private static final Set<String> MANIFESTS = Set.of("113030", "113031");

    /** The document; empty: the instance is of another class. */
    public static Optional<KeyObject> of(Instance instance, Optional<Instant> receivedAt) {
        DataSet header = instance.instanceHeader();
        if (!isKeyObject(instance)) {
            return Optional.empty();
        }
        Optional<DataSet> title = header.item(Attribute.ConceptNameCodeSequence);
        List<DataSet> content = header.items(Attribute.ContentSequence);
        SortedMap<Uid, NavigableSet<Uid>> evidence = evidence(header);
        int studiesLeftOut = leaveOut(evidence);
        return Optional.of(new KeyObject(
                instance.instance(),
                instance.study(),
                title.map(KeyObject::code).orElse(""),
                title.flatMap(code -> code.string(Attribute.CodeMeaning)),
                copies(instance),
                Collections.unmodifiableSortedMap(evidence),
                studiesLeftOut,
                frames(content),
                content.stream()
                        .filter(item -> item.item(Attribute.ConceptNameCodeSequence)
                                .map(KeyObject::code)
                                .equals(Optional.of(DESCRIPTION)))
                        .flatMap(item -> item.string(Attribute.TextValue).stream())
                        .findFirst(),
                receivedAt));
    }

    /** Whether an instance is such a document. */
    public static boolean isKeyObject(Instance instance) {
        return instance.instanceHeader().uid(Attribute.SOPClassUID).equals(Optional.of(SopClass.KEY_OBJECT_SELECTION));
    }

    private static String code(DataSet item) {
        return item.string(Attribute.CodingSchemeDesignator).equals(Optional.of(DCM))
                ? item.string(Attribute.CodeValue).orElse("")
                : "";
    }

    private static NavigableSet<Uid> copies(Instance instance) {
        NavigableSet<Uid> copies = new TreeSet<>();
        copies.add(instance.instance());
        instance.instanceHeader()
                .items(Attribute.IdenticalDocumentsSequence)
                .forEach(study -> references(study).forEach(copies::add));
        return Collections.unmodifiableNavigableSet(copies);
    }

    private static SortedMap<Uid, NavigableSet<Uid>> evidence(DataSet header) {
        SortedMap<Uid, NavigableSet<Uid>> evidence = new TreeMap<>();
        for (DataSet item : header.items(Attribute.CurrentRequestedProcedureEvidenceSequence)) {
            item.uid(Attribute.StudyInstanceUID)
                    .ifPresent(study ->
                            references(item).forEach(evidence.computeIfAbsent(study, uid -> new TreeSet<>())::add));
        }
        return evidence;
    }

    /** Whatever the order of the items, the same remain: those of the smallest UIDs. */
    private static int leaveOut(SortedMap<Uid, NavigableSet<Uid>> evidence) {
        int leftOut = Math.max(0, evidence.size() - STUDIES_MAX);
        for (int i = 0; i < leftOut; i++) {
            evidence.remove(evidence.lastKey());
        }
        return leftOut;
    }

    /** PS3.3 table C.17-3, Hierarchical SOP Instance Reference: of one study. */
    private static Stream<Uid> references(DataSet study) {
        return study.items(Attribute.ReferencedSeriesSequence).stream()
                .flatMap(series -> series.items(Attribute.ReferencedSOPSequence).stream())
                .flatMap(instance -> instance.uid(Attribute.ReferencedSOPInstanceUID).stream());
    }

    private static SortedMap<Uid, NavigableSet<Integer>> frames(List<DataSet> content) {
        SortedMap<Uid, NavigableSet<Integer>> frames = new TreeMap<>();
        NavigableSet<Uid> whole = new TreeSet<>();
        for (DataSet item : content) {
            for (DataSet reference : item.items(Attribute.ReferencedSOPSequence)) {
                reference.uid(Attribute.ReferencedSOPInstanceUID).ifPresent(instance -> {
                    List<Integer> numbers = reference.values(Attribute.ReferencedFrameNumber).stream()
                            .filter(number -> number.matches("[0-9]{1,9}"))
                            .map(Integer::valueOf)
                            .filter(number -> number > 0)
                            .toList();
                    frames.computeIfAbsent(instance, uid -> new TreeSet<>()).addAll(numbers);
                    if (numbers.isEmpty()) {
                        whole.add(instance);
                    }
                });
            }
        }
        frames.keySet().removeAll(whole);
        return Collections.unmodifiableSortedMap(frames);
    }

    /** Why it rejects what it refers to; empty: it is no rejection note. */
    public Optional<Rejection> rejection() {
        return Rejection.find(title);
    }

    /** Whether it points instances out, to be shared as a selection of their own. */
    public boolean isSelection() {
        return rejection().isEmpty() && !MANIFESTS.contains(title);
    }

    /** What it refers to in one study. */
    public NavigableSet<Uid> references(Uid inStudy) {
        return evidence.getOrDefault(inStudy, Collections.emptyNavigableSet());
    }

    /**
     * Under which UID the selection of one study of the evidence is known to us: the same for every copy of the document
     * (PS3.5 B.2, a UUID as a UID).
     */
    public Uid selectionUid(Uid inStudy) {
        byte[] name = (copies.first() + " " + inStudy).getBytes(StandardCharsets.US_ASCII);
        String hex = UUID.nameUUIDFromBytes(name).toString().replace("-", "");
        return new Uid("2.25." + new BigInteger(hex, 16));
    }
}
