package io.portolan.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.portolan.testdata.Cases;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A study with a value for every row is found by each search parameter of FHIR R4 ImagingStudy, and by no wrong value. */
class SearchIT {

    private static final String UID = "2.25.905001";

    @TempDir
    Path directory;

    @Test
    void findsAStudyByEverySearchParameter() throws Exception {
        Fhir fhir = new Fhir(Programs.sandboxUrl());
        String visit = "visit-905001";
        putVisit(visit);
        List<String> settings = new ArrayList<>(List.of(
                "mapping.issuers={ LIGHTHOUSE: \"urn:oid:2.25.905\" }",
                "mapping.accession-system=urn:oid:2.25.906",
                "mapping.specimen-system=urn:oid:2.25.907",
                "mapping.encounter=resolve",
                "mapping.endpoints={ archive: { type: dicom-wado-rs, address: \"https://search.example.org/rs\" } }"));
        Stream.of("group", "device", "practitioner", "organization", "location", "specimen", "service-request")
                .forEach(type -> settings.add("mapping." + type + "=create"));
        try (RunningGateway gateway =
                RunningGateway.start(directory, Programs.sandboxUrl(), settings.toArray(String[]::new))) {
            List<Path> files = Instances.write(
                    directory.resolve("in"),
                    Instances.ofStudy(UID, Cases.named("everything").instances()));
            ChildProcess send = Programs.portolan(
                    directory, List.of(), "send", gateway.peer(), files.get(0).toString());
            assertThat(send.awaitEnd(Duration.ofSeconds(60)))
                    .as("%s", send.lines())
                    .isZero();
            JsonNode study = fhir.awaitStudy(UID, 1);
            String id = study.path("id").asText();
            assertThat(study.at("/encounter/reference").asText()).isEqualTo("Encounter/" + visit);
            // spotless:off
            String[][] searches = {
                // parameter      finds it                                                            does not
                {"identifier",    "urn:dicom:uid|urn:oid:" + UID,                                     "urn:dicom:uid|" + UID},
                {"patient",       study.at("/subject/reference").asText(),                            "Patient/nobody-905"},
                {"subject",       study.at("/subject/reference").asText(),                            "Patient/nobody-905"},
                {"basedon",       study.at("/basedOn/0/reference").asText(),                          "ServiceRequest/none-905"},
                {"bodysite",      study.at("/series/0/bodySite/system").asText() + "|" + study.at("/series/0/bodySite/code").asText(), "http://snomed.info/sct|69536005"},
                {"dicom-class",   "urn:ietf:rfc:3986|urn:oid:1.2.840.10008.5.1.4.1.1.2",              "urn:ietf:rfc:3986|urn:oid:1.2.840.10008.5.1.4.1.1.4"},
                {"encounter",     "Encounter/" + visit,                                               "Encounter/none-905"},
                {"endpoint",      study.at("/endpoint/0/reference").asText(),                         "Endpoint/none-905"},
                {"instance",      study.at("/series/0/instance/0/uid").asText(),                      UID},
                {"interpreter",   study.at("/interpreter/0/reference").asText(),                      study.at("/referrer/reference").asText()},
                {"modality",      "http://dicom.nema.org/resources/ontology/DCM|CT",                  "http://dicom.nema.org/resources/ontology/DCM|MR"},
                {"performer",     study.at("/series/0/performer/0/actor/reference").asText(),         study.at("/referrer/reference").asText()},
                {"reason",        "http://snomed.info/sct|49727002",                                  "http://snomed.info/sct|271807003"},
                {"referrer",      study.at("/referrer/reference").asText(),                           study.at("/interpreter/0/reference").asText()},
                {"series",        study.at("/series/0/uid").asText(),                                 UID},
                {"started",       "2026-03-04T10:11:12+01:00",                                        "2026-03-04T10:11:12Z"},
                {"status",        "available",                                                        "cancelled"},
            };
            // spotless:on
            for (String[] search : searches) {
                assertThat(ids(fhir, search[0], search[1]))
                        .as("%s=%s", search[0], search[1])
                        .contains(id);
                assertThat(ids(fhir, search[0], search[2]))
                        .as("%s=%s", search[0], search[2])
                        .doesNotContain(id);
            }
        }
    }

    private static List<String> ids(Fhir fhir, String parameter, String value) throws Exception {
        return fhir.search("ImagingStudy", parameter, value).stream()
                .map(found -> found.path("id").asText())
                .toList();
    }

    /** As the hospital's own system would have. */
    private static void putVisit(String id) throws Exception {
        String visit = """
                {"resourceType": "Encounter", "id": "%s", "status": "in-progress",
                 "class": {"system": "http://terminology.hl7.org/CodeSystem/v3-ActCode", "code": "IMP"},
                 "identifier": [{"system": "urn:oid:2.25.905", "value": "VIS-7"}]}""".formatted(id);
        assertThat(HttpClient.newHttpClient()
                        .send(
                                HttpRequest.newBuilder(URI.create(Programs.sandboxUrl() + "/Encounter/" + id))
                                        .header("Content-Type", "application/fhir+json")
                                        .PUT(BodyPublishers.ofString(visit))
                                        .build(),
                                BodyHandlers.discarding())
                        .statusCode())
                .isIn(200, 201);
    }
}
