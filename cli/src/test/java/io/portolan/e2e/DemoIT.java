package io.portolan.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.portolan.testdata.SyntheticStudies;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a newcomer sees first. */
class DemoIT {

    private static final Duration DEMO_MAX = Duration.ofMinutes(5);

    @TempDir
    private Path directory;

    @Test
    void showsEveryStudyAsTheFhirServerHasItAndLeavesNothingBehind() throws Exception {
        try (ChildProcess demo = demo()) {
            assertThat(demo.awaitEnd(DEMO_MAX)).as("%s", demo.lines()).isZero();
            assertThat(demo.lines().stream().filter(line -> line.contains("/fhir/ImagingStudy/")))
                    .hasSameSizeAs(SyntheticStudies.all())
                    .anyMatch(line -> line.matches(".*Tsubame Kuzunoha / 燕 葛葉 / .* CT .*"))
                    .anyMatch(line -> line.matches(".* 2026-09-14 +CT +CT, CT +4 .*"))
                    .anyMatch(line -> line.matches(".* 2026-09-14 +CT +CT, SR +2 .*"));
            assertThat(demo.lines()).noneMatch(line -> line.contains("WARN") || line.contains("ERROR"));
        }
        assertThat(leftBehind()).isEmpty();
    }

    @Test
    void keepsEverythingRunningUntilItIsToldToStop() throws Exception {
        try (ChildProcess demo = demo("--keep")) {
            int port = Integer.parseInt(demo.awaitLine("send PORTOLAN@127\\.0\\.0\\.1:(\\d+)", DEMO_MAX));
            String fhirUrl = demo.awaitLine("FHIR server +(\\S+)", DEMO_MAX);
            ChildProcess echo = Programs.portolan(directory, List.of(), "echo", "PORTOLAN@127.0.0.1:" + port);
            assertThat(echo.awaitEnd(Duration.ofSeconds(60))).isZero();
            assertThat(new Fhir(fhirUrl).search("ImagingStudy", "modality", "MR"))
                    .hasSize(1);
            demo.terminate();
            assertThat(demo.awaitEnd(Duration.ofSeconds(60))).isEqualTo(143);
        }
        assertThat(leftBehind()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"Starting a HAPI", "Sending \\["})
    void leavesNothingBehindAndBlamesNobodyWhenInterruptedAtATerminal(String moment) throws Exception {
        Peers.require("script");
        String command = String.join(
                " ",
                Programs.command(
                        List.of("-Djava.io.tmpdir=" + directory, "-Dportolan.terminal.err=true"), "demo", "--keep"));
        try (ChildProcess demo = Peers.start(directory, "script", "-qec", command, "/dev/null")) {
            demo.awaitLine(moment, DEMO_MAX);
            demo.type("\u0003");
            assertThat(demo.awaitEnd(Duration.ofSeconds(60))).isEqualTo(130);
            assertThat(demo.lines())
                    .noneMatch(line -> line.contains("portolan:") || line.contains("ERROR") || line.contains("WARN"));
        }
        assertThat(directory).isEmptyDirectory();
    }

    @Test
    void saysBeforeItStartsThatItsFolderIsNone() throws Exception {
        try (ChildProcess demo = demo("--dir", "nowhere")) {
            assertThat(demo.awaitEnd(Duration.ofSeconds(60))).isEqualTo(2);
            assertThat(demo.lines())
                    .containsExactly(
                            "portolan: there is no folder nowhere; choose another folder with --dir DIR, or TMPDIR");
        }
    }

    private ChildProcess demo(String... arguments) throws Exception {
        String[] all = Stream.concat(Stream.of("demo"), Stream.of(arguments)).toArray(String[]::new);
        return Programs.portolan(directory, List.of("-Djava.io.tmpdir=" + directory, "-Dstdout.encoding=UTF-8"), all);
    }

    private List<Path> leftBehind() throws Exception {
        try (Stream<Path> entries = Files.list(directory)) {
            return entries.filter(path -> path.getFileName().toString().startsWith("portolan-demo"))
                    .toList();
        }
    }
}
