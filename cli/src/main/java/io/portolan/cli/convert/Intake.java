package io.portolan.cli.convert;

import io.portolan.gateway.convert.FileAccount;
import io.portolan.gateway.convert.FileReader;
import io.portolan.gateway.convert.FileRecord;
import io.portolan.gateway.convert.Found;
import io.portolan.gateway.convert.Outcome;
import io.portolan.mapping.study.Instance;
import io.portolan.mapping.study.KeyObject;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/**
 * Takes files into journal and index, in the order of their names: what an earlier run has read of a file that has not changed
 * is adopted, anything else is read.
 */
final class Intake implements AutoCloseable {

    /** Of the records; another one is not read. */
    private static final String FORMAT = "1";

    /** Read ahead of what is written down, for each thread. */
    private static final int BATCHES_AHEAD = 4;

    /** Told the records of one file on disk. */
    private interface OfUnit {
        void record(long offset, FileRecord.Head head) throws IOException;
    }

    /** @param known where the file stands in the journal; negative: it has to be read */
    private record Slot(Found file, long known) {}

    private record Read(Slot slot, @Nullable FileRecord record, ByteBuffer bytes) {}

    private final Conversion.Options options;
    private final Conversion.Listener listener;
    private final FileReader reader;
    private final Index index = new Index();
    private final Known known = new Known();
    private final Known seen = new Known();
    private final boolean mayRepeat; // whether a name may come twice
    private final Journal journal;
    private int reused;
    private boolean problem;
    private long loading = -1; // where the unit begins whose records are being loaded

    /** @param file of the journal; opened here, and ours alone until it is closed */
    Intake(Conversion.Options options, Path file, Conversion.Listener listener) throws IOException {
        this.options = options;
        this.listener = listener;
        this.reader = new FileReader(
                options.mapping().selection(),
                options.limits(),
                options.mapping().extraTags());
        this.mayRepeat = options.list() != null
                || options.paths().size() > 1
                || options.paths().stream().anyMatch(Inputs::isMediaDirectory);
        this.journal = Journal.open(file, fingerprint(options), options.continued() ? this::load : null);
    }

    private static String fingerprint(Conversion.Options options) {
        return String.join(
                "\n",
                FORMAT,
                options.version(),
                options.mapping().extraTags().toString(),
                options.limits().toString());
    }

    Journal journal() {
        return journal;
    }

    Index index() {
        return index;
    }

    /** Files that an earlier run had read. */
    int reused() {
        return reused;
    }

    /** Reads all; what was read is then in the hands of the operating system. */
    void run(Workers workers) throws IOException, InterruptedException, FirstProblemException {
        try (Inputs inputs = new Inputs(options.paths(), options.list(), options.skipped(), options.limits())) {
            Deque<Future<List<Read>>> ahead = new ArrayDeque<>();
            for (List<Found> batch = inputs.next(); !batch.isEmpty(); batch = inputs.next()) {
                List<Slot> slots = slots(batch);
                ahead.add(workers.submit(() -> read(slots)));
                if (ahead.size() > options.threads() * BATCHES_AHEAD) {
                    take(Workers.get(ahead.remove()));
                }
                listener.found(inputs.files(), inputs.isComplete(), index.studyCount());
            }
            while (!ahead.isEmpty()) {
                take(Workers.get(ahead.remove()));
            }
            listener.found(inputs.files(), true, index.studyCount());
        } finally {
            journal.flush();
        }
    }

    private List<Slot> slots(List<Found> batch) throws IOException {
        List<Slot> slots = new ArrayList<>(batch.size());
        for (Found file : batch) {
            long offset = options.continued() ? known.find(file.name()) : -1;
            slots.add(new Slot(file, offset >= 0 && isUnchanged(file, offset) ? offset : -1));
        }
        return slots;
    }

    private boolean isUnchanged(Found file, long offset) throws IOException {
        Set<Outcome> parts = EnumSet.noneOf(Outcome.class);
        FileRecord.Head last = unit(offset, (at, head) -> {
            if (!head.last()) {
                parts.add(head.outcome());
            }
        });
        boolean brokenArchive = !parts.isEmpty() && last.outcome() == Outcome.MALFORMED;
        return file.problem() == null
                && last.name().equals(file.name())
                && last.size() == file.size()
                && last.modified() == file.modified()
                // a fault of the disk or of the network may have gone
                && last.outcome() != Outcome.UNREADABLE
                && !parts.contains(Outcome.UNREADABLE)
                && !brokenArchive
                // what it names may be there by now
                && last.outcome() != Outcome.INDEX;
    }

    /** Goes through the records of one file on disk; gives the last, which has its name. */
    private FileRecord.Head unit(long offset, OfUnit each) throws IOException {
        for (long at = offset; ; ) {
            ByteBuffer bytes = journal.read(at);
            long next = journal.behind(at, bytes);
            FileRecord.Head head = FileRecord.readHead(bytes);
            each.record(at, head);
            if (head.last()) {
                return head;
            }
            at = next;
        }
    }

    private List<Read> read(List<Slot> slots) {
        List<Read> reads = new ArrayList<>(slots.size());
        for (Slot slot : slots) {
            if (slot.known >= 0) {
                reads.add(new Read(slot, null, ByteBuffer.allocate(0)));
            } else {
                FileRecord record = reader.read(slot.file);
                reads.add(new Read(slot, record, record.toBytes()));
            }
        }
        return reads;
    }

    private void take(List<Read> reads) throws IOException, FirstProblemException {
        for (Read read : reads) {
            Found file = read.slot.file;
            if (isSeen(file)) {
                continue;
            }
            FileRecord record = read.record;
            long start = record == null ? read.slot.known : journal.end();
            if (record == null) {
                adopt(start);
            } else if (record.outcome() == Outcome.ARCHIVE || record.outcome() == Outcome.INDEX) {
                reader.expand(file, record, one -> append(one, one.toBytes()));
            } else {
                append(record, read.bytes);
            }
            if (mayRepeat) {
                seen.put(file.name(), start);
            }
            listener.read(file.size());
            if (problem && options.failFast()) {
                throw new FirstProblemException();
            }
        }
    }

    /** A path may be given twice, or named by several lists. */
    private boolean isSeen(Found file) throws IOException {
        long offset = mayRepeat ? seen.find(file.name()) : -1;
        if (offset < 0) {
            return false;
        }
        journal.flush();
        return unit(offset, (at, head) -> {}).name().equals(file.name());
    }

    private void append(FileRecord record, ByteBuffer bytes) throws IOException {
        long offset = journal.append(bytes);
        index.add(
                offset,
                record.instance().map(Instance::study).orElse(null),
                record.outcome(),
                record.instance().filter(KeyObject::isKeyObject).isPresent());
        tell(record.head());
    }

    private void adopt(long offset) throws IOException {
        unit(offset, (at, head) -> {
            index.add(at, head.study(), head.outcome(), head.keyObject());
            tell(head);
        });
        reused++;
    }

    private void tell(FileRecord.Head head) {
        if (head.outcome().isProblem()) {
            problem = true;
            listener.problem(FileAccount.of(head).line());
        }
    }

    /** A record of an earlier run. */
    private boolean load(long offset, ByteBuffer bytes) {
        FileRecord.Head head = FileRecord.readHead(bytes);
        loading = loading < 0 ? offset : loading;
        if (head.last()) {
            known.put(head.name(), loading);
            loading = -1;
        }
        return head.last();
    }

    @Override
    public void close() throws IOException {
        journal.close();
    }
}
