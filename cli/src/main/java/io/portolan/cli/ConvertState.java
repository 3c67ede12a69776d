package io.portolan.cli;

import io.portolan.cli.convert.Conversion;
import io.portolan.cli.convert.OutputMark;
import io.portolan.cli.convert.ServerOutput;
import io.portolan.gateway.FileReason;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import org.jspecify.annotations.Nullable;

/** Where a conversion keeps what it has read: a folder for its owner alone, since it holds headers. */
final class ConvertState {

    /** In the folder of the output, or in the working directory. */
    static final String NAME = ".portolan-convert";

    private final Path folder;

    private ConvertState(Path folder) {
        this.folder = folder;
    }

    /**
     * The folder of a run, which need not be there.
     *
     * @param given where it is said to be; null: nowhere
     * @param out where files are written; null: nowhere
     */
    static ConvertState of(@Nullable Path given, @Nullable Path out) {
        return new ConvertState(given != null ? given : out == null ? Path.of(NAME) : out.resolve(NAME));
    }

    /** One that nobody else finds. */
    static ConvertState fleeting() throws IOException {
        return new ConvertState(Files.createTempDirectory("portolan-convert"));
    }

    Path folder() {
        return folder;
    }

    /** Whether the last run that kept its state here wrote into that folder. */
    boolean isOf(Path out) throws IOException {
        return OutputMark.is(folder, out);
    }

    /** Makes the folder; says whether there is something of an earlier run in it. */
    boolean prepare() throws UsageException {
        try {
            Files.createDirectory(folder, ownerOnly());
            return false;
        } catch (FileAlreadyExistsException e) {
            if (!Files.isDirectory(folder)) {
                throw new UsageException(folder + " is no folder: give another one with --state");
            }
            return Conversion.isState(folder);
        } catch (IOException e) {
            throw new UsageException("the folder " + folder + " cannot be made: " + FileReason.of(e));
        }
    }

    private FileAttribute<?>[] ownerOnly() {
        boolean posix = folder.getFileSystem().supportedFileAttributeViews().contains("posix");
        return posix
                ? new FileAttribute<?>[] {
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"))
                }
                : new FileAttribute<?>[0];
    }

    /** The run that has it begins to write into a folder. */
    void mark(Path out) throws IOException {
        OutputMark.set(folder, out);
    }

    /** Removes what a run has left; for whoever has it. */
    void remove() throws IOException {
        ServerOutput.removeState(folder);
        OutputMark.remove(folder);
        Conversion.removeState(folder);
    }
}
