package io.portolan.mapping;

import static org.assertj.core.api.Assertions.assertThat;

import io.portolan.mapping.MappingResult.Mapped;
import io.portolan.mapping.MappingResult.SharedResource;
import java.util.List;
import org.hl7.fhir.r4.model.Bundle;
import org.hl7.fhir.r4.model.Bundle.BundleEntryComponent;
import org.hl7.fhir.r4.model.Bundle.HTTPVerb;
import org.hl7.fhir.r4.model.ImagingStudy;
import org.hl7.fhir.r4.model.Patient;
import org.hl7.fhir.r4.model.ServiceRequest;
import org.junit.jupiter.api.Test;

class TransactionBundleTest {

    @Test
    void createsWhatIsSharedUnlessItIsThereAndPutsTheStudy() {
        ImagingStudy study = new ImagingStudy();
        study.setId("7b1d");
        SharedResource patient =
                new SharedResource("urn:uuid:p", new Patient(), "urn:oid:1.2.3", "A|1,2 ü", false, Strategy.CREATE);

        Bundle bundle = TransactionBundle.of(new Mapped(study, List.of(patient), List.of()));

        BundleEntryComponent first = bundle.getEntry().get(0);
        assertThat(first.getFullUrl()).isEqualTo("urn:uuid:p");
        assertThat(first.getRequest().getMethod()).isEqualTo(HTTPVerb.POST);
        assertThat(first.getRequest().getUrl()).isEqualTo("Patient");
        assertThat(first.getRequest().getIfNoneExist())
                .isEqualTo("identifier=urn%3Aoid%3A1.2.3%7CA%5C%7C1%5C%2C2%20%C3%BC");
        BundleEntryComponent last = bundle.getEntry().get(1);
        assertThat(last.getRequest().getMethod()).isEqualTo(HTTPVerb.PUT);
        assertThat(last.getRequest().getUrl()).isEqualTo("ImagingStudy/7b1d");
        assertThat(last.getResource()).isSameAs(study);
    }

    /** A placeholder that no entry of the bundle has would be a reference to nothing (FHIR R4 3.1.0.11.2). */
    @Test
    void leavesNoPlaceholderForWhatIsResolvedOnAServer() {
        ImagingStudy study = new ImagingStudy();
        study.setId("7b1d");
        study.getSubject().setReference("urn:uuid:p").getIdentifier().setValue("A");
        study.addBasedOn().setReference("urn:uuid:o");
        ServiceRequest order = new ServiceRequest();
        order.getSubject().setReference("urn:uuid:p");
        List<SharedResource> shared = List.of(
                new SharedResource("urn:uuid:p", new Patient(), "urn:oid:1.2.3", "A", false, Strategy.RESOLVE),
                new SharedResource("urn:uuid:o", order, "urn:oid:1.2.4", "B", false, Strategy.CREATE));

        Bundle bundle = TransactionBundle.of(new Mapped(study, shared, List.of()));

        assertThat(bundle.getEntry())
                .extracting(entry -> entry.getResource().fhirType())
                .containsExactly("ServiceRequest", "ImagingStudy");
        assertThat(study.getSubject().hasReference()).isFalse();
        assertThat(study.getSubject().getIdentifier().getValue()).isEqualTo("A");
        assertThat(order.getSubject().hasReference()).isFalse();
        assertThat(study.getBasedOnFirstRep().getReference()).isEqualTo("urn:uuid:o");
    }
}
