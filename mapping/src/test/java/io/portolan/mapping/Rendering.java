package io.portolan.mapping;

import ca.uhn.fhir.context.FhirContext;
import io.portolan.dicom.DataSet;
import io.portolan.mapping.MappingResult.Mapped;
import io.portolan.mapping.MappingResult.SharedResource;
import io.portolan.mapping.MappingResult.Unmappable;
import io.portolan.mapping.study.Instance;
import io.portolan.mapping.study.Study;
import io.portolan.mapping.study.UnidentifiedInstanceException;
import java.util.ArrayList;
import java.util.List;
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

    static Rendering of(List<DataSet> headers) throws UnidentifiedInstanceException {
        return of(headers, OPTIONS);
    }

    static Rendering of(List<DataSet> headers, MappingOptions options) throws UnidentifiedInstanceException {
        List<Instance> instances = new ArrayList<>();
        for (DataSet header : headers) {
            instances.add(Instance.of(header));
        }
        return of(Study.of(instances), options);
    }

    static Rendering of(Study study, MappingOptions options) {
        MappingResult result = new StudyMapper(options).map(study);
        List<String> issues =
                result.issues().stream().map(MappingIssue::toString).toList();
        if (result instanceof Mapped mapped) {
            return new Rendering(bundle(mapped), issues);
        }
        return new Rendering(parked((Unmappable) result), issues);
    }

    String json() {
        return FHIR.newJsonParser().setPrettyPrint(true).encodeResourceToString(resource) + "\n";
    }

    private static Bundle bundle(Mapped mapped) {
        Bundle bundle = new Bundle().setType(BundleType.COLLECTION);
        bundle.addEntry()
                .setFullUrl("urn:uuid:" + mapped.imagingStudy().getIdElement().getIdPart())
                .setResource(mapped.imagingStudy());
        for (SharedResource shared : mapped.shared()) {
            bundle.addEntry().setFullUrl(shared.placeholder()).setResource(shared.resource());
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
