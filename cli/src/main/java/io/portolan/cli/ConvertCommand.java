package io.portolan.cli;

import io.portolan.cli.Conversion.FileReport;
import io.portolan.cli.Conversion.StudyReport;
import io.portolan.gateway.FileReason;
import io.portolan.gateway.config.ConfigException;
import io.portolan.gateway.config.GatewayConfig;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
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
        versionProvider = Portolan.Version.class,
        description = {
            "Convert DICOM files to FHIR: one transaction Bundle per study, named StudyInstanceUID.json, and per key object selection.",
            "Folders are searched wholly. Files are DICOM by content; the instances of a study may be scattered over everything."
                    + " The mapping and its configuration are those of serve.",
            "Exit code 1: some files or studies had problems; each is named, here or in the report."
        },
        footer = {"%nExample:%n  portolan convert /media/cdrom --out fhir --report report.json"})
final class ConvertCommand implements Callable<Integer> {

    @Parameters(arity = "1..*", paramLabel = "PATH", description = "Files and folders.")
    private List<Path> paths = List.of();

    @Option(
            names = "--out",
            required = true,
            paramLabel = "DIR",
            description =
                    "Where to write; made when it is not there. Below an input it is left out of what is read, and"
                            + " so is the report.")
    @SuppressWarnings("NullAway.Init") // set by picocli
    private Path directory;

    @Option(
            names = "--report",
            paramLabel = "FILE",
            description =
                    "Write an account of every file and study as JSON. Without it problems are named on standard error.")
    private @Nullable Path report;

    @Option(
            names = "--calling-ae",
            paramLabel = "AE",
            description =
                    "AE title of the sender that the files came from, for what is configured by sender. Default: none.")
    private @Nullable String callingAe;

    @Mixin
    @SuppressWarnings("NullAway.Init") // set by picocli
    private ConfigOptions options;

    @Spec
    @SuppressWarnings("NullAway.Init") // set by picocli
    private CommandSpec spec;

    @Override
    public Integer call() throws IOException, UsageException, ConfigException {
        PrintWriter err = spec.commandLine().getErr();
        GatewayConfig config = options.load();
        Conversion conversion = new Conversion(
                config.mapping(),
                config.sharing().options(),
                config.dicom().limits().readLimits(),
                Optional.ofNullable(callingAe));
        prepare(directory);
        if (report != null) {
            requireWritable(report);
        }
        List<Path> files =
                FileTree.list(paths, skipped(), (file, problem) -> name(err, conversion.unreadable(file, problem)));
        Progress progress = Progress.start(err, "Reading", files.size());
        try (progress) {
            for (Path file : files) {
                FileReport read = conversion.read(file);
                if (Conversion.isProblem(read)) {
                    progress.failed();
                    if (report == null) {
                        progress.say(Conversion.line(read));
                    }
                } else {
                    progress.done(file.toFile().length());
                }
            }
            conversion.write(directory);
            for (StudyReport study : conversion.studies()) {
                if (study.problem() != null && report == null) {
                    progress.say("study " + study.study() + ": not converted: " + study.problem());
                }
            }
            if (report != null) {
                conversion.report(report);
            }
        }
        summarise(conversion, progress);
        boolean fine = conversion.problems() == 0 && conversion.studyCount() > 0;
        return fine ? ExitCode.FINE : ExitCode.PROBLEMS;
    }

    /** What an earlier run wrote below an input is no input. */
    private Set<Path> skipped() {
        return report != null && Files.exists(report) ? Set.of(directory, report) : Set.of(directory);
    }

    private void name(PrintWriter err, FileReport problem) {
        if (report == null) {
            err.println(Conversion.line(problem));
        }
    }

    private void summarise(Conversion conversion, Progress progress) {
        long written =
                conversion.studies().stream().filter(s -> s.file() != null).count();
        spec.commandLine()
                .getOut()
                .printf(
                        Locale.ROOT,
                        "%d files, %d studies written to %s, %d files with problems, %.1f s%n",
                        conversion.fileCount(),
                        written,
                        directory,
                        conversion.problems(),
                        progress.seconds());
        if (conversion.studyCount() == 0) {
            Terminal.complain(spec.commandLine().getErr(), "there is no DICOM instance in what was given");
        }
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
