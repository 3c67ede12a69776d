package io.portolan.gateway.sync;

import io.portolan.dicom.SopClass;
import io.portolan.dicom.TransferSyntax;
import io.portolan.dicom.Uid;
import io.portolan.dicom.engine.RequestOptions;
import io.portolan.dicom.engine.RequestOptions.Proposal;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/**
 * In which presentation contexts instances are to come by C-GET: an archive can only send one in a context of its class, and in
 * the syntax of that context. An association has room for 127 beside that of the request.
 */
final class RetrievalContexts {

    private static final int MAX = RequestOptions.CONTEXTS_MAX - 1;

    private static final List<TransferSyntax> UNCOMPRESSED =
            List.of(TransferSyntax.EXPLICIT_VR_LITTLE_ENDIAN, TransferSyntax.IMPLICIT_VR_LITTLE_ENDIAN);

    /** Those in use, most of it first: JPEG, JPEG-LS, JPEG 2000, RLE, video, HTJ2K. */
    private static final List<TransferSyntax> COMPRESSED = Stream.of(
                    "4.70", "4.50", "4.90", "4.91", "4.80", "4.81", "5", "4.51", "4.57", "4.102", "4.103", "4.100",
                    "4.101", "4.107", "4.201", "4.202", "4.203")
            .map(end -> TransferSyntax.of(new Uid("1.2.840.10008.1.2." + end)))
            .toList();

    /** Of images that are kept compressed: US, XA, CR, DX, MG, CT, MR, SC, NM, PT, VL, ophthalmic. */
    private static final List<Uid> IMAGES = Stream.of(
                    "6.1",
                    "3.1",
                    "12.1",
                    "12.2",
                    "1",
                    "1.1",
                    "1.2",
                    "13.1.3",
                    "2",
                    "2.1",
                    "4",
                    "4.1",
                    "7",
                    "7.2",
                    "7.4",
                    "77.1.1",
                    "77.1.1.1",
                    "77.1.2",
                    "77.1.2.1",
                    "77.1.4",
                    "77.1.4.1",
                    "77.1.6",
                    "77.1.7",
                    "77.1.5.1",
                    "77.1.5.2",
                    "77.1.5.4",
                    "1.3",
                    "20",
                    "128",
                    "12.1.1",
                    "66.4")
            .map(end -> new Uid("1.2.840.10008.5.1.4.1.1." + end))
            .toList();

    private RetrievalContexts() {}

    /** For instances of these classes, in each syntax as far as there is room. */
    static List<Proposal> of(Collection<Uid> classes) {
        Set<TransferSyntax> syntaxes = new LinkedHashSet<>(UNCOMPRESSED);
        syntaxes.addAll(COMPRESSED);
        syntaxes.addAll(TransferSyntax.all());
        List<Proposal> all = syntaxes.stream()
                .flatMap(syntax -> classes.stream().map(sopClass -> proposal(sopClass, List.of(syntax))))
                .toList();
        return all.subList(0, Math.min(all.size(), MAX));
    }

    /** For uncompressed instances of all other classes, by an association each. */
    static List<List<Proposal>> others(Collection<Uid> classes) {
        return split(
                SopClass.allStorage().stream()
                        .map(SopClass::uid)
                        .filter(sopClass -> !classes.contains(sopClass))
                        .map(sopClass -> proposal(sopClass, UNCOMPRESSED))
                        .toList(),
                MAX);
    }

    /**
     * For compressed images, by an association each.
     *
     * @param likely classes that they are likely of
     * @param classes those that they are not of
     */
    static List<List<Proposal>> compressed(Collection<Uid> likely, Collection<Uid> classes) {
        Set<Uid> images = new LinkedHashSet<>(likely);
        images.addAll(IMAGES);
        images.removeAll(classes);
        List<Proposal> all = images.stream()
                .flatMap(sopClass -> COMPRESSED.stream().map(syntax -> proposal(sopClass, List.of(syntax))))
                .toList();
        return split(all, MAX / COMPRESSED.size() * COMPRESSED.size());
    }

    private static Proposal proposal(Uid sopClass, List<TransferSyntax> syntaxes) {
        return new Proposal(sopClass, syntaxes, true);
    }

    private static List<List<Proposal>> split(List<Proposal> all, int max) {
        List<List<Proposal>> parts = new ArrayList<>();
        for (int from = 0; from < all.size(); from += max) {
            parts.add(all.subList(from, Math.min(all.size(), from + max)));
        }
        return parts;
    }
}
