package io.portolan.spark;

import static org.assertj.core.api.Assertions.assertThat;

import io.portolan.gateway.convert.Location;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HadoopFileTest {

    private static final int BYTES = 10;

    @TempDir
    private Path folder;

    private final Configuration configuration = new Configuration(false);

    @BeforeEach
    void prepare() throws Exception {
        configuration.set("fs.faulty.impl", FaultyFileSystem.class.getName());
        Files.write(folder.resolve("file"), new byte[BYTES]);
        Files.createDirectory(folder.resolve("folder"));
    }

    private org.apache.hadoop.fs.Path path(String name) {
        return new org.apache.hadoop.fs.Path("faulty://" + folder.resolve(name));
    }

    /** Each question is a request to an object store, and what was listed has answered it. */
    @Test
    void asksNothingOfAFileThatWasListed() throws Exception {
        HadoopFile file = new HadoopFile(path("file"), BYTES, configuration);
        FaultyFileSystem.reset();
        assertThat(file.isFile()).isTrue();
        assertThat(FaultyFileSystem.ASKED).hasValue(0);
        try (SeekableByteChannel channel = file.openChannel()) {
            assertThat(channel.size()).isEqualTo(BYTES);
        }
        assertThat(FaultyFileSystem.ASKED).hasValue(1); // by the file system itself
    }

    @Test
    void asksWhatItIsThatNobodyListed() throws Exception {
        HadoopFile file = new HadoopFile(path("file"), HadoopFile.UNKNOWN, configuration);
        assertThat(file.isFile()).isTrue();
        assertThat(new HadoopFile(path("folder"), HadoopFile.UNKNOWN, configuration).isFile())
                .isFalse();
        try (SeekableByteChannel channel = file.openChannel()) {
            assertThat(channel.size()).isEqualTo(BYTES);
        }
    }

    @Test
    void takesNoFolderForAFileWhenItLists() throws Exception {
        List<Location> all = new HadoopFile(path(""), HadoopFile.UNKNOWN, configuration).list();
        assertThat(all)
                .filteredOn(Location::isFile)
                .extracting(Location::lastName)
                .containsExactly("file");
        assertThat(all).extracting(Location::lastName).containsExactlyInAnyOrder("file", "folder");
    }
}
