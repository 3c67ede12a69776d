package io.portolan.sandbox;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import ca.uhn.fhir.context.FhirContext;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.hl7.fhir.r4.model.Bundle;
import org.hl7.fhir.r4.model.CapabilityStatement;
import org.hl7.fhir.r4.model.CapabilityStatement.SystemRestfulInteraction;
import org.hl7.fhir.r4.model.Enumerations.FHIRVersion;
import org.hl7.fhir.r4.model.ImagingStudy;
import org.hl7.fhir.r4.model.Resource;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The runnable jar as a process of its own, asked over HTTP what a publisher will ask it. */
class SandboxIT {
    private static final Duration START_MAX = Duration.ofMinutes(3);
    private static final Duration ANSWER_MAX = Duration.ofMinutes(1);
    private static final String READY = "FHIR server ready: ";

    private static final FhirContext FHIR = FhirContext.forR4Cached();
    private static final HttpClient HTTP = HttpClient.newHttpClient();

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private static Path folder;

    @SuppressWarnings("NullAway.Init")
    private static Process server;

    private static String baseUrl = "";

    @BeforeAll
    static void start() throws Exception {
        server = sandbox(folder.resolve("server.err"), "--port", "0", "--exit-with-parent");
        String line = CompletableFuture.supplyAsync(() -> firstLineOf(server)).get(START_MAX.toSeconds(), SECONDS);
        assertThat(line)
                .as("standard error: %s", Files.readString(folder.resolve("server.err")))
                .matches(READY + "http://127\\.0\\.0\\.1:[0-9]+/fhir");
        baseUrl = line.substring(READY.length());
    }

    /** Closing its standard input is what the death of its parent does. */
    @AfterAll
    static void exitsWhenItsStandardInputEnds() throws Exception {
        server.outputWriter().close();
        boolean ended = server.waitFor(ANSWER_MAX.toSeconds(), SECONDS);
        if (!ended) {
            server.destroyForcibly();
        }
        assertThat(ended).as("ended by itself").isTrue();
        assertThat(server.exitValue()).isZero();
        assertThat(server.inputReader().readLine()).as("second line").isNull();
        assertThat(Files.readAllLines(folder.resolve("server.err")))
                .containsExactly("Starting a HAPI FHIR R4 server (takes 10 to 20 seconds)...");
    }

    @Test
    void saysThatItSpeaksR4AndTakesTransactions() throws Exception {
        CapabilityStatement capabilities = read(CapabilityStatement.class, get("/metadata"));

        assertThat(capabilities.getFhirVersion()).isEqualTo(FHIRVersion._4_0_1);
        assertThat(capabilities.getRestFirstRep().getInteraction())
                .extracting(interaction -> interaction.getCode())
                .contains(SystemRestfulInteraction.TRANSACTION);
    }

    @Test
    void findsAStudyThatATransactionBroughtAlongWithItsPatient() throws Exception {
        Bundle answer = read(Bundle.class, send("POST", "", transaction("1.2.3", "MRN-1")));
        assertThat(answer.getEntry())
                .extracting(entry -> entry.getResponse().getStatus())
                .containsExactly("201 Created", "201 Created");

        assertThat(idsFound("identifier", "urn:dicom:uid|urn:oid:1.2.3")).containsExactly("study-1.2.3");
        assertThat(idsFound("patient.identifier", "urn:example:mrn|MRN-1")).containsExactly("study-1.2.3");
        assertThat(idsFound("patient.identifier", "urn:example:mrn|MRN-unknown"))
                .isEmpty();
    }

    @Test
    void makesNoNewVersionOfUnchangedContent() throws Exception {
        send("POST", "", transaction("1.2.4", "MRN-2"));
        ImagingStudy study = read(ImagingStudy.class, get("/ImagingStudy/study-1.2.4"));

        HttpResponse<String> unchanged = send("PUT", "/ImagingStudy/study-1.2.4", write(study));
        assertThat(unchanged.headers().firstValue("ETag")).hasValue("W/\"1\"");

        study.setStatus(ImagingStudy.ImagingStudyStatus.CANCELLED);
        HttpResponse<String> changed = send("PUT", "/ImagingStudy/study-1.2.4", write(study));
        assertThat(changed.headers().firstValue("ETag")).hasValue("W/\"2\"");
    }

    @Test
    void createsAPatientOnlyOnce() throws Exception {
        send("POST", "", transaction("1.2.5", "MRN-3"));
        Bundle again = read(Bundle.class, send("POST", "", transaction("1.2.6", "MRN-3")));

        assertThat(again.getEntry())
                .extracting(entry -> entry.getResponse().getStatus())
                .containsExactly("200 OK", "201 Created");
        assertThat(idsFound("patient.identifier", "urn:example:mrn|MRN-3"))
                .containsExactlyInAnyOrder("study-1.2.5", "study-1.2.6");
    }

    @Test
    void exitsWithTwoAndOneLineWhenThePortIsTaken() throws Exception {
        String port = String.valueOf(URI.create(baseUrl).getPort());
        Path errors = folder.resolve("second.err");
        Process second = sandbox(errors, "--port", port);

        assertThat(second.waitFor(ANSWER_MAX.toSeconds(), SECONDS))
                .as("ended by itself")
                .isTrue();
        assertThat(second.exitValue()).isEqualTo(2);
        assertThat(Files.readAllLines(errors))
                .containsExactly("Port " + port + " of 127.0.0.1 is taken. Choose another one with --port.");
    }

    private static Process sandbox(Path errors, String... options) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx512m",
                "-XX:TieredStopAtLevel=1",
                "-jar",
                Path.of(System.getProperty("sandbox.folder"), "portolan-sandbox.jar")
                        .toString()));
        command.addAll(List.of(options));
        return new ProcessBuilder(command).redirectError(errors.toFile()).start();
    }

    /** Empty when the process ends without a word. */
    private static String firstLineOf(Process process) {
        return process.inputReader().lines().findFirst().orElse("");
    }

    private static List<String> idsFound(String parameter, String value) throws Exception {
        Bundle found = read(Bundle.class, get("/ImagingStudy?" + parameter + "=" + URLEncoder.encode(value, UTF_8)));
        return found.getEntry().stream()
                .map(entry -> entry.getResource().getIdPart())
                .toList();
    }

    private static HttpResponse<String> get(String path) throws Exception {
        return answered(request(path).GET().build());
    }

    private static HttpResponse<String> send(String method, String path, String body) throws Exception {
        return answered(request(path)
                .header("Content-Type", "application/fhir+json")
                .method(method, BodyPublishers.ofString(body))
                .build());
    }

    private static HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create(baseUrl + path)).timeout(ANSWER_MAX);
    }

    private static HttpResponse<String> answered(HttpRequest request) throws Exception {
        HttpResponse<String> response = HTTP.send(request, BodyHandlers.ofString());
        assertThat(response.statusCode()).as(response.body()).isBetween(200, 299);
        return response;
    }

    private static <T extends Resource> T read(Class<T> type, HttpResponse<String> response) {
        return FHIR.newJsonParser().parseResource(type, response.body());
    }

    private static String write(Resource resource) {
        return FHIR.newJsonParser().encodeResourceToString(resource);
    }

    private static String transaction(String studyUid, String mrn) {
        return """
                {"resourceType": "Bundle", "type": "transaction", "entry": [
                  {
                    "fullUrl": "urn:uuid:6f1c3a52-8b7e-4d0a-9c55-0e2d7a41b301",
                    "resource": {
                      "resourceType": "Patient",
                      "identifier": [{"system": "urn:example:mrn", "value": "%2$s"}]
                    },
                    "request": {
                      "method": "POST",
                      "url": "Patient",
                      "ifNoneExist": "identifier=urn:example:mrn|%2$s"
                    }
                  },
                  {
                    "fullUrl": "urn:uuid:6f1c3a52-8b7e-4d0a-9c55-0e2d7a41b302",
                    "resource": {
                      "resourceType": "ImagingStudy",
                      "id": "study-%1$s",
                      "identifier": [{"system": "urn:dicom:uid", "value": "urn:oid:%1$s"}],
                      "status": "available",
                      "subject": {"reference": "urn:uuid:6f1c3a52-8b7e-4d0a-9c55-0e2d7a41b301"}
                    },
                    "request": {"method": "PUT", "url": "ImagingStudy/study-%1$s"}
                  }
                ]}
                """.formatted(studyUid, mrn);
    }
}
