package io.portolan.cli;

import io.portolan.cli.convert.BundleOutput;
import io.portolan.cli.convert.Conversion;
import io.portolan.cli.convert.NdjsonOutput;
import io.portolan.cli.convert.NoOutput;
import io.portolan.cli.convert.Output;
import io.portolan.cli.convert.ServerOutput;
import io.portolan.cli.convert.WholeFile;
import io.portolan.gateway.FileReason;
import io.portolan.gateway.FileTree;
import io.portolan.gateway.config.ConfigException;
import io.portolan.gateway.config.GatewayConfig;
import io.portolan.gateway.config.GatewayConfig.LogLevel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Folders of DICOM files to FHIR, without a network. */
@Command(
        name = "convert",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        versionProvider = Portolan.Version.class,
        description = {
            "Convert DICOM files to FHIR: into files, or onto a FHIR server.",
            "Folders are searched wholly, and zip, tar and tar.gz archives are looked into. Files are DICOM by content; the"
                    + " instances of a study may be scattered over everything. The mapping and its configuration are those"
                    + " of serve.",
            "Exit code 1: some files or studies had problems, or the run did not come to its end; each is named, here or in"
                    + " the report."
        },
        footer = {
            "%nExamples:",
            "  portolan convert /media/cdrom --out fhir --report report.json",
            "  portolan convert archive.zip --out bulk --format ndjson --gzip",
            "  find /srv/images -newer yesterday -print0 | portolan convert - --fhir http://localhost:8080/fhir",
            "%nA run that was broken off, by whatever, goes on with the same command and --resume."
        })
final class ConvertCommand implements Callable<Integer> {

    private static final long ROLL_MEGABYTES_MAX = 1 << 20;

    enum Format {
        BUNDLE,
        NDJSON
    }

    @Parameters(
            arity = "1..*",
            paramLabel = "PATH",
            description =
                    "Files, folders, archives, the DICOMDIR of a medium; - for a list of such on standard input, one a"
                            + " line or each with a NUL behind it.")
    private List<Path> paths = List.of();

    @Option(
            names = "--out",
            paramLabel = "DIR",
            description =
                    "Write files into this folder; made when it is not there. Below an input it is left out of what is"
                            + " read, and so is the report.")
    private @Nullable Path directory;

    @Option(
            names = "--fhir",
            paramLabel = "URL",
            description =
                    "Publish to this FHIR server instead: as serve does, trying again what may heal. Credentials are"
                            + " those of the configuration (fhir.*).")
    private @Nullable String fhir;

    @Option(
            names = "--format",
            paramLabel = "FORMAT",
            description =
                    "bundle: one transaction Bundle per study, StudyInstanceUID.json, and per key object selection"
                            + " (default). ndjson: FHIR Bulk Data, one file per type of resource.")
    private Format format = Format.BUNDLE;

    @Option(names = "--gzip", description = "Compress ndjson files.")
    private boolean gzip;

    @Option(
            names = "--roll-mb",
            paramLabel = "MB",
            description = "Begin another ndjson file after so many megabytes, uncompressed. Default: ${DEFAULT-VALUE}.")
    private long rollMegabytes = 1024;

    @Option(
            names = "--report",
            paramLabel = "FILE",
            description =
                    "Write an account of every file and study as JSON, or of every file as CSV when it is named .csv."
                            + " Without it problems are named on standard error.")
    private @Nullable Path report;

    @Option(
            names = "--dry-run",
            description =
                    "Read and map everything, whatever an earlier run has read, and write nothing but the report.")
    private boolean dryRun;

    @Option(names = "--fail-fast", description = "End at the first problem.")
    private boolean failFast;

    @Option(
            names = "--strict",
            description = "Write no study that the mapping has anything to say of; it counts as a problem. For --out.")
    private boolean strict;

    @Option(
            names = "--resume",
            description =
                    "Go on with a run that was broken off: files that it had read and that are unchanged are not read"
                            + " again. The result is that of an unbroken run.")
    private boolean resume;

    @Option(
            names = "--since-last",
            description = "Keep what is read, and read only files that are new or changed since the last run with this"
                    + " option. The result is that of a fresh run over what is there now.")
    private boolean sinceLast;

    @Option(
            names = "--state",
            paramLabel = "DIR",
            description =
                    "Where it is kept what was read, for --resume and --since-last: it has patients' data. Default: "
                            + ConvertState.NAME + " in the folder of --out, or in the working directory with --fhir.")
    private @Nullable Path state;

    @Option(
            names = "--threads",
            paramLabel = "N",
            description = "Read and map with so many threads. Default: one for each processor.")
    private int threads = Runtime.getRuntime().availableProcessors();

    @Option(
            names = "--calling-ae",
            paramLabel = "AE",
            converter = AeTitle.class,
            description =
                    "AE title of the sender that the files came from, for what is configured by sender. Default: none.")
    private @Nullable String callingAe;

    @Option(
            names = {"-q", "--quiet"},
            description = "Say nothing but what is wrong.")
    private boolean quiet;

    @Mixin
    @SuppressWarnings("NullAway.Init") // set by picocli
    private ConfigOptions options;

    @Spec
    @SuppressWarnings("NullAway.Init") // set by picocli
    private CommandSpec spec;

    @Override
    public Integer call() throws IOException, InterruptedException, UsageException, ConfigException {
        GatewayConfig config = options.load(fhir == null ? Map.of() : Map.of("fhir.url", fhir));
        check();
        logLevel(config.log().level());
        if (directory != null && !dryRun) {
            prepare(directory);
        }
        if (report != null) {
            requireWritable(report);
        }
        refuseOthers();
        ConvertState states = prepareState();
        ConvertProgress progress = new ConvertProgress(spec.commandLine().getErr(), report == null, quiet, !dryRun);
        Conversion.Summary summary;
        String place;
        try (progress;
                Conversion conversion = Conversion.open(conversion(config, states.folder()), progress)) {
            if (dryRun) {
                states.remove(); // the open file is there for us alone, however this ends
            } else if (directory != null) {
                states.mark(directory);
            }
            try (Output output = output(config, states.folder(), progress)) {
                place = output.place();
                summary = run(conversion, output, progress);
            }
            if (summary.complete() && !sinceLast && !dryRun) { // while nobody else can begin with it
                states.remove();
            }
        }
        summarise(summary, place, progress);
        boolean fine = summary.complete()
                && summary.problems() == 0
                && progress.problemStudies() == 0
                && summary.studies() > 0;
        return fine ? ExitCode.FINE : ExitCode.PROBLEMS;
    }

    private Conversion.Summary run(Conversion conversion, Output output, ConvertProgress progress)
            throws IOException, InterruptedException {
        Thread stop = new Thread(
                () -> {
                    progress.brokenOff();
                    close(output);
                },
                "stop");
        Runtime.getRuntime().addShutdownHook(stop);
        try {
            return conversion.run(output, report);
        } finally {
            if (!Shutdown.inProgress()) {
                Runtime.getRuntime().removeShutdownHook(stop);
            }
        }
    }

    /** That all goes well is told by the progress, not of each study. */
    private static void logLevel(LogLevel level) {
        ServeCommand.logLevel(level == LogLevel.INFO ? LogLevel.WARN : level);
    }

    private static void close(Output output) {
        try {
            output.close();
        } catch (IOException e) {
            // the next run begins it anew
        }
    }

    private void check() throws UsageException {
        if ((directory == null) == (fhir == null)) {
            throw new UsageException(
                    directory == null
                            ? "where to? Give --out DIR for files, or --fhir URL for a FHIR server"
                            : "--out and --fhir exclude each other");
        }
        if (format == Format.BUNDLE && gzip) {
            throw new UsageException("--gzip is for --format ndjson");
        }
        if (strict && fhir != null) {
            throw new UsageException("--strict is for --out: what studies say of each other must all go to a server");
        }
        if (format == Format.NDJSON && fhir != null) {
            throw new UsageException("--format ndjson is for --out");
        }
        if (threads < 1) {
            throw new UsageException("--threads must be at least 1");
        }
        if (rollMegabytes < 1 || rollMegabytes > ROLL_MEGABYTES_MAX) {
            throw new UsageException("--roll-mb must be from 1 to " + ROLL_MEGABYTES_MAX);
        }
        Optional<Path> missing =
                FileTree.missing(paths.stream().filter(path -> !isList(path)).toList());
        if (missing.isPresent()) {
            throw new UsageException("no such file or folder: " + missing.get());
        }
    }

    private static boolean isList(Path path) {
        return path.toString().equals("-");
    }

    private Conversion.Options conversion(GatewayConfig config, Path states) throws IOException {
        return new Conversion.Options(
                paths.stream().filter(path -> !isList(path)).toList(),
                paths.stream().anyMatch(ConvertCommand::isList) ? System.in : null,
                skipped(states),
                states,
                isContinued(),
                failFast,
                strict,
                threads,
                Optional.ofNullable(callingAe),
                Portolan.Version.number(),
                config.mapping(),
                config.sharing().options(),
                config.dicom().limits().readLimits());
    }

    /** Only a run that is gone on with may replace what is there; that nothing else is lost is seen before it begins. */
    private void refuseOthers() throws IOException, UsageException {
        if (directory == null || dryRun || format != Format.NDJSON) {
            return;
        }
        Optional<Path> left = NdjsonOutput.leftIn(directory);
        if (left.isPresent()
                && !(isContinued() && ConvertState.of(state, directory).isOf(directory))) {
            throw new UsageException(left.get() + " is there from an earlier run: give an empty folder, or remove it");
        }
    }

    private boolean isContinued() {
        return resume || sinceLast;
    }

    private Output output(GatewayConfig config, Path states, ConvertProgress progress) throws IOException {
        if (dryRun) {
            return new NoOutput();
        }
        if (directory == null) {
            return new ServerOutput(config, states, isContinued(), progress::left);
        }
        if (format == Format.BUNDLE) {
            return new BundleOutput(directory);
        }
        return new NdjsonOutput(directory, gzip, rollMegabytes << 20);
    }

    /** What an earlier run wrote below an input is no input. */
    private Set<Path> skipped(Path states) {
        Set<Path> skipped = new HashSet<>();
        Path part = report == null ? null : WholeFile.partOf(report); // of a run that was killed
        for (Path one : new Path[] {directory, report, part, states}) {
            if (one != null && Files.exists(one)) {
                skipped.add(one);
            }
        }
        return skipped;
    }

    private ConvertState prepareState() throws IOException, UsageException {
        if (dryRun) {
            return ConvertState.fleeting();
        }
        ConvertState states = ConvertState.of(state, directory);
        if (states.prepare() && !isContinued()) {
            Terminal.complain(
                    spec.commandLine().getErr(),
                    "what an earlier run has read is here; beginning anew (--resume would go on with it)");
        }
        return states;
    }

    private void summarise(Conversion.Summary summary, String place, ConvertProgress progress) {
        if (!quiet) {
            spec.commandLine()
                    .getOut()
                    .printf(
                            Locale.ROOT,
                            "%s%s, %s %s, %s with problems, %.1f s%n",
                            counted(summary.files(), "file", "files"),
                            summary.reused() == 0 ? "" : " (" + summary.reused() + " known from the last run)",
                            counted(summary.written(), "study", "studies"),
                            dryRun ? "would be written" : "written to " + place,
                            counted(summary.problems(), "file", "files"),
                            progress.seconds());
        }
        if (!summary.complete()) {
            Terminal.complain(
                    spec.commandLine().getErr(),
                    "the run did not come to its end" + (dryRun ? "" : "; --resume goes on with it, see --help"));
        } else if (summary.studies() == 0) {
            Terminal.complain(spec.commandLine().getErr(), "there is no DICOM instance in what was given");
        }
    }

    private static String counted(int count, String one, String many) {
        return count + " " + (count == 1 ? one : many);
    }

    /** Before the work rather than after it. */
    private static void requireWritable(Path report) throws UsageException {
        Path folder = report.toAbsolutePath().getParent();
        if (folder == null || !Files.isWritable(folder) || Files.isDirectory(report)) {
            throw new UsageException(report + " cannot be written: "
                    + (Files.isDirectory(report) ? "it is a folder" : "there is no folder " + folder + " to write to"));
        }
    }

    private static void prepare(Path directory) throws UsageException {
        try {
            Files.createDirectories(directory);
        } catch (IOException e) {
            throw new UsageException("the folder " + directory + " cannot be made: " + FileReason.of(e));
        }
        if (!Files.isWritable(directory)) {
            throw new UsageException(directory + " cannot be written to");
        }
    }
}
