package io.portolan.e2e;

import com.fasterxml.jackson.databind.JsonNode;
import io.portolan.e2e.SentInstances.Fate;
import io.portolan.gateway.publish.FakeFhirServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Holds what a FHIR server has, and what a gateway keeps, against what was sent: every acknowledged instance is there
 * once, nothing is there that was not sent, one resource stands for one study and one patient, and the counts are right.
 */
final class Comparison {

    private static final int DIFFERENCES_MAX = 20; // said; all are counted

    private final SentInstances sent;
    private final Map<String, LoadInstance> bySopUid;
    private final List<String> differences = new ArrayList<>();

    private Comparison(SentInstances sent) {
        this.sent = sent;
        this.bySopUid = sent.all().keySet().stream().collect(Collectors.toMap(LoadInstance::sopUid, i -> i));
    }

    /** Empty when all is right. */
    static List<String> withServer(SentInstances sent, FakeFhirServer server) {
        Comparison comparison = new Comparison(sent);
        comparison.studies(comparison.patients(server), server);
        return comparison.said();
    }

    /**
     * Of the files in storage directories: one of each acknowledged instance, and in each directory no more than one. Empty when
     * all is right.
     */
    static List<String> withFiles(SentInstances sent, List<Path> storages) throws IOException {
        Comparison comparison = new Comparison(sent);
        Map<String, Integer> kept = new HashMap<>();
        for (Path storage : storages) {
            Map<String, Integer> files = new HashMap<>();
            try (Stream<Path> all = Files.walk(storage)) {
                all.filter(Files::isRegularFile)
                        .map(storage::relativize)
                        .filter(file -> file.toString().endsWith(".dcm"))
                        .filter(file -> !file.startsWith("unreferenced"))
                        .forEach(file ->
                                files.merge(file.getFileName().toString().replaceFirst("-.*", ""), 1, Integer::sum));
            }
            files.forEach((sopUid, times) -> kept.merge(sopUid, times, Math::max));
        }
        comparison.once("kept", kept);
        return comparison.said();
    }

    private List<String> said() {
        List<String> said = new ArrayList<>(differences.subList(0, Math.min(DIFFERENCES_MAX, differences.size())));
        if (said.size() < differences.size()) {
            said.add(differences.size() + " differences in all");
        }
        return said;
    }

    private void check(boolean right, String otherwise) {
        if (!right) {
            differences.add(otherwise);
        }
    }

    /** The patient's identifier by the path of the resource. */
    private Map<String, String> patients(FakeFhirServer server) {
        Map<String, String> patients = new HashMap<>();
        Set<String> known = new HashSet<>();
        for (JsonNode patient : server.all("Patient")) {
            String id = patient.at("/identifier/0/value").asText();
            patients.put("Patient/" + patient.path("id").asText(), id);
            check(known.add(id), "two Patients are " + id);
        }
        return patients;
    }

    private void studies(Map<String, String> patients, FakeFhirServer server) {
        Map<String, Integer> listed = new HashMap<>();
        Set<String> known = new HashSet<>();
        for (JsonNode study : server.all("ImagingStudy")) {
            String uid = studyUid(study);
            check(known.add(uid), "two ImagingStudies are " + uid);
            int instances = 0;
            for (JsonNode series : study.path("series")) {
                instances +=
                        series(uid, patients.get(study.at("/subject/reference").asText()), series, listed);
            }
            check(study.path("numberOfInstances").asInt() == instances, uid + ": numberOfInstances is wrong");
            check(
                    study.path("numberOfSeries").asInt() == study.path("series").size(),
                    uid + ": numberOfSeries is wrong");
        }
        once("listed", listed);
    }

    static String studyUid(JsonNode study) {
        for (JsonNode identifier : study.path("identifier")) {
            if (identifier.path("system").asText().equals("urn:dicom:uid")) {
                return identifier.path("value").asText().replace("urn:oid:", "");
            }
        }
        return "a study without its UID";
    }

    /** Says how many instances it lists. */
    private int series(String studyUid, String patientId, JsonNode series, Map<String, Integer> listed) {
        String uid = series.path("uid").asText();
        for (JsonNode instance : series.path("instance")) {
            String sopUid = instance.path("uid").asText();
            listed.merge(sopUid, 1, Integer::sum);
            LoadInstance known = bySopUid.get(sopUid);
            if (known != null) {
                check(
                        known.studyUid().equals(studyUid)
                                && known.seriesUid().equals(uid)
                                && known.patientId().equals(patientId),
                        sopUid + " is listed in series " + uid + " of study " + studyUid + " of " + patientId);
            }
        }
        int instances = series.path("instance").size();
        check(series.path("numberOfInstances").asInt() == instances, uid + ": numberOfInstances is wrong");
        return instances;
    }

    private void once(String what, Map<String, Integer> there) {
        there.forEach((sopUid, times) -> {
            check(times == 1, sopUid + " is " + what + " " + times + " times");
            check(bySopUid.containsKey(sopUid), sopUid + " is " + what + " and was never sent");
        });
        for (LoadInstance instance : sent.all(Fate.ACKNOWLEDGED)) {
            check(there.containsKey(instance.sopUid()), instance.sopUid() + " was acknowledged and is not " + what);
        }
    }
}
