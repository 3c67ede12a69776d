package io.portolan.mapping;

import io.portolan.mapping.MappingResult.Mapped;
import io.portolan.mapping.MappingResult.SharedResource;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.hl7.fhir.r4.model.Bundle;
import org.hl7.fhir.r4.model.Bundle.BundleType;
import org.hl7.fhir.r4.model.Bundle.HTTPVerb;

/**
 * A mapped study as one transaction (FHIR R4 3.1.0.11) that any server can be given later: what the study shares is created
 * unless the server has it, the study is put under its deterministic id.
 */
public final class TransactionBundle {

    private TransactionBundle() {}

    /**
     * Makes the bundle. What is to be resolved on a server stays logical.
     *
     * @param mapped its resources are put into the bundle
     */
    public static Bundle of(Mapped mapped) {
        keepLogical(mapped);
        Bundle bundle = new Bundle().setType(BundleType.TRANSACTION);
        for (SharedResource shared : mapped.shared()) {
            if (shared.strategy() == Strategy.RESOLVE) {
                continue;
            }
            bundle.addEntry()
                    .setFullUrl(shared.placeholder())
                    .setResource(shared.resource())
                    .getRequest()
                    .setMethod(HTTPVerb.POST)
                    .setUrl(shared.resource().fhirType())
                    .setIfNoneExist("identifier=" + token(shared.identifierSystem(), shared.identifierValue()));
        }
        bundle.addEntry()
                .setResource(mapped.imagingStudy())
                .getRequest()
                .setMethod(HTTPVerb.PUT)
                .setUrl("ImagingStudy/" + mapped.imagingStudy().getIdElement().getIdPart());
        return bundle;
    }

    private static void keepLogical(Mapped mapped) {
        Set<String> unresolved = mapped.shared().stream()
                .filter(shared -> shared.strategy() == Strategy.RESOLVE)
                .map(SharedResource::placeholder)
                .collect(Collectors.toSet());
        if (!unresolved.isEmpty()) {
            Stream.concat(
                            Stream.of(mapped.imagingStudy()),
                            mapped.shared().stream().map(SharedResource::resource))
                    .forEach(resource ->
                            Placeholders.replace(resource, told -> unresolved.contains(told) ? null : told));
        }
    }

    /** FHIR R4 3.1.1.4.10: a backslash before what separates the parts of a token; then as in any URL. */
    private static String token(String system, String value) {
        return URLEncoder.encode(escape(system) + '|' + escape(value), StandardCharsets.UTF_8)
                .replace("+", "%20");
    }

    private static String escape(String part) {
        return part.replaceAll("([\\\\,|$])", "\\\\$1");
    }
}
