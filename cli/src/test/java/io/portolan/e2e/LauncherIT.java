package io.portolan.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** The shell script before Java: what it adds must never be in the way. */
@DisabledOnOs(
        value = OS.WINDOWS,
        disabledReason = "it is a script for a POSIX shell, which Windows has not; there java -jar starts Portolan")
class LauncherIT {

    private static final Duration LIMIT = Duration.ofSeconds(90);

    @TempDir
    private Path directory;

    private Path home;

    private Path archive;

    @BeforeEach
    void unpackADistribution() throws IOException {
        home = Files.createDirectory(directory.resolve("home"));
        archive = home.resolve("portolan.jsa");
        Path built = Programs.ROOT.resolve("cli/target/portolan");
        Files.copy(Programs.ROOT.resolve("portolan"), home.resolve("portolan"));
        Files.copy(built.resolve("portolan.jar"), home.resolve("portolan.jar"));
        Files.createSymbolicLink(home.resolve("lib"), built.resolve("lib"));
    }

    @Test
    void archivesClassesAtTheFirstStartAndSharesThemFromThenOn() throws Exception {
        assertThat(launch("--version")).singleElement().asString().startsWith("portolan ");
        assertThat(archive).isNotEmptyFile();
        var made = Files.getLastModifiedTime(archive);
        assertShared();
        assertThat(Files.getLastModifiedTime(archive)).isEqualTo(made);
    }

    @Test
    void saysNothingOfAnArchiveThatIsBroken() throws Exception {
        launch("--version");
        Files.delete(archive); // it is read-only
        Files.writeString(archive, "no archive at all");
        assertThat(launch("--version")).singleElement().asString().startsWith("portolan ");
        assertThat(archive).hasContent("no archive at all");
    }

    @Test
    void saysNothingOfAnArchiveThatIsOfAnotherJar() throws Exception {
        launch("--version");
        Path old = Files.copy(archive, directory.resolve("old"));
        Files.setLastModifiedTime(home.resolve("portolan.jar"), FileTime.fromMillis(0));
        launch("--version");
        Files.delete(archive);
        Files.copy(old, archive);
        assertThat(launch("--version")).singleElement().asString().startsWith("portolan ");
    }

    @Test
    void makesTheArchiveAnewWhenTheJarWasChangedOrMoved() throws Exception {
        launch("--version");
        Path moved = directory.resolve("moved");
        Files.move(home, moved);
        home = moved;
        launch("--version");
        assertShared();
        Files.setLastModifiedTime(home.resolve("portolan.jar"), FileTime.fromMillis(0));
        launch("--version");
        assertShared();
    }

    @Test
    void doesWithoutAnArchiveWhereNoneCanBeMade() throws Exception {
        assertThat(launch("TMPDIR=" + directory.resolve("nowhere"), "--version"))
                .singleElement()
                .asString()
                .startsWith("portolan ");
    }

    @Test
    void takesNamesThatAreNotAsciiInAnyLocale() throws Exception {
        for (String locale : List.of("LC_ALL=C", "LC_ALL=POSIX", "LC_ALL=")) {
            ChildProcess shell = ChildProcess.start(
                    directory,
                    List.of(
                            "/usr/bin/env",
                            "-u",
                            "LANG",
                            "-u",
                            "LC_CTYPE",
                            locale,
                            "/bin/sh",
                            "-c",
                            "f=$(printf 'M\\303\\274ller'); echo no DICOM > $f; exec " + home.resolve("portolan")
                                    + " dump $f"));
            shell.awaitEnd(LIMIT);
            assertThat(shell.lines())
                    .anyMatch(line -> line.contains("not DICOM"))
                    .noneMatch(l -> l.contains("no such"));
        }
    }

    private void assertShared() throws Exception {
        assertThat(launch("PORTOLAN_JAVA_OPTS=-Xlog:class+load:stdout", "--version"))
                .anyMatch(line -> line.contains("io.portolan.") && line.contains("shared objects file (top)"));
    }

    /** Variables of the environment first, as of {@code env}. */
    private List<String> launch(String... arguments) throws Exception {
        List<String> command = new ArrayList<>(List.of("/usr/bin/env"));
        List<String> variables =
                Arrays.stream(arguments).filter(a -> a.contains("=")).toList();
        command.addAll(variables);
        command.add(home.resolve("portolan").toString());
        command.addAll(Arrays.asList(arguments).subList(variables.size(), arguments.length));
        ChildProcess portolan = ChildProcess.start(directory, command);
        assertThat(portolan.awaitEnd(LIMIT)).isZero();
        return portolan.lines();
    }
}
