package io.portolan.spark;

import io.portolan.dicom.Uid;
import io.portolan.gateway.convert.FileRecord;
import io.portolan.gateway.convert.HeaderPool;
import io.portolan.mapping.study.Instance;
import io.portolan.mapping.study.KeyObjects;
import io.portolan.mapping.study.KeyObjects.Selected;
import java.io.Serializable;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import scala.Tuple2;

/**
 * All rejection notes and selections, which may be of any study, and lie in any. Every executor has them; they are looked
 * through once in each process.
 */
final class Documents implements Serializable {

    private static final long serialVersionUID = 1;

    /** A file that has a document. */
    static final class OfFile {

        final byte[] order;
        final FileRecord record;

        private OfFile(byte[] order, FileRecord record) {
            this.order = order;
            this.record = record;
        }
    }

    /** What is in them. */
    static final class Index {

        final KeyObjects keyObjects;
        private final Map<Uid, List<OfFile>> files = new HashMap<>();
        private final Map<Uid, List<Selected>> selections = new HashMap<>();

        private Index(List<OfFile> documents) {
            List<Instance> instances = new ArrayList<>();
            for (OfFile document : documents) {
                Instance instance = document.record.instance().orElseThrow();
                instances.add(instance);
                files.computeIfAbsent(instance.instance(), uid -> new ArrayList<>())
                        .add(document);
            }
            keyObjects = new KeyObjects(instances);
            for (Selected selected : keyObjects.selections()) {
                selections
                        .computeIfAbsent(selected.study(), uid -> new ArrayList<>())
                        .add(selected);
            }
        }

        /** Those of a study's instances, ascending. */
        List<Selected> selectionsOf(Uid study) {
            return selections.getOrDefault(study, List.of());
        }

        /** Studies of whose instances there are selections. */
        List<Uid> selectedStudies() {
            return selections.keySet().stream().sorted().toList();
        }

        /** The files that a selection is of. */
        List<OfFile> filesOf(Selected selected) {
            return keyObjects.documents(selected.selection()).stream()
                    .flatMap(document -> files.getOrDefault(document.instance(), List.of()).stream())
                    .toList();
        }
    }

    private final ArrayList<byte[]> orders = new ArrayList<>();
    private final ArrayList<byte[]> records = new ArrayList<>();
    private final @Nullable String callingAe;
    private transient @Nullable Index index; // guarded by this

    /** @param read keys of {@link ReadKey} and records */
    Documents(List<Tuple2<byte[], byte[]>> read, Optional<String> callingAe) {
        for (Tuple2<byte[], byte[]> one : read) {
            orders.add(ReadKey.orderOf(one._1));
            records.add(one._2);
        }
        this.callingAe = callingAe.orElse(null);
    }

    synchronized Index index() {
        Index there = index;
        if (there == null) {
            HeaderPool pool = new HeaderPool(Optional.ofNullable(callingAe));
            List<OfFile> documents = new ArrayList<>();
            for (int i = 0; i < orders.size(); i++) {
                documents.add(new OfFile(orders.get(i), FileRecord.read(ByteBuffer.wrap(records.get(i)), pool)));
            }
            there = new Index(documents);
            index = there;
        }
        return there;
    }
}
