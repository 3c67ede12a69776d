package io.portolan.cli.convert;

import java.io.BufferedWriter;
import java.io.FilterWriter;
import java.io.IOException;
import java.io.Writer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;

/** Files that are there wholly or not at all, after a power cut too. */
public final class WholeFile {

    private static final int BUFFER_CHARACTERS = 1 << 16;
    private static final int BUFFER_BYTES = 1 << 17; // by itself it would write in pieces of 8 KB

    /** What is to be in it. */
    public interface Content {
        void writeTo(Writer out) throws IOException;
    }

    private WholeFile() {}

    /** Under a temporary name first, on disk before it is moved. A file that says the same is left as it is. */
    public static void write(Path file, Content content) throws IOException {
        Path part = partOf(file);
        try {
            try (FileChannel channel = FileChannel.open(
                            part,
                            StandardOpenOption.CREATE,
                            StandardOpenOption.TRUNCATE_EXISTING,
                            StandardOpenOption.WRITE);
                    Writer out = new BufferedWriter(
                            Channels.newWriter(channel, StandardCharsets.UTF_8.newEncoder(), BUFFER_BYTES),
                            BUFFER_CHARACTERS)) {
                content.writeTo(new Unflushed(out));
                out.flush();
                if (Files.isRegularFile(file) && Files.mismatch(part, file) < 0) {
                    return;
                }
                channel.force(true);
            }
            Files.move(part, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } finally {
            Files.deleteIfExists(part);
        }
    }

    /** Encoders of JSON flush after every value, which would be a call of the operating system each. */
    private static final class Unflushed extends FilterWriter {

        Unflushed(Writer out) {
            super(out);
        }

        @Override
        public void flush() {
            // when all is written
        }
    }

    /** Where it is before it is whole. */
    public static Path partOf(Path file) {
        return file.resolveSibling("." + file.getFileName() + ".part");
    }
}
