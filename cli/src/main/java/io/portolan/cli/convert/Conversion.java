package io.portolan.cli.convert;

import io.portolan.dicom.Uid;
import io.portolan.dicom.io.ReadLimits;
import io.portolan.gateway.convert.Outcome;
import io.portolan.gateway.convert.StudyReport;
import io.portolan.gateway.ledger.LedgerException;
import io.portolan.mapping.MappingOptions;
import io.portolan.mapping.StudyMapper;
import io.portolan.mapping.study.KeyObjects.Selected;
import io.portolan.mapping.study.SharingOptions;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/** One run: reads all files, then writes all studies, then the report. */
public final class Conversion implements AutoCloseable {

    /** Where a state is kept: the name of its file. */
    private static final String JOURNAL = "journal";

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
        void found(long files, boolean complete, int studies);

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

    private final Options options;
    private final Listener listener;
    private final Intake intake;
    private final Workers workers;
    private final List<StudyReport> studies = new ArrayList<>();
    private final Map<Uid, List<Integer>> documentFiles = new HashMap<>();
    private boolean later; // whether something could not be written, or was refused

    private Conversion(Options options, Listener listener) throws IOException {
        this.options = options;
        this.listener = listener;
        this.intake = new Intake(options, options.state.resolve(JOURNAL), listener);
        this.workers = new Workers(options.threads);
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

    /** What still reads the journal, or writes a study, ends before there is none. */
    @Override
    public void close() throws IOException {
        try (intake) {
            workers.close();
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
        output.begin();
        try {
            intake.run(workers);
            writeAll(output);
            Map<Uid, String> problems = output.finish();
            studies.replaceAll(study -> failed(study, problems.get(study.study())));
            complete = !later;
        } catch (FirstProblemException e) {
            complete = false;
        }
        Report account = new Report(intake.journal(), intake.index(), studies);
        if (report != null) {
            account.write(report);
        }
        int written = (int) studies.stream().filter(s -> s.where() != null).count();
        return new Summary(
                complete,
                intake.index().size(),
                intake.index().studyCount(),
                written,
                account.totals(),
                intake.reused());
    }

    private record Writing(Future<StudyWriter.Result> result, int instances, Optional<Selected> selected) {}

    private void writeAll(Output output) throws IOException, InterruptedException, FirstProblemException {
        StudyWriter writer = new StudyWriter(
                intake.journal(),
                intake.index(),
                options.callingAe,
                new StudyMapper(options.mapping, options.sharing),
                options.sharing,
                options.strict,
                output);
        List<Uid> uids = intake.index().studies();
        List<Selected> selections = writer.selections();
        listener.writing(uids.size() + selections.size());
        Deque<Writing> ahead = new ArrayDeque<>();
        for (Uid uid : uids) {
            makeRoom(ahead, writer.instances(uid), writer);
            ahead.add(new Writing(workers.submit(() -> writer.write(uid)), writer.instances(uid), Optional.empty()));
        }
        makeRoom(ahead, Integer.MAX_VALUE, writer);
        for (Selected selected : selections) {
            int instances = writer.instances(selected.study());
            makeRoom(ahead, instances, writer);
            ahead.add(new Writing(workers.submit(() -> writer.write(selected)), instances, Optional.of(selected)));
        }
        makeRoom(ahead, Integer.MAX_VALUE, writer);
    }

    /** After a first problem nothing more may have been written: then one is written at a time. */
    private int writtenAtOnce() {
        return options.failFast ? 1 : 2 * options.threads;
    }

    private void makeRoom(Deque<Writing> ahead, int instances, StudyWriter writer)
            throws IOException, InterruptedException, FirstProblemException {
        while (!ahead.isEmpty()
                && (ahead.size() >= writtenAtOnce()
                        || ahead.stream().mapToLong(Writing::instances).sum() + instances > INSTANCES_AT_ONCE)) {
            Writing next = ahead.remove();
            StudyWriter.Result result = Workers.get(next.result);
            result.rest().run();
            StudyReport report = result.report();
            next.selected.ifPresent(
                    selected -> documentFiles.put(selected.selection(), writer.documentFiles(selected)));
            String problem = report.problem();
            studies.add(report);
            later |= result.later();
            if (problem != null) {
                if (next.selected.isPresent()) {
                    documentsOf(report.study()).forEach(file -> intake.index().setNotConverted(file, problem));
                } else {
                    intake.index().setNotConverted(report.study(), problem);
                }
            }
            listener.written(report);
            if (problem != null && options.failFast) {
                throw new FirstProblemException();
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
        intake.index().setNotConverted(study.study(), why);
        documentsOf(study.study()).forEach(file -> intake.index().setNotConverted(file, why));
        listener.written(failed);
        return failed;
    }
}
