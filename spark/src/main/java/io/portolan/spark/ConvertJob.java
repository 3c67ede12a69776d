package io.portolan.spark;

import io.portolan.dicom.engine.AeTitles;
import io.portolan.gateway.config.ConfigException;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalInt;
import java.util.concurrent.Callable;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.spark.SparkConf;
import org.apache.spark.SparkException;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.deploy.SparkHadoopUtil;
import org.apache.spark.serializer.KryoSerializer;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** The job, as {@code spark-submit} starts it. */
@Command(
        name = "spark-submit [SPARK-OPTIONS] portolan-spark.jar",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        versionProvider = ConvertJob.Version.class,
        description = {
            "Convert DICOM files to FHIR Bulk Data NDJSON on a cluster.",
            "What portolan convert --format ndjson makes of the same files, in parts: the same resources, the same ids, the same"
                    + " account of every file, in OUT/report.",
            "Exit code 1: some files or studies had problems, there is no instance at all, or the job failed. 2: wrong use,"
                    + " nothing was read."
        },
        footer = {
            "%nExamples:",
            "  spark-submit --master yarn portolan-spark.jar hdfs:///archive --out hdfs:///fhir --gzip",
            "  spark-submit --master 'local[4]' portolan-spark.jar /srv/images --out /srv/fhir",
        })
public final class ConvertJob implements Callable<Integer> {

    private static final int FINE = 0;
    private static final int PROBLEMS = 1;
    private static final int USAGE = 2;
    private static final int WIDTH = 100;
    private static final int PARTITIONS_MAX = 100_000;

    @Parameters(
            arity = "1..*",
            paramLabel = "PATH",
            description =
                    "Files, folders, archives, the DICOMDIR of a medium, on any file system that Spark's Hadoop knows:"
                            + " /mnt/images, hdfs:///archive, s3a://bucket/images. Without a scheme: fs.defaultFS.")
    private List<String> paths = List.of();

    @Option(
            names = "--out",
            required = true,
            paramLabel = "DIR",
            description =
                    "Where to write; empty, or not there yet. On a cluster: where all machines write into one place,"
                            + " not a disk of each.")
    private String out = "";

    @Option(names = "--gzip", description = "Compress ndjson files.")
    private boolean gzip;

    @Option(
            names = "--strict",
            description = "Write no study that the mapping has anything to say of; it counts as a problem.")
    private boolean strict;

    @Option(
            names = "--calling-ae",
            paramLabel = "AE",
            description =
                    "AE title of the sender that the files came from, for what is configured by sender. Default: none.")
    private @Nullable String callingAe;

    @Option(
            names = "--partitions",
            paramLabel = "N",
            description = "Shuffle the studies in so many parts. Default: one for each 10,000 files, and three for each"
                    + " processor at least; archives count as one file.")
    private @Nullable Integer partitions;

    @Option(
            names = {"-c", "--config"},
            paramLabel = "FILE",
            description =
                    "Configuration file (YAML), where the driver runs: mapping.*, sharing.* and the limits of dicom.*"
                            + " count. Without it: the defaults.")
    private java.nio.file.@Nullable Path file;

    @Option(
            names = "--set",
            paramLabel = "KEY=VALUE",
            description =
                    "Set one configuration key. May be given several times; goes over the file and over environment"
                            + " variables of the driver (PORTOLAN_MAPPING_...).")
    private Map<String, String> overrides = new LinkedHashMap<>();

    @Spec
    @SuppressWarnings("NullAway.Init") // set by picocli
    private CommandSpec spec;

    /** Ends the process: with 0 by itself, so that a cluster's own end of the driver is not cut short. */
    public static void main(String[] args) {
        int code = commandLine(
                        new PrintWriter(System.out, true, StandardCharsets.UTF_8),
                        new PrintWriter(System.err, true, StandardCharsets.UTF_8))
                .execute(args);
        if (code != FINE) {
            System.exit(code);
        }
    }

    static CommandLine commandLine(PrintWriter out, PrintWriter err) {
        return new CommandLine(new ConvertJob())
                .setOut(out)
                .setErr(err)
                .setUsageHelpWidth(WIDTH)
                .setExecutionExceptionHandler(ConvertJob::explain);
    }

    @Override
    public Integer call() throws IOException, InterruptedException, ConfigException {
        check();
        JobConfig config = new JobConfig(file, System.getenv(), overrides, callingAe, strict);
        SparkConf settings = new SparkConf().setIfMissing("spark.serializer", KryoSerializer.class.getName());
        Configuration hadoop = SparkHadoopUtil.get().newConfiguration(settings); // as the context makes it
        List<URI> roots = roots(hadoop);
        Path directory = emptyFolder(hadoop);
        long start = System.nanoTime();
        try (JavaSparkContext spark = new JavaSparkContext(settings)) {
            OptionalInt parts = partitions == null ? OptionalInt.empty() : OptionalInt.of(partitions);
            Totals totals = new SparkConversion(spark, config, parts).run(roots, directory, gzip);
            summarise(totals, directory, (System.nanoTime() - start) / 1e9);
            return totals.isFine() ? FINE : PROBLEMS;
        }
    }

    private void check() {
        if (callingAe != null && !AeTitles.isValid(callingAe)) {
            throw misuse(
                    "'" + callingAe + "' is no AE title: 1 to 16 letters, digits or signs of ASCII without backslash");
        }
        if (partitions != null && (partitions < 1 || partitions > PARTITIONS_MAX)) {
            throw misuse("--partitions must be from 1 to " + PARTITIONS_MAX);
        }
    }

    private ParameterException misuse(String message) {
        return new ParameterException(spec.commandLine(), message);
    }

    /** Each as it is known everywhere, what lies below another one left out. */
    private List<URI> roots(Configuration hadoop) throws IOException {
        List<Path> all = new ArrayList<>();
        for (String path : paths) {
            Path root = qualified(path, hadoop);
            if (!root.getFileSystem(hadoop).exists(root)) {
                throw misuse("no such file or folder: " + path);
            }
            if (!all.contains(root)) {
                all.add(root);
            }
        }
        return all.stream()
                .filter(root -> all.stream().noneMatch(other -> isBelow(root, other)))
                .map(ListedFile::uri)
                .toList();
    }

    private Path qualified(String path, Configuration hadoop) throws IOException {
        try {
            Path given = new Path(path);
            return given.getFileSystem(hadoop).makeQualified(given);
        } catch (IllegalArgumentException e) {
            throw misuse("no path: " + path);
        }
    }

    private static boolean isBelow(Path path, Path folder) {
        for (Path parent = path.getParent(); parent != null; parent = parent.getParent()) {
            if (parent.equals(folder)) {
                return true;
            }
        }
        return false;
    }

    /** Nothing is lost that is there, and nothing of two runs stands side by side. */
    private Path emptyFolder(Configuration hadoop) throws IOException {
        Path directory = qualified(out, hadoop);
        try {
            if (directory.getFileSystem(hadoop).listStatus(directory).length > 0) {
                throw misuse(directory + " is not empty: give another folder, or remove it");
            }
        } catch (FileNotFoundException e) {
            return directory;
        }
        return directory;
    }

    private void summarise(Totals totals, Path directory, double seconds) {
        spec.commandLine()
                .getOut()
                .printf(
                        Locale.ROOT,
                        "%d files, %d studies written to %s, %d files with problems, %.1f s%n",
                        totals.files(),
                        totals.written(),
                        directory,
                        totals.problems(),
                        seconds);
        if (totals.studies() == 0) {
            spec.commandLine().getErr().println("portolan: there is no DICOM instance in what was given");
        }
    }

    /** What a person can act upon gets its own words; of a job that failed Spark has said why. */
    private static int explain(Exception problem, CommandLine command, CommandLine.ParseResult parsed) {
        PrintWriter err = command.getErr();
        if (problem instanceof ConfigException config) {
            config.problems().forEach(one -> err.println("portolan: " + one));
            return USAGE;
        }
        if (problem instanceof IOException || problem instanceof SparkException) {
            err.println("portolan: " + problem.getMessage());
            return PROBLEMS;
        }
        err.println("portolan: this is a fault of Portolan itself; please report what stands here:");
        problem.printStackTrace(err);
        return PROBLEMS;
    }

    /** That of the jar. */
    static final class Version implements CommandLine.IVersionProvider {

        @Override
        public String[] getVersion() {
            String version = ConvertJob.class.getPackage().getImplementationVersion();
            return new String[] {"portolan-spark " + (version == null ? "unpackaged" : version)};
        }
    }
}
