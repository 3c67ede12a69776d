package io.portolan.cli.convert;

import io.portolan.dicom.Uid;
import io.portolan.gateway.convert.Outcome;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Where in the journal each file of this run stands, in the order of the names; of which study it is, and what became of it
 * there. Arrays, so that a file takes some bytes and no object.
 */
final class Index {

    private static final int NO_STUDY = -1;

    /** Growable. */
    static final class Numbers {

        private int[] values = new int[4];
        private int size;

        void add(int value) {
            if (size == values.length) {
                values = Arrays.copyOf(values, size * 2);
            }
            values[size++] = value;
        }

        int get(int i) {
            return values[i];
        }

        int size() {
            return size;
        }
    }

    private long[] offsets = new long[64];
    private int[] study = new int[64];
    private Outcome[] outcome = new Outcome[64];
    private int[] duplicateOf = new int[64];
    private int size;

    private final Map<Uid, Integer> numbers = new HashMap<>();
    private final List<Uid> uids = new ArrayList<>();
    private final List<Numbers> files = new ArrayList<>();
    private final Numbers keyObjects = new Numbers();
    private final Map<Integer, String> whyNot = new HashMap<>();
    private final Map<Integer, String> whyNotStudy = new HashMap<>();

    /** @param uid of the study; null: the file has no instance */
    void add(long offset, @Nullable Uid uid, Outcome read, boolean keyObject) {
        if (size == offsets.length) {
            offsets = Arrays.copyOf(offsets, size * 2);
            study = Arrays.copyOf(study, size * 2);
            outcome = Arrays.copyOf(outcome, size * 2);
            duplicateOf = Arrays.copyOf(duplicateOf, size * 2);
        }
        offsets[size] = offset;
        outcome[size] = read;
        study[size] = NO_STUDY;
        if (uid != null) {
            int number = numbers.computeIfAbsent(uid, unknown -> {
                uids.add(unknown);
                files.add(new Numbers());
                return uids.size() - 1;
            });
            study[size] = number;
            files.get(number).add(size);
            if (keyObject) {
                keyObjects.add(size);
            }
        }
        size++;
    }

    int size() {
        return size;
    }

    int studyCount() {
        return uids.size();
    }

    /** Ascending. */
    List<Uid> studies() {
        return uids.stream().sorted().toList();
    }

    /** The files of a study, in the order of the names. */
    Numbers filesOf(Uid uid) {
        Integer number = numbers.get(uid);
        return number == null ? new Numbers() : files.get(number);
    }

    /** The files that are Key Object Selections. */
    Numbers keyObjects() {
        return keyObjects;
    }

    long offset(int file) {
        return offsets[file];
    }

    Outcome outcome(int file) {
        return outcome[file];
    }

    /** The file that had the instance before. */
    int duplicateOf(int file) {
        return differs(file) ? ~duplicateOf[file] : duplicateOf[file];
    }

    /** Of a duplicate: whether its header is another one. */
    boolean differs(int file) {
        return duplicateOf[file] < 0;
    }

    void setOutcome(int file, Outcome now) {
        outcome[file] = now;
    }

    /** Of all files of a study. */
    void setNotConverted(Uid uid, String why) {
        Numbers of = filesOf(uid);
        for (int i = 0; i < of.size(); i++) {
            setOutcome(of.get(i), Outcome.NOT_CONVERTED);
            whyNotStudy.put(study[of.get(i)], why);
        }
    }

    void setNotConverted(int file, String why) {
        setOutcome(file, Outcome.NOT_CONVERTED);
        whyNot.put(file, why);
    }

    /** Why a file is not converted. */
    @Nullable
    String whyNot(int file) {
        return whyNot.getOrDefault(file, whyNotStudy.get(study[file]));
    }

    /** @param differs whether the headers do */
    void setDuplicate(int file, int of, boolean differs) {
        setOutcome(file, Outcome.DUPLICATE);
        duplicateOf[file] = differs ? ~of : of;
    }
}
