package io.portolan.mapping;

import ca.uhn.fhir.context.FhirContext;
import io.portolan.dicom.Attribute;
import io.portolan.dicom.DataSet;
import io.portolan.mapping.MappingResult.Mapped;
import io.portolan.mapping.MappingResult.Pending;
import io.portolan.mapping.MappingResult.SharedResource;
import io.portolan.mapping.MappingResult.Unmappable;
import io.portolan.mapping.study.Gathered;
import io.portolan.mapping.study.Instance;
import io.portolan.mapping.study.SharingOptions;
import io.portolan.mapping.study.UnidentifiedInstanceException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.hl7.fhir.r4.model.Bundle;
import org.hl7.fhir.r4.model.Bundle.BundleType;
import org.hl7.fhir.r4.model.OperationOutcome;
import org.hl7.fhir.r4.model.OperationOutcome.IssueSeverity;
import org.hl7.fhir.r4.model.OperationOutcome.IssueType;
import org.hl7.fhir.r4.model.Resource;

/** What became of some instances, in the form of golden files: one resource, pretty-printed, and one line per issue. */
record Rendering(Resource resource, List<String> issues) {

    static final FhirContext FHIR = FhirContext.forR4Cached();

    /** The site that the golden cases are mapped for. */
    static final MappingOptions OPTIONS = Site.GOLDEN;

    /** Raw data is not for everybody. */
    static final SharingOptions SHARING = new SharingOptions(
            Map.of(Attribute.SOPClassUID, Set.of("1.2.840.10008.5.1.4.1.1.66")),
            Set.of(),
            false,
            SharingOptions.Expired.EMPTY);

    static Rendering of(List<DataSet> headers) throws UnidentifiedInstanceException {
        return of(headers, OPTIONS);
    }

    static Rendering of(List<DataSet> headers, MappingOptions options) throws UnidentifiedInstanceException {
        List<Instance> instances = new ArrayList<>();
        for (DataSet header : headers) {
            instances.add(Instance.of(header));
        }
        return ofInstances(instances, options);
    }

    static Rendering ofInstances(List<Instance> instances, MappingOptions options) {
        List<Mapped> mapped = new ArrayList<>();
        List<String> issues = new ArrayList<>();
        for (Gathered gathered : Gathered.all(instances)) {
            MappingResult result = new StudyMapper(options, SHARING).map(gathered);
            result.issues().forEach(issue -> issues.add(issue.toString()));
            if (result instanceof Unmappable unmappable) {
                return new Rendering(parked(unmappable), issues);
            }
            if (result instanceof Pending pending) {
                issues.add("waits: " + pending.reason());
            } else {
                mapped.add((Mapped) result);
            }
        }
        mapped.stream()
                .filter(one -> one.publishing() != Mapped.Publishing.ALWAYS)
                .forEach(one -> issues.add(one.publishing().toString()));
        return new Rendering(bundle(mapped), issues);
    }

    String json() {
        return FHIR.newJsonParser().setPrettyPrint(true).encodeResourceToString(resource) + "\n";
    }

    private static Bundle bundle(List<Mapped> studies) {
        Bundle bundle = new Bundle().setType(BundleType.COLLECTION);
        for (Mapped mapped : studies) {
            bundle.addEntry()
                    .setFullUrl(
                            "urn:uuid:" + mapped.imagingStudy().getIdElement().getIdPart())
                    .setResource(mapped.imagingStudy());
        }
        Set<String> placeholders = new HashSet<>();
        for (Mapped mapped : studies) {
            for (SharedResource shared : mapped.shared()) {
                if (placeholders.add(shared.placeholder())) {
                    bundle.addEntry().setFullUrl(shared.placeholder()).setResource(shared.resource());
                }
            }
        }
        return bundle;
    }

    private static OperationOutcome parked(Unmappable unmappable) {
        OperationOutcome outcome = new OperationOutcome();
        outcome.addIssue()
                .setSeverity(IssueSeverity.ERROR)
                .setCode(IssueType.PROCESSING)
                .setDiagnostics("parked: " + unmappable.reason());
        return outcome;
    }
}
