package io.portolan.spark;

import java.io.File;
import java.io.FileNotFoundException;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.URI;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.FSInputStream;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RawLocalFileSystem;
import org.apache.hadoop.security.AccessControlException;
import org.apache.hadoop.util.Progressable;
import org.apache.spark.TaskContext;

/**
 * A file system {@code faulty:} over the disk. It is not a local one to the job, counts what is read, and by the name of a
 * file goes wrong as HDFS does: {@code unreadable}, {@code forbidden}, {@code vanished} always, as a folder {@code locked};
 * {@code kills} ends the first attempt of the task that reads it, or, behind some lines, the first attempt of the task that
 * writes it; {@code deadly} ends every attempt.
 */
public final class FaultyFileSystem extends RawLocalFileSystem {

    /** Attempts that are ended: more than Spark makes. */
    static final int EVERY = Integer.MAX_VALUE;

    static final AtomicLong BYTES_READ = new AtomicLong();
    /** How often what a file is was asked for; {@code open} does so itself once. */
    static final AtomicInteger ASKED = new AtomicInteger();

    static final AtomicInteger KILLED = new AtomicInteger();

    /** Attempts to write studies that are ended, of the first of the tasks that do. */
    static volatile int writingKills;

    /** What cannot be created, by its name; empty: everything can. */
    static volatile String full = "";

    /** Whether tasks have a disk of their own, as on a cluster, for what they write below a folder {@code fhir}. */
    static volatile boolean disksApart;

    static void reset() {
        BYTES_READ.set(0);
        ASKED.set(0);
        KILLED.set(0);
        writingKills = 0;
        full = "";
        disksApart = false;
    }

    @Override
    public File pathToFile(Path path) {
        File file = super.pathToFile(path);
        return disksApart && TaskContext.get() != null
                ? new File(file.getPath().replace("/fhir", "/of-the-executor"))
                : file;
    }

    @Override
    public String getScheme() {
        return "faulty";
    }

    @Override
    public URI getUri() {
        return URI.create("faulty:///");
    }

    @Override
    public FileStatus getFileStatus(Path file) throws IOException {
        ASKED.incrementAndGet();
        return plain(super.getFileStatus(file));
    }

    @Override
    public FileStatus[] listStatus(Path folder) throws IOException {
        if (folder.getName().startsWith("locked")) {
            throw new AccessControlException("Permission denied: user=x, access=READ_EXECUTE, inode=" + folder);
        }
        return Stream.of(super.listStatus(folder)).map(FaultyFileSystem::plain).toArray(FileStatus[]::new);
    }

    /** The one of the disk asks for permissions by a path that has to be a disk's. */
    private static FileStatus plain(FileStatus status) {
        return new FileStatus(
                status.getLen(),
                status.isDirectory(),
                1,
                status.getBlockSize(),
                status.getModificationTime(),
                status.getPath());
    }

    private static void kill(int attempts) {
        if (TaskContext.get() != null && TaskContext.get().attemptNumber() < attempts) {
            KILLED.incrementAndGet();
            throw new IllegalStateException("this attempt ends here");
        }
    }

    @Override
    public FSDataInputStream open(Path file, int bufferBytes) throws IOException {
        if (file.getName().startsWith("unreadable")) {
            throw new IOException("no");
        }
        if (file.getName().startsWith("forbidden")) {
            throw new AccessControlException("Permission denied: user=x, access=READ, inode=" + file);
        }
        if (file.getName().startsWith("vanished")) {
            throw new FileNotFoundException("File does not exist: " + file);
        }
        int kills = file.getName().startsWith("deadly") ? EVERY : file.getName().startsWith("kills") ? 1 : 0;
        return new FSDataInputStream(new Counting(super.open(file, bufferBytes), kills));
    }

    @Override
    public FSDataOutputStream create(
            Path file, boolean overwrite, int bufferBytes, short replication, long blockBytes, Progressable progress)
            throws IOException {
        if (file.getName().equals(full)) {
            throw new IOException("no space left");
        }
        FSDataOutputStream out = super.create(file, overwrite, bufferBytes, replication, blockBytes, progress);
        return writingKills > 0 && file.getName().startsWith("ImagingStudy.1.")
                ? new FSDataOutputStream(new Killing(out), null)
                : out;
    }

    private static final class Killing extends FilterOutputStream {

        Killing(OutputStream out) {
            super(out);
        }

        @Override
        public void close() throws IOException {
            super.close(); // all lines are there
            kill(writingKills);
        }
    }

    private static final class Counting extends FSInputStream {

        private final FSDataInputStream in;
        private final int kills;

        Counting(FSDataInputStream in, int kills) {
            this.in = in;
            this.kills = kills;
        }

        @Override
        public int read() throws IOException {
            int b = in.read();
            BYTES_READ.addAndGet(b < 0 ? 0 : 1);
            return b;
        }

        @Override
        public int read(byte[] bytes, int offset, int length) throws IOException {
            kill(kills);
            int n = in.read(bytes, offset, length);
            BYTES_READ.addAndGet(Math.max(0, n));
            return n;
        }

        @Override
        public void seek(long position) throws IOException {
            in.seek(position);
        }

        @Override
        public long getPos() throws IOException {
            return in.getPos();
        }

        @Override
        public boolean seekToNewSource(long position) {
            return false;
        }

        @Override
        public void close() throws IOException {
            in.close();
        }
    }
}
