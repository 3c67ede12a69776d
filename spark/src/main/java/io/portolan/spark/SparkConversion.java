package io.portolan.spark;

import io.portolan.dicom.io.ReadLimits;
import java.io.IOException;
import java.io.OutputStream;
import java.net.URI;
import java.util.List;
import java.util.OptionalInt;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.LocatedFileStatus;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RemoteIterator;
import org.apache.hadoop.mapreduce.Job;
import org.apache.hadoop.mapreduce.lib.output.FileOutputFormat;
import org.apache.spark.api.java.JavaPairRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.util.SerializableConfiguration;

/** One run: lists, reads, maps, writes. */
final class SparkConversion {

    /** In so many parts the work is given out, or in more when there are many processors. */
    private static final int FILES_A_TASK = 1_000;

    private static final int INSTANCES_A_TASK = 10_000;
    private static final int INSTANCES_A_FILE = 50_000;
    private static final int PARTITIONS_MAX = 20_000;

    /** Each processor gets several, so that none waits long for the last. */
    private static final int TASKS_A_PROCESSOR = 3;

    private static final String TOTALS = "report/totals.json";
    private static final String SUCCESS = "_SUCCESS";

    /** Hadoop's committers say that all is there before it is; we say so ourselves. */
    private static final String COMMITTER_SAYS_SO = "mapreduce.fileoutputcommitter.marksuccessfuljobs";

    /** A task's files become visible when the job is committed, all at once for each: a commit that is repeated repeats nothing. */
    private static final String COMMIT_ALGORITHM = "mapreduce.fileoutputcommitter.algorithm.version";

    private final JavaSparkContext spark;
    private final JobConfig config;
    private final Configuration hadoop;
    private final OptionalInt partitions;

    /** @param partitions in so many the studies are shuffled; empty: it follows from the number of files */
    SparkConversion(JavaSparkContext spark, JobConfig config, OptionalInt partitions) {
        this.spark = spark;
        this.config = config;
        this.hadoop = new Configuration(spark.hadoopConfiguration());
        this.partitions = partitions;
    }

    /**
     * Runs. When a task has failed in each of its attempts a {@code SparkException} says so, though Java does not know that it
     * may; nothing is committed then. {@code _SUCCESS} is the last that is written.
     *
     * @param roots files and folders, with their schemes
     * @param out a folder that is empty, or not there
     * @throws IOException the driver cannot write, or does not find what the tasks have written
     */
    Totals run(List<URI> roots, Path out, boolean gzip) throws IOException, InterruptedException {
        ReadLimits limits = config.config().limits();
        List<String> files = Listing.of(roots, hadoop, limits);
        Totals totals = new Totals(spark.sc());
        if (!files.isEmpty()) {
            ReadKey.ByStudy byStudy = byStudy(files.size());
            JavaPairRDD<byte[], byte[]> read = read(files, byStudy);
            write(lines(read, byStudy, files.size(), out.toString()), totals, out, gzip);
            checkThatAllIsThere(totals, out);
        }
        write(new Path(out, TOTALS), totals.toJson());
        write(new Path(out, SUCCESS), new byte[0]);
        return totals;
    }

    /** A folder of a disk is another one on each machine: the tasks commit on theirs, and nothing fails. */
    private void checkThatAllIsThere(Totals totals, Path out) throws IOException {
        long there = 0;
        RemoteIterator<LocatedFileStatus> files = out.getFileSystem(hadoop).listFiles(out, true);
        while (files.hasNext()) {
            there += NdjsonFormat.isPart(files.next().getPath()) ? 1 : 0;
        }
        if (there != totals.parts()) {
            throw new IOException(there + " of " + totals.parts() + " files that were written are in " + out
                    + ": it must be the same folder for the driver and every executor");
        }
    }

    private void write(Path file, byte[] content) throws IOException {
        try (OutputStream to = file.getFileSystem(hadoop).create(file)) {
            to.write(content);
        }
    }

    private JavaPairRDD<byte[], byte[]> read(List<String> files, ReadKey.ByStudy byStudy) {
        Broadcast<JobConfig> configuration = spark.broadcast(config);
        Broadcast<SerializableConfiguration> fileSystems = spark.broadcast(new SerializableConfiguration(hadoop));
        return spark.parallelize(files, Math.min(files.size(), parts(files.size(), FILES_A_TASK)))
                .mapPartitionsToPair(new ReadFiles(configuration, fileSystems))
                .repartitionAndSortWithinPartitions(byStudy, new ByteKeys());
    }

    /** One for all of a run: a cluster that grows has more processors when it is asked again. */
    private ReadKey.ByStudy byStudy(int files) {
        return new ReadKey.ByStudy(1 + partitions.orElse(parts(files, INSTANCES_A_TASK)));
    }

    /** So many of a size, within what makes sense. */
    private int parts(int all, int each) {
        int wanted = Math.max(all / each, TASKS_A_PROCESSOR * spark.defaultParallelism());
        return Math.max(1, Math.min(PARTITIONS_MAX, wanted));
    }

    /** What is read stays in the shuffle's files: it is read once for the documents, and once for the studies. */
    private JavaPairRDD<byte[], byte[]> lines(
            JavaPairRDD<byte[], byte[]> read, ReadKey.ByStudy byStudy, int files, String place) {
        Documents documents =
                new Documents(read.collectPartitions(new int[] {ReadKey.DOCUMENTS})[0], config.callingAe());
        int outputs = Math.max(spark.defaultParallelism(), Math.min(PARTITIONS_MAX, files / INSTANCES_A_FILE));
        return read.mapPartitionsToPair(
                        new MapStudies(spark.broadcast(config), spark.broadcast(documents), byStudy, place))
                .repartitionAndSortWithinPartitions(new OutKey.ByIdentity(outputs, files), new ByteKeys());
    }

    private void write(JavaPairRDD<byte[], byte[]> lines, Totals totals, Path out, boolean gzip) throws IOException {
        Job job = Job.getInstance(hadoop);
        job.setOutputFormatClass(NdjsonFormat.class);
        job.setOutputKeyClass(String.class);
        job.setOutputValueClass(byte[].class);
        FileOutputFormat.setOutputPath(job, out);
        job.getConfiguration().setBoolean(NdjsonFormat.GZIP, gzip);
        job.getConfiguration().setInt(COMMIT_ALGORITHM, 1);
        job.getConfiguration().setBoolean(COMMITTER_SAYS_SO, false);
        lines.mapPartitionsToPair(new FirstOfEach(totals)).saveAsNewAPIHadoopDataset(job.getConfiguration());
    }
}
