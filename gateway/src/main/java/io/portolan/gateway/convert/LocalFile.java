package io.portolan.gateway.convert;

import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** A file or folder on a disk of this machine. */
public record LocalFile(Path path) implements Location {

    @Override
    public String name() {
        return Names.of(path);
    }

    @Override
    public String nameBelow(Location folder) {
        Path above = ((LocalFile) folder).path;
        return above.toString().isEmpty() ? name() : Names.of(above.relativize(path));
    }

    @Override
    public String lastName() {
        Path last = path.getFileName();
        return last == null ? "" : last.toString();
    }

    @Override
    public boolean exists() {
        return Files.exists(path);
    }

    @Override
    public boolean isFile() {
        return Files.isRegularFile(path);
    }

    @Override
    public InputStream open() throws IOException {
        return Files.newInputStream(path);
    }

    @Override
    public SeekableByteChannel openChannel() throws IOException {
        return Files.newByteChannel(path);
    }

    @Override
    public Location folder() {
        return new LocalFile(path.resolveSibling(""));
    }

    @Override
    public Optional<Location> resolve(String name) {
        try {
            return Optional.of(new LocalFile(path.resolve(name)));
        } catch (InvalidPathException e) {
            return Optional.empty();
        }
    }

    @Override
    public List<Location> list() throws IOException {
        List<Location> files = new ArrayList<>();
        try (DirectoryStream<Path> stream = Files.newDirectoryStream(path)) {
            stream.forEach(one -> files.add(new LocalFile(one)));
        } catch (DirectoryIteratorException e) {
            throw e.getCause();
        }
        return files;
    }
}
