package io.portolan.mapping;

import static org.assertj.core.api.Assertions.assertThat;

import io.portolan.mapping.MappingResult.Mapped;
import io.portolan.mapping.MappingResult.SharedResource;
import java.util.List;
import org.hl7.fhir.r4.model.DomainResource;
import org.hl7.fhir.r4.model.ImagingStudy;
import org.hl7.fhir.r4.model.Patient;
import org.hl7.fhir.r4.model.Reference;
import org.hl7.fhir.r4.model.ServiceRequest;
import org.junit.jupiter.api.Test;

class BulkDataTest {

    private static Mapped study(Strategy patient, Strategy order) {
        ImagingStudy study = new ImagingStudy();
        study.setId("7b1d");
        study.setSubject(logical("urn:uuid:p"));
        study.addBasedOn(logical("urn:uuid:o"));
        ServiceRequest request = new ServiceRequest();
        request.setSubject(logical("urn:uuid:p"));
        return new Mapped(
                study,
                List.of(
                        new SharedResource("urn:uuid:p", new Patient(), "urn:oid:1.2.3", "A", false, patient),
                        new SharedResource("urn:uuid:o", request, "urn:oid:1.2.4", "B", false, order)),
                List.of());
    }

    private static Reference logical(String placeholder) {
        Reference reference = new Reference(placeholder);
        reference.getIdentifier().setValue("A");
        return reference;
    }

    @Test
    void refersByTypeAndIdToWhatItMakes() {
        List<DomainResource> all = BulkData.of(study(Strategy.CREATE, Strategy.CREATE));
        assertThat(all)
                .extracting(DomainResource::fhirType)
                .containsExactly("Patient", "ServiceRequest", "ImagingStudy");
        assertThat(all).extracting(one -> one.getIdElement().getIdPart()).containsExactly("p", "o", "7b1d");
        assertThat(((ServiceRequest) all.get(1)).getSubject().getReference()).isEqualTo("Patient/p");
        ImagingStudy study = (ImagingStudy) all.get(2);
        assertThat(study.getSubject().getReference()).isEqualTo("Patient/p");
        assertThat(study.getBasedOnFirstRep().getReference()).isEqualTo("ServiceRequest/o");
    }

    @Test
    void keepsLogicalWhatAServerWouldHaveToResolve() {
        List<DomainResource> all = BulkData.of(study(Strategy.RESOLVE, Strategy.CREATE));
        assertThat(all).extracting(DomainResource::fhirType).containsExactly("ServiceRequest", "ImagingStudy");
        Reference ofOrder = ((ServiceRequest) all.get(0)).getSubject();
        Reference ofStudy = ((ImagingStudy) all.get(1)).getSubject();
        for (Reference reference : List.of(ofOrder, ofStudy)) {
            assertThat(reference.hasReference()).isFalse();
            assertThat(reference.getIdentifier().getValue()).isEqualTo("A");
        }
        assertThat(((ImagingStudy) all.get(1)).getBasedOnFirstRep().getReference())
                .isEqualTo("ServiceRequest/o");
    }
}
