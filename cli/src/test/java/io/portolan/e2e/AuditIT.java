package io.portolan.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.portolan.dicom.Attribute;
import io.portolan.dicom.CharacterSet;
import io.portolan.dicom.DataSet;
import io.portolan.dicom.Uid;
import io.portolan.mapping.StudyMapper;
import io.portolan.testdata.SyntheticStudies;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** One AuditEvent for each version that the real FHIR server has in the history of a resource, whatever happens in between. */
class AuditIT {

    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir
    private Path directory;

    @Test
    void theServerIsToldOfEveryVersionOnceThroughRefusalKillAndDeletion() throws Exception {
        String uid = "2.25.941001";
        List<DataSet> ct = studyOf(uid, "PX-AUDIT-1");
        Fhir fhir = new Fhir(Programs.sandboxUrl());
        // the proxy does not look into what is packed
        String[] settings = {"audit.to=fhir", "audit.provenance=true", "sharing.expired=deleted", "fhir.gzip=false"};
        try (CountingProxy proxy = new CountingProxy(Programs.sandboxUrl())) {
            proxy.refuse("IHE.BasicAudit");
            try (RunningGateway gateway = RunningGateway.start(directory, proxy.url(), settings)) {
                send(gateway, "first", ct.subList(0, 2));
                fhir.awaitStudy(uid, 2);
                awaitMetric(gateway, "portolan_audit_refused", 3); // Patient, ImagingStudy, Provenance
                assertThat(gateway.health("ready").body()).contains("\"audit\":\"3 records were refused\"");
                proxy.refuse("");

                proxy.hold("PATCH");
                send(gateway, "second", ct.subList(2, 3));
                fhir.awaitStudy(uid, 3);
                gateway.kill(); // which has not heard of that
                proxy.hold("");
            }
            try (RunningGateway gateway = RunningGateway.start(directory, proxy.url(), settings)) {
                awaitMetric(gateway, "portolan_studies_dirty", 0);
                send(gateway, "third", ct.subList(3, 4));
                String study =
                        "ImagingStudy/" + fhir.awaitStudy(uid, 4).path("id").asText();
                awaitMetric(gateway, "portolan_studies_dirty", 0);
                awaitMetric(gateway, "portolan_audit_waiting", 0);
                assertThat(actionsBy(fhir, "entity", study))
                        .as("by entity")
                        .containsExactlyInAnyOrderElementsOf(history(study))
                        .containsExactlyInAnyOrder("C 1", "U 2", "U 3");
                send(gateway, "note", List.of(KeyObjects.of("1", "113039", "Data Retention Policy Expired", ct)));
                Await.until("deleted", LIMIT, () -> fhir.studies(uid).isEmpty());
                awaitMetric(gateway, "portolan_studies_dirty", 0);
                awaitMetric(gateway, "portolan_audit_waiting", 0);

                String patient = patient(fhir, "PX-AUDIT-1");
                assertThat(study).isEqualTo("ImagingStudy/" + StudyMapper.idOf(new Uid(uid)));
                assertThat(actionsOf(fhir, patient, proxy.url() + "/" + study))
                        .as("of the study, whose first version HAPI JPA lists no more once it is deleted")
                        .containsExactlyInAnyOrder("C 1", "U 2", "U 3", "D 4");
                assertThat(actionsBy(fhir, "patient", patient))
                        .as("by patient: it, the study, the Provenance")
                        .containsExactlyInAnyOrder("C 1", "C 1", "U 2", "U 3", "D 4", "C 1", "D 2");
                assertThat(actionsBy(fhir, "entity", patient)).contains("C 1");
                for (JsonNode event : fhir.search("AuditEvent", "patient", patient)) {
                    assertThat(event.at("/meta/versionId").asText())
                            .as("created only")
                            .isEqualTo("1");
                }
                gateway.stop();
            }
        }
    }

    @Test
    void aFileHasALineForEveryVersionAndNoPatientValue() throws Exception {
        String uid = "2.25.941002";
        List<DataSet> ct = studyOf(uid, "PX-AUDIT-2");
        Fhir fhir = new Fhir(Programs.sandboxUrl());
        Path file = directory.resolve("data/audit.ndjson");
        try (CountingProxy proxy = new CountingProxy(Programs.sandboxUrl())) {
            try (RunningGateway gateway = RunningGateway.start(directory, proxy.url(), "audit.to=log")) {
                send(gateway, "first", ct.subList(0, 2));
                fhir.awaitStudy(uid, 2);
                awaitMetric(gateway, "portolan_audit_delivered_total", 2);
                proxy.hold("PATCH");
                send(gateway, "second", ct.subList(2, 3));
                fhir.awaitStudy(uid, 3);
                gateway.kill();
                proxy.hold("");
            }
            try (RunningGateway gateway = RunningGateway.start(directory, proxy.url(), "audit.to=log")) {
                send(gateway, "third", ct.subList(3, 4));
                fhir.awaitStudy(uid, 4);
                awaitMetric(gateway, "portolan_studies_dirty", 0);
                assertThat(gateway.stop()).isEqualTo(143);
            }
        }
        List<String> lines = Files.readAllLines(file);
        List<String> actions = new ArrayList<>();
        for (String line : lines) {
            assertThat(line).doesNotContain(SyntheticStudies.PATIENT_VALUES).doesNotContain("PX-AUDIT");
            actions.add(text(JSON.readTree(line)));
        }
        assertThat(actions).containsExactlyInAnyOrder("C 1", "C 1", "U 2", "U 3");
        String study = "ImagingStudy/" + StudyMapper.idOf(new Uid(uid));
        assertThat(lines).filteredOn(line -> line.contains(study)).hasSameSizeAs(history(study));
    }

    private static List<DataSet> studyOf(String uid, String patient) {
        return Instances.ofStudy(uid, SyntheticStudies.ctTwoSeries()).stream()
                .map(one -> DataSet.builder(CharacterSet.DEFAULT)
                        .addAll(one)
                        .add(Attribute.PatientID, patient)
                        .build())
                .toList();
    }

    private static String patient(Fhir fhir, String id) throws Exception {
        List<JsonNode> found = fhir.search("Patient", "identifier", "urn:oid:2.25.900|" + id);
        assertThat(found).hasSize(1);
        return "Patient/" + found.get(0).path("id").asText();
    }

    private static List<String> actionsBy(Fhir fhir, String parameter, String value) throws Exception {
        List<String> actions = new ArrayList<>();
        for (JsonNode event : fhir.search("AuditEvent", parameter, value)) {
            actions.add(text(event));
        }
        return actions;
    }

    /** HAPI JPA does not search by the identifier of a reference. */
    private static List<String> actionsOf(Fhir fhir, String patient, String resource) throws Exception {
        List<String> actions = new ArrayList<>();
        for (JsonNode event : fhir.search("AuditEvent", "patient", patient)) {
            if (event.at("/entity/0/what/identifier/value").asText().equals(resource)) {
                actions.add(text(event));
            }
        }
        return actions;
    }

    /** {@code U 2}: what was done, and the version that came of it. */
    private static String text(JsonNode event) {
        String reference = event.at("/entity/0/what/reference").asText();
        String version = reference.isEmpty()
                ? event.at("/entity/0/detail/0/valueString").asText()
                : reference.replaceFirst(".*/_history/", "");
        return event.path("action").asText() + " " + version;
    }

    /** The same of the versions that the server has. */
    private static List<String> history(String reference) throws Exception {
        JsonNode bundle = new Fhir(Programs.sandboxUrl()).find(reference + "/_history?_count=100");
        List<String> versions = new ArrayList<>();
        bundle.path("entry").forEach(entry -> {
            String method = entry.at("/request/method").asText();
            String version = entry.path("fullUrl").asText().isEmpty() || !entry.has("resource")
                    ? entry.at("/request/url").asText().replaceFirst(".*/_history/", "")
                    : entry.at("/resource/meta/versionId").asText();
            String action = method.equals("DELETE") ? "D" : version.equals("1") ? "C" : "U";
            versions.add(action + " " + version);
        });
        return versions;
    }

    private static void awaitMetric(RunningGateway gateway, String name, double value) throws Exception {
        Await.until(name + " " + value, LIMIT, () -> gateway.metric(name).orElse(-1) == value);
    }

    private void send(RunningGateway gateway, String name, List<DataSet> instances) throws Exception {
        List<Path> files = Instances.write(directory.resolve(name), instances);
        ChildProcess send = Programs.portolan(
                directory,
                List.of(),
                Stream.concat(Stream.of("send", gateway.peer()), files.stream().map(Path::toString))
                        .toArray(String[]::new));
        assertThat(send.awaitEnd(LIMIT)).as("%s", send.lines()).isZero();
    }
}
