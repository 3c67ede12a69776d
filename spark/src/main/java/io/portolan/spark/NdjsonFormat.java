package io.portolan.spark;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.zip.GZIPOutputStream;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.mapreduce.JobContext;
import org.apache.hadoop.mapreduce.RecordWriter;
import org.apache.hadoop.mapreduce.TaskAttemptContext;
import org.apache.hadoop.mapreduce.lib.output.FileOutputFormat;
import org.apache.hadoop.mapreduce.lib.output.PathOutputCommitter;
import org.jspecify.annotations.Nullable;

/**
 * FHIR Bulk Data: a task writes {@code ImagingStudy.N.ndjson}, {@code Patient.N.ndjson} and so on, N from 1. It writes them where
 * Hadoop's committer says, and what an attempt that was killed, or that another one was faster than, has written does not
 * come out. The committer of S3 ({@code mapreduce.outputcommitter.factory.scheme.s3a}) is taken when it is configured.
 */
public final class NdjsonFormat extends FileOutputFormat<String, byte[]> {

    /** Whether files are packed. */
    static final String GZIP = "portolan.gzip";

    private static final int BUFFER_BYTES = 1 << 16;
    private static final String ENDING = ".ndjson";

    /** Whether a task has written this. */
    static boolean isPart(Path file) {
        return file.getName().contains(ENDING);
    }

    /** The folder was looked at before anything was read; an empty one will do. */
    @Override
    public void checkOutputSpecs(JobContext job) throws IOException {
        if (getOutputPath(job) == null) {
            throw new IOException("no folder to write to");
        }
    }

    @Override
    public RecordWriter<String, byte[]> getRecordWriter(TaskAttemptContext task) throws IOException {
        return new Lines(
                ((PathOutputCommitter) getOutputCommitter(task)).getWorkPath(),
                task.getTaskAttemptID().getTaskID().getId() + 1,
                task);
    }

    /** Lines come section by section. */
    private static final class Lines extends RecordWriter<String, byte[]> {

        private final Path folder;
        private final int number;
        private final TaskAttemptContext task;
        private final boolean gzip;
        private String section = "";
        private @Nullable OutputStream out;

        Lines(Path folder, int number, TaskAttemptContext task) {
            this.folder = folder;
            this.number = number;
            this.task = task;
            this.gzip = task.getConfiguration().getBoolean(GZIP, false);
        }

        @Override
        public void write(String ofSection, byte[] line) throws IOException {
            OutputStream to = out;
            if (to == null || !section.equals(ofSection)) {
                end();
                section = ofSection;
                to = begin();
            }
            to.write(line);
        }

        private OutputStream begin() throws IOException {
            Path file = new Path(folder, section + "." + number + ENDING + (gzip ? ".gz" : ""));
            FileSystem fileSystem = file.getFileSystem(task.getConfiguration());
            OutputStream plain = fileSystem.create(file, false);
            OutputStream begun =
                    new BufferedOutputStream(gzip ? new GZIPOutputStream(plain, BUFFER_BYTES) : plain, BUFFER_BYTES);
            out = begun;
            return begun;
        }

        private void end() throws IOException {
            OutputStream current = out;
            if (current != null) {
                current.close();
                out = null;
            }
        }

        @Override
        public void close(TaskAttemptContext context) throws IOException {
            end();
        }
    }
}
