package io.portolan.cli.convert;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.portolan.cli.ConvertRoom;
import io.portolan.dicom.DataSet;
import io.portolan.gateway.convert.FileReader;
import io.portolan.gateway.convert.Found;
import io.portolan.gateway.convert.Names;
import io.portolan.gateway.convert.Outcome;
import io.portolan.testdata.SyntheticStudies;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class InputsTest {

    private static final List<DataSet> CT = SyntheticStudies.ctTwoSeries();

    @TempDir
    private Path folder;

    private ConvertRoom room;

    @BeforeEach
    void makeRoom() throws Exception {
        room = new ConvertRoom(folder);
    }

    private List<Path> ct() throws Exception {
        List<Path> files = new ArrayList<>();
        for (int i = 0; i < CT.size(); i++) {
            files.add(room.write("ct" + i, CT.get(i)));
        }
        return files;
    }

    @Test
    void readsAListOfOnePathALine() throws Exception {
        List<Path> files = ct();
        assertThat(room.convertList("\n" + files.get(0) + "\n\n" + files.get(2) + "\r\n" + files.get(1)))
                .isZero();
        assertThat(room.outcomes()).containsOnlyKeys("ct0", "ct1", "ct2");
    }

    @Test
    void readsAListOfPathsWithANulBehindEachWhateverIsInTheirNames() throws Exception {
        room.write("line\nfeed", CT.get(0));
        room.write("return\r", CT.get(1));
        room.write(" blank ", CT.get(2));
        List<String> names = List.of("line\nfeed", "return\r", " blank ");
        String list = String.join(
                "", names.stream().map(name -> room.in().resolve(name) + "\0").toList());
        assertThat(room.convertList(list)).isZero();
        assertThat(room.outcomes()).containsOnlyKeys(names.toArray(String[]::new));
    }

    @Test
    void takesANameThatEndsInACarriageReturnForWhatItIs() throws Exception {
        Path file = room.write("return\r", CT.get(0));
        assertThat(room.convertList(file + "\n")).isZero();
        assertThat(room.outcomes()).containsOnlyKeys("return\r");
    }

    @Test
    void namesWhatAListNamesAndIsNotThere() throws Exception {
        Path file = ct().get(0);
        assertThat(room.convertList(file + "\n" + room.in().resolve("lost") + "\n"))
                .isEqualTo(1);
        assertThat(room.outcomes()).containsEntry("lost", "unreadable").containsEntry("ct0", "converted");
        assertThat(room.reasons()).containsEntry("lost", "there is no such file or folder");
    }

    @Test
    void readsWhatAListNamesAgainOnce() throws Exception {
        Path file = ct().get(0);
        assertThat(room.convertList(file + "\n" + room.in() + "\n" + file + "\n" + room.in() + "\n"))
                .isZero();
        assertThat(room.outcomes()).hasSize(4);
        assertThat(room.out()).startsWith("4 files, 1 study");
    }

    /** As find lists them: the folder, and everything in it. */
    @Test
    void leavesOutWhatItWroteItselfFromAListToo() throws Exception {
        ct();
        Object[] here = {"--out", room.in().resolve("fhir")};
        assertThat(room.run(room.in(), here[0], here[1], "--report", room.in().resolve("report.json")))
                .isZero();
        StringBuilder list = new StringBuilder();
        try (var all = Files.walk(room.in())) {
            all.forEach(path -> list.append(path).append('\0'));
        }
        java.io.InputStream before = System.in;
        try {
            System.setIn(new java.io.ByteArrayInputStream(list.toString().getBytes(StandardCharsets.UTF_8)));
            assertThat(room.run("-", here[0], here[1], "--report", room.in().resolve("report.json")))
                    .isZero();
        } finally {
            System.setIn(before);
        }
        assertThat(room.out()).startsWith("4 files, 1 study");
    }

    @Test
    void convertsFilesWhoseNamesAreNoUtf8AndShowsThem() throws Exception {
        String name = room.in() + "/\u00FF\u00FE";
        Path file = Names.path(name.getBytes(StandardCharsets.ISO_8859_1));
        Files.write(file, SyntheticStudies.toFile(CT.get(0)));
        Files.write(
                Names.path((room.in() + "/%FF%FE").getBytes(StandardCharsets.ISO_8859_1)),
                SyntheticStudies.toFile(CT.get(1)));
        Files.write(
                Names.path((room.in() + "/\u00C3\u00BC").getBytes(StandardCharsets.ISO_8859_1)),
                SyntheticStudies.toFile(CT.get(2)));

        assertThat(room.convert()).isZero();
        assertThat(room.outcomes()).containsOnlyKeys("%FF%FE", "%25FF%25FE", "\u00FC");

        assertThat(room.convertList(name + "\n")).isZero();
        assertThat(room.outcomes()).containsOnlyKeys("%FF%FE");
    }

    @Test
    void followsLinksAndNamesLoopsAndWhatLeadsNowhere() throws Exception {
        Path elsewhere = Files.createDirectories(folder.resolve("elsewhere"));
        Files.write(
                elsewhere.resolve("cr"),
                SyntheticStudies.toFile(SyntheticStudies.cr().get(0)));
        Files.createSymbolicLink(room.in().resolve("linked"), elsewhere);
        Files.createSymbolicLink(elsewhere.resolve("back"), room.in());
        Files.createSymbolicLink(room.in().resolve("self"), Path.of("self"));
        Files.createSymbolicLink(room.in().resolve("nowhere"), Path.of("/no/such/file"));

        assertThat(room.convert()).isEqualTo(1);

        assertThat(room.outcomes())
                .containsOnlyKeys("linked/back", "linked/cr", "nowhere", "self")
                .containsEntry("linked/cr", "converted");
        assertThat(room.reasons())
                .containsEntry("linked/back", "a loop of symbolic links")
                .containsEntry("self", "a loop of symbolic links")
                .containsEntry("nowhere", "there is no such file or folder");
    }

    @Test
    void waitsForNoPipe() throws Exception {
        Path pipe = room.in().resolve("pipe");
        assumeTrue(MediaDirectoryTest.makePipe(pipe), "no mkfifo");
        assertThat(room.convert()).isEqualTo(1);
        assertThat(room.outcomes()).containsOnlyKeys("pipe").containsValue("unreadable");
        assertThat(room.convertList(pipe + "\n")).isEqualTo(1);
    }

    @Test
    void namesAFolderThatCannotBeOpened() throws Exception {
        room.write("closed/ct", CT.get(0));
        room.write("open", CT.get(1));
        Path closed = room.in().resolve("closed");
        Files.setPosixFilePermissions(closed, PosixFilePermissions.fromString("---------"));
        boolean open = Files.isReadable(closed);
        int code = room.convert();
        Files.setPosixFilePermissions(closed, PosixFilePermissions.fromString("rwx------"));
        assumeFalse(open, "root may open everything");
        assertThat(code).isEqualTo(1);
        assertThat(room.reasons()).containsEntry("closed", "permission denied");
    }

    @Test
    void walksOnceThroughWhatLiesInAnotherInput() throws Exception {
        ct();
        room.write("below/cr", SyntheticStudies.cr().get(0));
        Path below = room.in().resolve("below");
        assertThat(room.convert(below, room.in() + "/./below/../below/cr", room.in() + "/"))
                .isZero();
        assertThat(room.outcomes()).hasSize(5);
    }

    @Test
    void takesAnEmptyFileAndAFolderInAFolderForNothing() throws Exception {
        room.write("empty", new byte[0]);
        Files.createDirectories(room.in().resolve("a/b/c"));
        assertThat(room.convert()).isEqualTo(1);
        assertThat(room.outcomes()).containsOnlyKeys("empty").containsEntry("empty", "not DICOM");
    }

    @Test
    void readsAFileAsItIsWhenItIsReadAndReportsOneThatIsGone() throws Exception {
        Path gone = room.write("gone", CT.get(0));
        Found before = new Found(gone, Files.size(gone), 0);
        Path grown = room.write("grown", CT.get(1));
        Found small = new Found(grown, 10, 0);
        Files.delete(gone);
        FileReader reader = new FileReader(
                io.portolan.dicom.io.Selection.MAPPED, io.portolan.dicom.io.ReadLimits.DEFAULT, java.util.Map.of());
        assertThat(reader.read(before).outcome()).isEqualTo(Outcome.UNREADABLE);
        assertThat(reader.read(before).reason()).isEqualTo("there is no such file or folder");
        assertThat(reader.read(small).outcome()).isEqualTo(Outcome.CONVERTED);
        assertThat(reader.read(small).size()).isEqualTo(10); // so that it is read again
    }
}
