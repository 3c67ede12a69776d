package io.portolan.gateway.convert;

import ca.uhn.fhir.context.FhirContext;
import ca.uhn.fhir.parser.IParser;
import io.portolan.mapping.BulkData;
import io.portolan.mapping.MappingResult.Mapped;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.hl7.fhir.r4.model.DomainResource;

/**
 * A line of a Bulk Data file.
 *
 * @param type such as {@code ImagingStudy}
 * @param id a UUID
 * @param json the resource in UTF-8, with the end of the line; over an array of its size
 */
public record ResourceLine(String type, String id, ByteBuffer json) {

    /** The type of which each is there once, whatever studies share. */
    public static final String STUDY = "ImagingStudy";

    private static final ThreadLocal<IParser> PARSER = ThreadLocal.withInitial(
            () -> FhirContext.forR4Cached().newJsonParser().setPrettyPrint(false));

    /**
     * What the study refers to, and then the study.
     *
     * @param mapped its resources are changed
     */
    public static List<ResourceLine> of(Mapped mapped) {
        List<ResourceLine> lines = new ArrayList<>();
        for (DomainResource resource : BulkData.of(mapped)) {
            String json = PARSER.get().encodeResourceToString(resource) + "\n";
            lines.add(new ResourceLine(
                    resource.fhirType(),
                    resource.getIdElement().getIdPart(),
                    ByteBuffer.wrap(json.getBytes(StandardCharsets.UTF_8))));
        }
        return lines;
    }
}
