package io.portolan.cli.convert;

import io.portolan.dicom.Uid;
import io.portolan.dicom.io.ReadLimits;
import io.portolan.gateway.ledger.LedgerException;
import io.portolan.mapping.MappingOptions;
import io.portolan.mapping.StudyMapper;
import io.portolan.mapping.study.KeyObject;
import io.portolan.mapping.study.KeyObjects.Selected;
import io.portolan.mapping.study.SharingOptions;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** One run: reads all files, then writes all studies, then the report. */
public final class Conversion implements AutoCloseable {

    /** Where a state is kept: the name of its file. */
    private static final String JOURNAL = "journal";

    private static final int STOP_SECONDS_MAX = 60;

    /** Read ahead of what is written down, for each thread. */
    private static final int BATCHES_AHEAD = 4;

    /** Instances of studies that are mapped at once, unless one alone has more: it bounds the memory. */
    private static final int INSTANCES_AT_ONCE = 20_000;

    /**
     * What to read, and how.
     *
     * @param list further paths, see {@link Inputs}; null: none
     * @param skipped files and folders that are no input
     * @param state a folder that is there, for the journal
     * @param continued whether what the journal has of an earlier run is read again only where the file has changed
     * @param failFast whether the first problem ends the run
     * @param strict whether what the mapping has to say is a problem
     * @param threads at least one
     * @param callingAe who the files came from, where that is known
     * @param version of the program: another one reads all again
     */
    public record Options(
            List<Path> paths,
            @Nullable InputStream list,
            Set<Path> skipped,
            Path state,
            boolean continued,
            boolean failFast,
            boolean strict,
            int threads,
            Optional<String> callingAe,
            String version,
            MappingOptions mapping,
            SharingOptions sharing,
            ReadLimits limits) {

        public Options {
            paths = List.copyOf(paths);
            skipped = Set.copyOf(skipped);
        }
    }

    /** Told how it goes, by the thread that runs it. */
    public interface Listener {

        /**
         * A file on disk was read, or known from an earlier run.
         *
         * @param size in bytes
         */
        void read(long size);

        /** A file, or an entry of one, has a problem: a line for a person. */
        void problem(String line);

        /**
         * So much has been found so far.
         *
         * @param complete whether that is all
         */
        void found(long files, long bytes, boolean complete, int studies);

        /** All is read: so many studies and selections are to be written. */
        void writing(int studies);

        void written(StudyReport study);
    }

    /**
     * What came of it.
     *
     * @param complete whether it went to its end; else the state is still there
     * @param outcomes how many files have each
     * @param reused files that an earlier run had read
     */
    public record Summary(
            boolean complete, int files, int studies, int written, Map<Outcome, Integer> outcomes, int reused) {

        /** Files that have one. */
        public int problems() {
            return Report.problems(outcomes);
        }
    }

    /** The first problem of a run that is to end there. */
    private static final class FirstProblem extends Exception {
        private static final long serialVersionUID = 1;
    }

    private final Options options;
    private final Listener listener;
    private final FileReader reader;
    private final Index index = new Index();
    private final Known known = new Known();
    private final Known seen = new Known();
    private final List<StudyReport> studies = new ArrayList<>();
    private final Map<Uid, List<Integer>> documentFiles = new HashMap<>();
    private final @Nullable ExecutorService threads;
    private final Journal journal;
    private final boolean mayRepeat; // whether a name may come twice
    private int reused;
    private boolean problem;
    private boolean later; // whether something could not be written, or was refused
    private long unitStart = -1; // of the records that are being appended or loaded

    private Conversion(Options options, Listener listener) throws IOException {
        this.options = options;
        this.listener = listener;
        this.reader = new FileReader(options.mapping.selection(), options.limits, options.mapping.extraTags());
        this.journal = Journal.open(
                options.state.resolve(JOURNAL), fingerprint(options), options.continued ? this::load : null);
        this.mayRepeat = options.list != null
                || options.paths.size() > 1
                || options.paths.stream().anyMatch(MediaDirectory::isNamedSo);
        this.threads = options.threads > 1 ? executor(options.threads) : null;
    }

    private static ExecutorService executor(int threads) {
        return Executors.newFixedThreadPool(threads, task -> {
            Thread thread = new Thread(task, "convert");
            thread.setDaemon(true);
            return thread;
        });
    }

    private static String fingerprint(Options options) {
        return String.join("\n", options.version, options.mapping.extraTags().toString(), options.limits.toString());
    }

    /** Whether there is the state of a run that did not come to its end, or that was kept. */
    public static boolean isState(Path folder) {
        return Files.exists(folder.resolve(JOURNAL));
    }

    /** Removes what a run has left, and the folder when nothing else is in it. */
    public static void removeState(Path folder) throws IOException {
        Files.deleteIfExists(folder.resolve(JOURNAL));
        try (var files = Files.list(folder)) {
            if (files.findAny().isEmpty()) {
                Files.delete(folder);
            }
        }
    }

    /**
     * Takes the state, of which there is one user at a time, before anything is done.
     *
     * @throws IOException another run has it, or it cannot be written
     */
    public static Conversion open(Options options, Listener listener) throws IOException {
        try {
            return new Conversion(options, listener);
        } catch (Journal.InUseException e) {
            throw new IOException("another run is using " + options.state, e);
        }
    }

    @Override
    public void close() throws IOException {
        if (threads != null) {
            threads.shutdownNow();
            awaitThreads(threads);
        }
        journal.close();
    }

    /** What still reads the journal, or writes a study, must have ended before there is none. */
    private static void awaitThreads(ExecutorService threads) {
        try {
            if (!threads.awaitTermination(STOP_SECONDS_MAX, TimeUnit.SECONDS)) {
                throw new IllegalStateException("a study was still being written");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /**
     * Runs, once.
     *
     * @param report where to write the account; null: nowhere
     * @throws IOException the journal, the output or the report cannot be written; the state is still there
     */
    public Summary run(Output output, @Nullable Path report) throws IOException, InterruptedException {
        try {
            return convert(output, report);
        } catch (LedgerException e) {
            throw new IOException(e.getMessage(), e);
        }
    }

    private Summary convert(Output output, @Nullable Path report) throws IOException, InterruptedException {
        boolean complete = false;
        Map<Outcome, Integer> outcomes = new EnumMap<>(Outcome.class);
        output.begin();
        try {
            readAll();
            journal.flush();
            writeAll(output);
            Map<Uid, String> problems = output.finish();
            studies.replaceAll(study -> failed(study, problems.get(study.study())));
            complete = !later;
        } catch (FirstProblem e) {
            journal.flush();
        }
        Report account = new Report(journal, index, studies);
        if (report != null) {
            account.write(report);
        }
        outcomes.putAll(account.totals());
        int written = (int) studies.stream().filter(s -> s.where() != null).count();
        return new Summary(complete, index.size(), index.studyCount(), written, outcomes, reused);
    }

    // ---- reading

    /** @param known where the file stands in the journal; negative: it has to be read */
    private record Slot(Found file, long known) {}

    private record Read(Slot slot, @Nullable FileRecord record, ByteBuffer bytes) {}

    private void readAll() throws IOException, InterruptedException, FirstProblem {
        try (Inputs inputs = new Inputs(options.paths, options.list, options.skipped)) {
            Deque<Future<List<Read>>> ahead = new ArrayDeque<>();
            for (List<Found> batch = inputs.next(); !batch.isEmpty(); batch = inputs.next()) {
                List<Slot> slots = slots(batch);
                ahead.add(submit(() -> read(slots)));
                if (ahead.size() > options.threads * BATCHES_AHEAD) {
                    take(get(ahead.remove()));
                }
                listener.found(inputs.files(), inputs.bytes(), inputs.isComplete(), index.studyCount());
            }
            while (!ahead.isEmpty()) {
                take(get(ahead.remove()));
            }
            listener.found(inputs.files(), inputs.bytes(), true, index.studyCount());
        }
    }

    private List<Slot> slots(List<Found> batch) throws IOException {
        List<Slot> slots = new ArrayList<>(batch.size());
        for (Found file : batch) {
            long offset = options.continued ? known.find(file.name()) : -1;
            slots.add(new Slot(file, offset >= 0 && isUnchanged(file, offset) ? offset : -1));
        }
        return slots;
    }

    private boolean isUnchanged(Found file, long offset) throws IOException {
        int records = 1;
        long at = offset;
        FileRecord.Head head = FileRecord.readHead(journal.read(at));
        boolean readable = head.outcome() != Outcome.UNREADABLE;
        while (!head.last()) {
            at = journal.behind(at, journal.read(at));
            head = FileRecord.readHead(journal.read(at));
            readable &= head.outcome() != Outcome.UNREADABLE;
            records++;
        }
        boolean brokenArchive = records > 1 && head.outcome() == Outcome.MALFORMED;
        return file.problem() == null
                && head.name().equals(file.name())
                && head.size() == file.size()
                && head.modified() == file.modified()
                // a fault of the disk or of the network may have gone
                && readable
                && !brokenArchive
                // what it names may be there by now
                && head.outcome() != Outcome.INDEX;
    }

    private FileRecord.Head lastHead(long offset) throws IOException {
        for (long at = offset; ; ) {
            ByteBuffer bytes = journal.read(at);
            at = journal.behind(at, bytes);
            FileRecord.Head head = FileRecord.readHead(bytes);
            if (head.last()) {
                return head;
            }
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

    private void take(List<Read> reads) throws IOException, FirstProblem {
        for (Read read : reads) {
            Found file = read.slot.file;
            if (isSeen(file)) {
                continue;
            }
            long start = unitStart(read);
            FileRecord record = read.record;
            if (record == null) {
                adopt(read.slot.known);
            } else if (record.outcome() == Outcome.ARCHIVE || record.outcome() == Outcome.INDEX) {
                reader.expand(file, record, one -> append(one, one.toBytes()));
            } else {
                append(record, read.bytes);
            }
            if (mayRepeat) {
                seen.put(file.name(), start);
            }
            listener.read(file.size());
            if (problem && options.failFast) {
                throw new FirstProblem();
            }
        }
    }

    private long unitStart(Read read) {
        return read.record == null ? read.slot.known : journal.end();
    }

    /** A path may be given twice, or named by several lists. */
    private boolean isSeen(Found file) throws IOException {
        long offset = mayRepeat ? seen.find(file.name()) : -1;
        if (offset < 0) {
            return false;
        }
        journal.flush();
        return lastHead(offset).name().equals(file.name());
    }

    private void append(FileRecord record, ByteBuffer bytes) throws IOException {
        long offset = journal.append(bytes);
        index.add(
                offset,
                record.instance().map(one -> one.study()).orElse(null),
                record.outcome(),
                record.instance().filter(KeyObject::isKeyObject).isPresent());
        tell(record.name(), record.outcome(), record.reason());
    }

    private void adopt(long offset) throws IOException {
        boolean last = false;
        for (long at = offset; !last; ) {
            ByteBuffer bytes = journal.read(at);
            long next = journal.behind(at, bytes);
            FileRecord.Head head = FileRecord.readHead(bytes);
            index.add(at, head.study(), head.outcome(), head.keyObject());
            tell(head.name(), head.outcome(), head.reason());
            at = next;
            last = head.last();
        }
        reused++;
    }

    private void tell(String name, Outcome outcome, @Nullable String reason) {
        if (outcome.isProblem()) {
            problem = true;
            listener.problem(Report.line(name, outcome, reason));
        }
    }

    /** A record of an earlier run. */
    private boolean load(long offset, ByteBuffer bytes) {
        FileRecord.Head head = FileRecord.readHead(bytes);
        unitStart = unitStart < 0 ? offset : unitStart;
        if (head.last()) {
            known.put(head.name(), unitStart);
            unitStart = -1;
        }
        return head.last();
    }

    // ---- writing

    private record Writing(Future<StudyWriter.Result> result, int instances, Optional<Selected> selected) {}

    private void writeAll(Output output) throws IOException, InterruptedException, FirstProblem {
        StudyWriter writer = new StudyWriter(
                journal,
                index,
                options.callingAe,
                new StudyMapper(options.mapping, options.sharing),
                options.sharing,
                options.strict,
                output);
        List<Uid> uids = index.studies();
        List<Selected> selections = writer.selections();
        listener.writing(uids.size() + selections.size());
        Deque<Writing> ahead = new ArrayDeque<>();
        for (Uid uid : uids) {
            makeRoom(ahead, writer.instances(uid), writer);
            ahead.add(new Writing(submit(() -> writer.write(uid)), writer.instances(uid), Optional.empty()));
        }
        makeRoom(ahead, Integer.MAX_VALUE, writer);
        for (Selected selected : selections) {
            int instances = writer.instances(selected.study());
            makeRoom(ahead, instances, writer);
            ahead.add(new Writing(submit(() -> writer.write(selected)), instances, Optional.of(selected)));
        }
        makeRoom(ahead, Integer.MAX_VALUE, writer);
    }

    /** After a first problem nothing more may have been written: then one is written at a time. */
    private int writtenAtOnce() {
        return options.failFast ? 1 : 2 * options.threads;
    }

    private void makeRoom(Deque<Writing> ahead, int instances, StudyWriter writer)
            throws IOException, InterruptedException, FirstProblem {
        while (!ahead.isEmpty()
                && (ahead.size() >= writtenAtOnce()
                        || ahead.stream().mapToLong(Writing::instances).sum() + instances > INSTANCES_AT_ONCE)) {
            Writing next = ahead.remove();
            StudyWriter.Result result = get(next.result);
            result.rest().run();
            StudyReport report = result.report();
            next.selected.ifPresent(
                    selected -> documentFiles.put(selected.selection(), writer.documentFiles(selected)));
            String problem = report.problem();
            studies.add(report);
            later |= result.later();
            if (problem != null) {
                if (next.selected.isPresent()) {
                    documentsOf(report.study()).forEach(file -> index.setNotConverted(file, problem));
                } else {
                    index.setNotConverted(report.study(), problem);
                }
            }
            listener.written(report);
            if (problem != null && options.failFast) {
                throw new FirstProblem();
            }
        }
    }

    /** The files that a selection is of; of a study none. */
    private List<Integer> documentsOf(Uid selection) {
        return documentFiles.getOrDefault(selection, List.of());
    }

    private StudyReport failed(StudyReport study, @Nullable String why) {
        if (why == null || study.problem() != null) { // what cannot be mapped has been told
            return study;
        }
        later = true;
        StudyReport failed = study.failed(why);
        index.setNotConverted(study.study(), why);
        documentsOf(study.study()).forEach(file -> index.setNotConverted(file, why));
        listener.written(failed);
        return failed;
    }

    // ---- threads

    private <T> Future<T> submit(Callable<T> work) throws IOException {
        if (threads != null) {
            return threads.submit(work);
        }
        try {
            return CompletableFuture.completedFuture(work.call());
        } catch (IOException | RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    private static <T> T get(Future<T> future) throws IOException, InterruptedException {
        try {
            return future.get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof IOException io) {
                throw io;
            }
            if (e.getCause() instanceof RuntimeException fault) {
                throw fault;
            }
            if (e.getCause() instanceof Error error) {
                throw error;
            }
            throw new IllegalStateException(e.getCause());
        }
    }
}
