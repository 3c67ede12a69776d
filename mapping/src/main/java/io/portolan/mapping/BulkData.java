package io.portolan.mapping;

import io.portolan.mapping.MappingResult.Mapped;
import io.portolan.mapping.MappingResult.SharedResource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.hl7.fhir.r4.model.DomainResource;

/**
 * A mapped study as resources that stand alone, for files with one resource a line (FHIR Bulk Data Access): each has an id that
 * follows from its identifier, the same in every study, and refers to the others by type and id.
 */
public final class BulkData {

    private static final String URN_UUID = "urn:uuid:";

    private BulkData() {}

    /**
     * What the study refers to, and then the study. What is to be resolved on a server stays logical.
     *
     * @param mapped its resources are changed
     */
    public static List<DomainResource> of(Mapped mapped) {
        Map<String, String> literals = new HashMap<>();
        List<DomainResource> resources = new ArrayList<>();
        for (SharedResource shared : mapped.shared()) {
            if (shared.strategy() == Strategy.CREATE) {
                String id = shared.placeholder().substring(URN_UUID.length());
                shared.resource().setId(id);
                resources.add(shared.resource());
                literals.put(shared.placeholder(), shared.resource().fhirType() + '/' + id);
            }
        }
        resources.add(mapped.imagingStudy());
        resources.forEach(resource ->
                Placeholders.replace(resource, told -> told.startsWith(URN_UUID) ? literals.get(told) : told));
        return resources;
    }
}
