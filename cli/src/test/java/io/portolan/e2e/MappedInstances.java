package io.portolan.e2e;

import ca.uhn.fhir.context.FhirContext;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import io.portolan.dicom.Uid;
import io.portolan.dicom.io.DicomReader;
import io.portolan.dicom.io.ReadLimits;
import io.portolan.gateway.config.GatewayConfig;
import io.portolan.mapping.MappingResult.Mapped;
import io.portolan.mapping.MappingResult.SharedResource;
import io.portolan.mapping.StudyMapper;
import io.portolan.mapping.study.Gathered;
import io.portolan.mapping.study.Instance;
import java.io.ByteArrayInputStream;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What C-STORE of some files would have made of them: the ImagingStudies that the mapping makes, to be held against those of a
 * FHIR server, element by element.
 */
final class MappedInstances {

    /** Who has the resources. */
    interface Server {

        /** By {@code Type/id}; null: there is none. */
        @Nullable
        JsonNode read(String reference) throws Exception;

        default @Nullable JsonNode study(Uid study) throws Exception {
            return read("ImagingStudy/" + StudyMapper.idOf(study));
        }
    }

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final FhirContext R4 = FhirContext.forR4Cached();
    private static final int DIFFERENCES_MAX = 20; // said; all are counted

    private final Map<String, ObjectNode> studies = new TreeMap<>(); // by the logical id

    /** @param files PS3.10 files, as the archive has them */
    static MappedInstances of(Collection<byte[]> files, GatewayConfig config) throws Exception {
        List<Instance> instances = new ArrayList<>();
        for (byte[] file : files) {
            try (DicomReader reader = DicomReader.open(
                    new ByteArrayInputStream(file), config.mapping().selection(), ReadLimits.DEFAULT)) {
                instances.add(Instance.of(
                        reader.readHeader(), Optional.empty(), config.mapping().extraTags()));
            }
        }
        MappedInstances all = new MappedInstances();
        StudyMapper mapper = new StudyMapper(config.mapping(), config.sharing().options());
        for (Gathered gathered : Gathered.all(instances)) {
            if (mapper.map(gathered) instanceof Mapped mapped) {
                all.add(mapped);
            } else {
                throw new AssertionError("cannot be published: " + gathered.uid());
            }
        }
        return all;
    }

    /** The logical ids of all. */
    Set<String> ids() {
        return studies.keySet();
    }

    private void add(Mapped mapped) throws Exception {
        ObjectNode study = (ObjectNode) JSON.readTree(R4.newJsonParser().encodeResourceToString(mapped.imagingStudy()));
        Map<String, String> shared = new HashMap<>();
        for (SharedResource resource : mapped.shared()) {
            shared.put(
                    resource.placeholder(),
                    identity(JSON.readTree(R4.newJsonParser().encodeResourceToString(resource.resource()))));
        }
        replaceReferences(study, reference -> shared.getOrDefault(reference, reference));
        studies.put(study.path("id").asText(), study);
    }

    /** Type and identifier of a resource that is referred to. */
    private static String identity(JsonNode resource) {
        return resource.path("resourceType").asText() + " "
                + resource.at("/identifier/0/system").asText() + "|"
                + resource.at("/identifier/0/value").asText();
    }

    private interface Replacing {
        String of(String reference) throws Exception;
    }

    private static void replaceReferences(JsonNode node, Replacing replacing) throws Exception {
        if (node instanceof ObjectNode object && object.get("reference") instanceof TextNode reference) {
            object.put("reference", replacing.of(reference.textValue()));
        }
        for (JsonNode child : node) {
            replaceReferences(child, replacing);
        }
    }

    /** Where a server has it otherwise, in lines to read; empty: it has just that. */
    List<String> differences(Server server) throws Exception {
        List<String> differences = new ArrayList<>();
        Map<String, String> identities = new HashMap<>();
        for (Map.Entry<String, ObjectNode> study : studies.entrySet()) {
            String uid = Comparison.studyUid(study.getValue());
            JsonNode found = server.read("ImagingStudy/" + study.getKey());
            if (found == null) {
                differences.add(uid + " is not there");
                continue;
            }
            ObjectNode published = found.deepCopy();
            replaceReferences(published, reference -> {
                if (!identities.containsKey(reference) && reference.contains("/")) {
                    identities.put(reference, identity(server.read(reference)));
                }
                return identities.getOrDefault(reference, reference);
            });
            published.remove(List.of("meta", "text"));
            compare(uid, "", study.getValue(), published, differences);
        }
        List<String> said = new ArrayList<>(differences.subList(0, Math.min(DIFFERENCES_MAX, differences.size())));
        if (said.size() < differences.size()) {
            said.add(differences.size() + " differences in all");
        }
        return said;
    }

    private static void compare(String uid, String path, JsonNode sent, JsonNode found, List<String> differences) {
        if (sent.isObject() && found.isObject()) {
            TreeSet<String> names = new TreeSet<>();
            sent.fieldNames().forEachRemaining(names::add);
            found.fieldNames().forEachRemaining(names::add);
            names.forEach(name -> compare(uid, path + "/" + name, sent.path(name), found.path(name), differences));
        } else if (sent.isArray() && found.isArray() && sent.size() == found.size()) {
            for (int i = 0; i < sent.size(); i++) {
                compare(uid, path + "/" + i, sent.get(i), found.get(i), differences);
            }
        } else if (!sent.equals(found) && !sent.asText("?").equals(found.asText("!"))) {
            differences.add(uid + " " + path + ": C-STORE gives " + said(sent) + ", sync gave " + said(found));
        }
    }

    private static String said(JsonNode node) {
        return node.isMissingNode() ? "nothing" : node.toString();
    }
}
