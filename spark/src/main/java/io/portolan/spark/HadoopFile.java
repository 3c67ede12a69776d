package io.portolan.spark;

import io.portolan.gateway.convert.Location;
import java.io.FileNotFoundException;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.net.URI;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Options.OpenFileOptions;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.security.AccessControlException;
import org.jspecify.annotations.Nullable;

/** A file or folder in a file system that Hadoop knows: HDFS, S3, Azure, Google Cloud Storage. */
final class HadoopFile implements Location {

    static final long UNKNOWN = -1;

    /** The header from the start, then nothing up to the last bytes: what is read ahead is not wanted. */
    private static final String READ_POLICY = OpenFileOptions.FS_OPTION_OPENFILE_READ_POLICY_RANDOM;

    private final Path path;
    private final long length;
    private final Configuration configuration;

    /**
     * One that may be there or not.
     *
     * @param path with its scheme
     * @param length in bytes, of a file that was listed; {@link #UNKNOWN} costs a request when it is opened
     */
    HadoopFile(Path path, long length, Configuration configuration) {
        this.path = path;
        this.length = length;
        this.configuration = configuration;
    }

    URI uri() {
        return path.toUri();
    }

    private FileSystem fileSystem() throws IOException {
        return path.getFileSystem(configuration);
    }

    @Override
    public String name() {
        return path.toString();
    }

    @Override
    public String nameBelow(Location folder) {
        String above = folder.name();
        return name().substring(above.length() + (above.endsWith(Path.SEPARATOR) ? 0 : 1));
    }

    @Override
    public String lastName() {
        return path.getName();
    }

    @Override
    public boolean exists() {
        return status().isPresent();
    }

    @Override
    public boolean isFile() {
        return length != UNKNOWN || status().filter(FileStatus::isFile).isPresent();
    }

    private Optional<FileStatus> status() {
        try {
            return Optional.of(fileSystem().getFileStatus(path));
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    @Override
    public InputStream open() throws IOException {
        long size = size();
        return new Seeking(openStream(size), size);
    }

    @Override
    public SeekableByteChannel openChannel() throws IOException {
        long size = size();
        return new HadoopChannel(openStream(size), size);
    }

    private long size() throws IOException {
        try {
            return length == UNKNOWN ? fileSystem().getFileStatus(path).getLen() : length;
        } catch (IOException e) {
            throw asOfADisk(e, path);
        }
    }

    /** What Hadoop has classes of its own for, as Java says it of a disk; else the same. */
    static IOException asOfADisk(IOException problem, Path path) {
        if (problem instanceof AccessControlException) {
            return (IOException) new AccessDeniedException(path.toString()).initCause(problem);
        }
        if (problem instanceof FileNotFoundException) {
            return (IOException) new NoSuchFileException(path.toString()).initCause(problem);
        }
        return problem;
    }

    private FSDataInputStream openStream(long size) throws IOException {
        try {
            return fileSystem()
                    .openFile(path)
                    .opt(OpenFileOptions.FS_OPTION_OPENFILE_READ_POLICY, READ_POLICY)
                    .optLong(OpenFileOptions.FS_OPTION_OPENFILE_LENGTH, size)
                    .build()
                    .get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException();
        } catch (ExecutionException e) {
            throw e.getCause() instanceof IOException problem
                    ? asOfADisk(problem, path)
                    : new IOException(e.getCause());
        } catch (IOException e) {
            throw asOfADisk(e, path);
        }
    }

    @Override
    public Location folder() {
        Path parent = path.getParent();
        return parent == null ? this : new HadoopFile(parent, UNKNOWN, configuration);
    }

    @Override
    public Optional<Location> resolve(String name) {
        try {
            return Optional.of(new HadoopFile(new Path(path, name), UNKNOWN, configuration));
        } catch (IllegalArgumentException e) { // a colon
            return Optional.empty();
        }
    }

    @Override
    public List<Location> list() throws IOException {
        return Stream.of(fileSystem().listStatus(path))
                .<Location>map(
                        one -> new HadoopFile(one.getPath(), one.isFile() ? one.getLen() : UNKNOWN, configuration))
                .toList();
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof HadoopFile file && file.path.equals(path);
    }

    @Override
    public int hashCode() {
        return path.hashCode();
    }

    /** Not every stream of Hadoop's seeks when it is to skip; some read what is skipped. */
    private static final class Seeking extends FilterInputStream {

        private final FSDataInputStream stream;
        private final long size;

        Seeking(FSDataInputStream stream, long size) {
            super(stream);
            this.stream = stream;
            this.size = size;
        }

        @Override
        public long skip(long n) throws IOException {
            long at = stream.getPos();
            long to = Math.min(size, at + Math.max(0, n));
            if (to <= at) {
                return 0;
            }
            stream.seek(to);
            return to - at;
        }
    }
}
