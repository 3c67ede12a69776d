package io.portolan.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.portolan.dicom.Attribute;
import io.portolan.dicom.CharacterSet;
import io.portolan.dicom.DataSet;
import io.portolan.dicom.Uid;
import io.portolan.mapping.StudyMapper;
import io.portolan.testdata.SyntheticStudies;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is rejected, pointed out or kept from sharing, by C-STORE and on the real FHIR server. */
class SharingIT {

    private static final String RAW_DATA = "1.2.840.10008.5.1.4.1.1.66";

    @TempDir
    private Path directory;

    @Test
    void rejectsPointsOutAndKeepsFromSharing() throws Exception {
        String uid = "2.25.931001";
        List<DataSet> ct = Instances.ofStudy(uid, SyntheticStudies.ctTwoSeries());
        DataSet first = ct.get(0);
        DataSet raw = DataSet.builder(CharacterSet.DEFAULT)
                .addAll(first)
                .add(Attribute.SOPClassUID, RAW_DATA)
                .add(Attribute.SOPInstanceUID, uid + ".1.777")
                .build();
        Fhir fhir = new Fhir(Programs.sandboxUrl());
        try (RunningGateway gateway =
                RunningGateway.start(directory, Programs.sandboxUrl(), "sharing.exclude-sop-classes=" + RAW_DATA)) {
            send(gateway, "images", Stream.concat(ct.stream(), Stream.of(raw)).toList());
            JsonNode study = fhir.awaitStudy(uid, 5);
            assertThat(listed(study)).as("excluded: counted, not listed").hasSize(4);

            DataSet selection = KeyObjects.of("1", "113000", "Of Interest", List.of(ct.get(1)));
            send(gateway, "selection", List.of(selection));
            JsonNode selected = awaitOther(fhir, uid, "Of Interest");
            assertThat(listed(selected)).containsExactly(uidOf(ct.get(1)));
            assertThat(selected.path("numberOfInstances").asInt()).isEqualTo(1);

            send(gateway, "blurred", List.of(KeyObjects.of("2", "113001", "Rejected", List.of(first))));
            JsonNode less =
                    await(fhir, uid, "numberOfInstances", "5"); // the selection's document, and no longer the first
            assertThat(listed(less)).hasSize(4).doesNotContain(uidOf(first)).contains(uidOf(selection));

            send(
                    gateway,
                    "wrong",
                    List.of(KeyObjects.of(
                            "3", "113037", "Rejected", List.of(ct.get(1), ct.get(2), ct.get(3), raw, selection))));
            JsonNode none = await(fhir, uid, "status", "entered-in-error");
            assertThat(listed(none)).isEmpty();
            assertThat(none.path("numberOfInstances").asInt()).isZero();
            Await.until(
                    "the selection is withdrawn",
                    Duration.ofSeconds(60),
                    () -> fhir.studies(uid).stream()
                            .allMatch(one -> one.path("status").asText().equals("entered-in-error")));
            assertThat(fhir.studies(uid)).hasSize(2);
        }
    }

    /** A modality has sent an instance under the wrong worklist entry, and takes it back. */
    @Test
    void waitsWithAStudyOfTwoPatientsUntilOneIsRejected() throws Exception {
        String uid = "2.25.931002";
        List<DataSet> ct = Instances.ofStudy(uid, SyntheticStudies.ctTwoSeries());
        DataSet wrong = DataSet.builder(CharacterSet.DEFAULT)
                .addAll(ct.get(0))
                .add(Attribute.SOPInstanceUID, uid + ".1.778")
                .add(Attribute.PatientID, "PX-OTHER")
                .build();
        Fhir fhir = new Fhir(Programs.sandboxUrl());
        try (RunningGateway gateway = RunningGateway.start(directory, Programs.sandboxUrl())) {
            DataSet selection = KeyObjects.of("1", "113000", "Of Interest", List.of(ct.get(1)));
            send(
                    gateway,
                    "right",
                    Stream.concat(ct.stream(), Stream.of(selection)).toList());
            await(fhir, uid, "numberOfInstances", "5");
            awaitOther(fhir, uid, "Of Interest");

            send(gateway, "wrong", List.of(wrong));
            Await.until(
                    "study and selection are parked",
                    Duration.ofSeconds(60),
                    () -> gateway.metrics().contains("portolan_studies_parked 2.0"));

            DataSet more = DataSet.builder(CharacterSet.DEFAULT)
                    .addAll(ct.get(0))
                    .add(Attribute.SOPInstanceUID, uid + ".1.779")
                    .build();
            send(gateway, "note", List.of(KeyObjects.of("2", "113038", "Rejected", List.of(wrong)), more));
            JsonNode study = await(fhir, uid, "numberOfInstances", "6");
            assertThat(listed(study)).doesNotContain(uidOf(wrong)).contains(uidOf(more));
            Await.until(
                    "nothing is parked",
                    Duration.ofSeconds(60),
                    () -> gateway.metrics().contains("portolan_studies_parked 0.0"));
        }
    }

    private void send(RunningGateway gateway, String name, List<DataSet> instances) throws Exception {
        List<Path> files = Instances.write(directory.resolve(name), instances);
        ChildProcess send = Programs.portolan(
                directory,
                List.of(),
                Stream.concat(Stream.of("send", gateway.peer()), files.stream().map(Path::toString))
                        .toArray(String[]::new));
        assertThat(send.awaitEnd(Duration.ofSeconds(60))).as("%s", send.lines()).isZero();
    }

    private static JsonNode await(Fhir fhir, String uid, String field, String value) throws Exception {
        JsonNode[] found = new JsonNode[1];
        String id = StudyMapper.idOf(new Uid(uid));
        Await.until(field + " " + value, Duration.ofSeconds(60), () -> {
            for (JsonNode study : fhir.studies(uid)) {
                if (study.path("id").asText().equals(id)
                        && study.path(field).asText().equals(value)) {
                    found[0] = study;
                }
            }
            return found[0] != null;
        });
        return found[0];
    }

    private static JsonNode awaitOther(Fhir fhir, String uid, String description) throws Exception {
        JsonNode[] found = new JsonNode[1];
        Await.until(description, Duration.ofSeconds(60), () -> {
            for (JsonNode study : fhir.studies(uid)) {
                if (study.path("description").asText().equals(description)) {
                    found[0] = study;
                }
            }
            return found[0] != null;
        });
        return found[0];
    }

    private static List<String> listed(JsonNode study) {
        return study.findValues("instance").stream()
                .flatMap(instances -> Stream.iterate(0, i -> i < instances.size(), i -> i + 1)
                        .map(i -> instances.path(i).path("uid").asText()))
                .toList();
    }

    private static String uidOf(DataSet instance) {
        return instance.string(Attribute.SOPInstanceUID).orElseThrow();
    }
}
