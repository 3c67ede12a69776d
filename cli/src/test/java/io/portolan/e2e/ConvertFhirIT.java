package io.portolan.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.portolan.dicom.Attribute;
import io.portolan.dicom.DataSet;
import io.portolan.testdata.SyntheticStudies;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code portolan convert --fhir} onto the real FHIR server: there once, whatever happens meanwhile. */
class ConvertFhirIT {

    private static final Duration RUN_MAX = Duration.ofMinutes(3);

    @TempDir
    private Path directory;

    private Path state() {
        return directory.resolve(".portolan-convert");
    }

    @Test
    void publishesStudiesThatCanBeSearchedAndWritesNothingNewTheSecondTime() throws Exception {
        List<String> uids = uids(941001, SyntheticStudies.all().size());
        Path in = Files.createDirectory(directory.resolve("in"));
        for (int i = 0; i < uids.size(); i++) {
            write(in, uids.get(i), i);
        }
        Fhir fhir = new Fhir(Programs.sandboxUrl());
        try (CountingProxy proxy = new CountingProxy(Programs.sandboxUrl())) {
            try (ChildProcess first = convert(proxy.url())) {
                assertThat(first.awaitEnd(RUN_MAX)).as("%s", first.lines()).isZero();
                assertThat(first.lines())
                        .anyMatch(line -> line.contains(" 6 studies written to " + proxy.url()))
                        .noneMatch(line -> line.contains(" INFO "));
            }
            List<JsonNode> studies = new ArrayList<>();
            for (int i = 0; i < uids.size(); i++) {
                int instances = SyntheticStudies.all().get(i).size();
                assertThat(fhir.studies(uids.get(i)))
                        .as(uids.get(i))
                        .singleElement()
                        .satisfies(study -> assertThat(
                                        study.path("numberOfInstances").asInt())
                                .isEqualTo(instances));
                studies.addAll(fhir.studies(uids.get(i)));
            }
            String ofTheMr = studies.get(1).path("id").asText();
            assertThat(fhir.search("ImagingStudy", "modality", "MR"))
                    .extracting(study -> study.path("id").asText())
                    .contains(ofTheMr);
            assertThat(fhir.search("ImagingStudy", "patient.identifier", "urn:oid:2.25.900|PX-7F3K-90210"))
                    .extracting(study -> study.path("id").asText())
                    .contains(ofTheMr);
            assertThat(state()).doesNotExist();

            int writes = proxy.writes().size();
            try (ChildProcess second = convert(proxy.url())) {
                assertThat(second.awaitEnd(RUN_MAX)).as("%s", second.lines()).isZero();
            }
            assertThat(proxy.writes().subList(writes, proxy.writes().size()))
                    .as("a conditional create of what is there, and no more")
                    .allMatch(request -> request.equals("POST /fhir/Patient"));
            for (int i = 0; i < uids.size(); i++) {
                assertThat(fhir.studies(uids.get(i))).containsExactly(studies.get(i));
            }
        }
    }

    @Test
    void waitsForAServerThatIsNotThereYet() throws Exception {
        String uid = "2.25.942001";
        write(Files.createDirectory(directory.resolve("in")), uid, 0);
        int port = unusedPort();
        String url = "http://127.0.0.1:" + port + "/fhir";
        try (ChildProcess convert = convert(url)) {
            convert.awaitLine("FHIR server is not there, looking again in .*", RUN_MAX);
            assertThat(convert.isAlive()).isTrue();
            assertThat(new Fhir(Programs.sandboxUrl()).studies(uid)).isEmpty();
            try (CountingProxy proxy = new CountingProxy(Programs.sandboxUrl(), port)) {
                assertThat(proxy.url()).isEqualTo(url);
                assertThat(convert.awaitEnd(RUN_MAX)).as("%s", convert.lines()).isZero();
            }
        }
        assertThat(new Fhir(Programs.sandboxUrl()).studies(uid)).hasSize(1);
        assertThat(state()).doesNotExist();
    }

    @Test
    void namesAStudyThatTheServerRefusesAndTriesItAgainWhenResumed() throws Exception {
        List<String> uids = uids(943001, 3);
        Path in = Files.createDirectory(directory.resolve("in"));
        for (String uid : uids) {
            write(in, uid, 0);
        }
        Fhir fhir = new Fhir(Programs.sandboxUrl());
        try (CountingProxy proxy = new CountingProxy(Programs.sandboxUrl())) {
            proxy.refuse("urn:oid:" + uids.get(1) + '"');
            try (ChildProcess refused = convert(proxy.url())) {
                assertThat(refused.awaitEnd(RUN_MAX)).as("%s", refused.lines()).isEqualTo(1);
                assertThat(refused.lines())
                        .filteredOn(line -> line.contains("study " + uids.get(1) + ": not converted: "))
                        .singleElement()
                        .asString()
                        .contains("FHIR_REJECTED", "not in this house");
                assertThat(refused.lines()).anyMatch(line -> line.contains("--resume"));
            }
            assertThat(fhir.studies(uids.get(0))).hasSize(1);
            assertThat(fhir.studies(uids.get(1))).isEmpty();
            assertThat(fhir.studies(uids.get(2))).hasSize(1);
            assertThat(state()).isDirectory();

            try (ChildProcess again = convert(proxy.url(), "--resume", "--report", "report.json")) {
                assertThat(again.awaitEnd(RUN_MAX)).as("%s", again.lines()).isEqualTo(1);
            }
            JsonNode report =
                    new ObjectMapper().readTree(directory.resolve("report.json").toFile());
            assertThat(report.path("studies"))
                    .extracting(study -> study.path("outcome").asText())
                    .containsExactly("converted", "not converted", "converted");
            assertThat(report.at("/studies/1/study").asText()).isEqualTo(uids.get(1));
            assertThat(report.at("/studies/1/reason").asText()).contains("FHIR_REJECTED", "not in this house");
            assertThat(report.at("/totals/study not converted").asInt()).isEqualTo(4);

            proxy.refuse("");
            try (ChildProcess healed = convert(proxy.url(), "--resume")) {
                assertThat(healed.awaitEnd(RUN_MAX)).as("%s", healed.lines()).isZero();
            }
        }
        for (String uid : uids) {
            assertThat(fhir.studies(uid))
                    .singleElement()
                    .satisfies(study -> assertThat(versionOf(study)).isEqualTo("1"));
        }
        assertThat(state()).doesNotExist();
    }

    @Test
    void publishesEveryStudyOnceThoughItIsKilledMeanwhile() throws Exception {
        List<String> uids = uids(944001, 60);
        Path in = Files.createDirectory(directory.resolve("in"));
        for (String uid : uids) {
            write(in, uid, 3);
        }
        try (CountingProxy proxy = new CountingProxy(Programs.sandboxUrl())) {
            for (int writes : new int[] {1, 15, 30}) {
                try (ChildProcess convert = convert(proxy.url(), "--resume")) {
                    Await.until(writes + " writes", RUN_MAX, () -> {
                        assertThat(convert.isAlive()).as("%s", convert.lines()).isTrue();
                        return proxy.writes().size() >= writes;
                    });
                    convert.kill();
                }
                assertThat(state()).isDirectory();
            }
            long start = System.nanoTime();
            try (ChildProcess convert = convert(proxy.url(), "--resume")) {
                assertThat(convert.awaitEnd(RUN_MAX)).as("%s", convert.lines()).isZero();
            }
            assertThat(Duration.ofNanos(System.nanoTime() - start))
                    .as("waits for no lease of a run that is dead")
                    .isLessThan(Duration.ofSeconds(55));
        }
        Fhir fhir = new Fhir(Programs.sandboxUrl());
        for (String uid : uids) {
            assertThat(fhir.studies(uid))
                    .as(uid)
                    .singleElement()
                    .satisfies(study -> assertThat(versionOf(study)).isEqualTo("1"));
        }
        assertThat(fhir.search("Patient", "identifier", "urn:oid:2.25.900|PX-7F3K-90210"))
                .hasSize(1);
        assertThat(state()).doesNotExist();
    }

    @Test
    void saysHowToGoOnWhenItIsToldToEndWhileItPublishesOrWaits() throws Exception {
        write(Files.createDirectory(directory.resolve("in")), "2.25.945001", 0);
        try (ChildProcess waiting = convert("http://127.0.0.1:" + unusedPort() + "/fhir")) {
            waiting.awaitLine("FHIR server is not there, looking again in .*", RUN_MAX);
            waiting.terminate();
            assertThat(waiting.awaitEnd(RUN_MAX)).as("%s", waiting.lines()).isEqualTo(143);
            assertThat(waiting.lines())
                    .containsOnlyOnce("broken off; the same command with --resume goes on")
                    .noneMatch(line -> line.startsWith("\tat ") || line.contains(" ERROR "));
        }
        assertThat(state()).isDirectory();
        try (ChildProcess convert = convert(Programs.sandboxUrl(), "--resume")) {
            assertThat(convert.awaitEnd(RUN_MAX)).as("%s", convert.lines()).isZero();
        }
        assertThat(new Fhir(Programs.sandboxUrl()).studies("2.25.945001")).hasSize(1);
    }

    @Test
    void tellsOnceOfAStudyThatCannotBeMapped() throws Exception {
        String uid = "2.25.946001";
        List<DataSet> ct = Instances.ofStudy(uid, SyntheticStudies.ctTwoSeries());
        DataSet other = DataSet.builder()
                .addAll(ct.get(1))
                .add(Attribute.PatientID, "SOMEBODY-ELSE")
                .build();
        Instances.write(directory.resolve("in"), List.of(ct.get(0), other));
        try (ChildProcess convert = convert(Programs.sandboxUrl())) {
            assertThat(convert.awaitEnd(RUN_MAX)).as("%s", convert.lines()).isEqualTo(1);
            assertThat(convert.lines())
                    .containsOnlyOnce(
                            "study " + uid + ": not converted: patient conflict: instances differ in PatientID")
                    .noneMatch(line -> line.contains("--resume"));
        }
        assertThat(state()).as("nothing is left that could be gone on with").doesNotExist();
    }

    @Test
    void publishesToAnotherServerAndWithAnotherConfigurationWhatIsKnownFromTheLastRun() throws Exception {
        String uid = "2.25.947001";
        write(Files.createDirectory(directory.resolve("in")), uid, 0);
        Fhir fhir = new Fhir(Programs.sandboxUrl());
        try (CountingProxy one = new CountingProxy(Programs.sandboxUrl());
                CountingProxy other = new CountingProxy(Programs.sandboxUrl())) {
            try (ChildProcess first = convert(one.url(), "--since-last")) {
                assertThat(first.awaitEnd(RUN_MAX)).as("%s", first.lines()).isZero();
            }
            JsonNode study = fhir.studies(uid).get(0);
            int requests = other.requests().size();
            try (ChildProcess second = convert(other.url(), "--since-last")) {
                assertThat(second.awaitEnd(RUN_MAX)).as("%s", second.lines()).isZero();
                assertThat(second.lines()).anyMatch(line -> line.contains("(4 known from the last run)"));
            }
            assertThat(other.requests().subList(requests, other.requests().size()))
                    .anyMatch(request ->
                            request.contains("/ImagingStudy/" + study.path("id").asText()));
            try (ChildProcess third =
                    convert(other.url(), "--since-last", "--set", "mapping.accession-system=urn:oid:2.25.947")) {
                assertThat(third.awaitEnd(RUN_MAX)).as("%s", third.lines()).isZero();
            }
        }
        assertThat(fhir.studies(uid)).singleElement().asString().contains("urn:oid:2.25.947");
    }

    /** A file stands for what is in it now, whatever the content that it had; one that is gone for nothing. */
    @Test
    void publishesWhatAChangedFileSaysNowAndNothingOfOneThatIsGone() throws Exception {
        String uid = "2.25.948001";
        List<DataSet> ct = Instances.ofStudy(uid, SyntheticStudies.ctTwoSeries());
        Path in = Files.createDirectory(directory.resolve("in"));
        Instances.write(in, described(ct, "A"));
        Fhir fhir = new Fhir(Programs.sandboxUrl());
        runSinceLast();
        Instances.write(in, described(ct, "Z"));
        runSinceLast();
        assertThat(fhir.studies(uid))
                .singleElement()
                .satisfies(
                        study -> assertThat(study.path("description").asText()).isEqualTo("Z"));

        try (Stream<Path> files = Files.list(in)) {
            Files.delete(files.sorted().findFirst().orElseThrow());
        }
        runSinceLast();
        assertThat(fhir.studies(uid))
                .singleElement()
                .satisfies(study ->
                        assertThat(study.path("numberOfInstances").asInt()).isEqualTo(3));
    }

    private static List<DataSet> described(List<DataSet> study, String description) {
        return study.stream()
                .map(one -> DataSet.builder()
                        .addAll(one)
                        .add(Attribute.StudyDescription, description)
                        .build())
                .toList();
    }

    private void runSinceLast() throws Exception {
        try (ChildProcess run = convert(Programs.sandboxUrl(), "--since-last")) {
            assertThat(run.awaitEnd(RUN_MAX)).as("%s", run.lines()).isZero();
        }
    }

    private static String versionOf(JsonNode resource) {
        return resource.path("meta").path("versionId").asText();
    }

    private static List<String> uids(int first, int count) {
        return IntStream.range(first, first + count).mapToObj(i -> "2.25." + i).toList();
    }

    /** One of the synthetic studies, in a folder of its own. */
    private static void write(Path in, String uid, int which) throws IOException {
        Instances.write(
                in.resolve(uid), Instances.ofStudy(uid, SyntheticStudies.all().get(which)));
    }

    private ChildProcess convert(String fhirUrl, String... more) throws IOException {
        List<String> settings = List.of(
                "publish.retry-delay-min=100ms",
                "publish.retry-delay-max=1s",
                "mapping.patient=create",
                "mapping.patient-id-system=urn:oid:2.25.900");
        Stream<String> arguments = Stream.of(
                        Stream.of("convert", "in", "--fhir", fhirUrl),
                        settings.stream().flatMap(setting -> Stream.of("--set", setting)),
                        Stream.of(more))
                .flatMap(all -> all);
        return Programs.portolan(directory, List.of("-Xmx256m"), arguments.toArray(String[]::new));
    }

    private static int unusedPort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }
}
