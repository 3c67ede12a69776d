package io.portolan.mapping;

import java.util.function.Supplier;
import org.hl7.fhir.r4.model.Device;
import org.hl7.fhir.r4.model.DomainResource;
import org.hl7.fhir.r4.model.Encounter;
import org.hl7.fhir.r4.model.Group;
import org.hl7.fhir.r4.model.Location;
import org.hl7.fhir.r4.model.Organization;
import org.hl7.fhir.r4.model.Patient;
import org.hl7.fhir.r4.model.Practitioner;
import org.hl7.fhir.r4.model.Procedure;
import org.hl7.fhir.r4.model.ServiceRequest;
import org.hl7.fhir.r4.model.Specimen;

/**
 * The types of resource that a study refers to, and that a site decides about one by one.
 *
 * <p>An Encounter and a Procedure are never created: FHIR R4 requires of them what no image says ({@code
 * Encounter.class}, {@code Procedure.status}).
 */
public enum ReferencedType {
    PATIENT("Patient", true, Patient::new),
    GROUP("Group", true, Group::new),
    DEVICE("Device", true, Device::new),
    PRACTITIONER("Practitioner", true, Practitioner::new),
    ORGANIZATION("Organization", true, Organization::new),
    LOCATION("Location", true, Location::new),
    SPECIMEN("Specimen", true, Specimen::new),
    SERVICE_REQUEST("ServiceRequest", true, ServiceRequest::new),
    ENCOUNTER("Encounter", false, Encounter::new),
    PROCEDURE("Procedure", false, Procedure::new);

    private final String fhirType;
    private final boolean creatable;

    @SuppressWarnings("ImmutableEnumChecker") // a constructor
    private final Supplier<DomainResource> empty;

    ReferencedType(String fhirType, boolean creatable, Supplier<DomainResource> empty) {
        this.fhirType = fhirType;
        this.creatable = creatable;
        this.empty = empty;
    }

    /** The name of the type in FHIR. */
    public String fhirType() {
        return fhirType;
    }

    /** Whether {@link Strategy#CREATE} may be chosen. */
    public boolean isCreatable() {
        return creatable;
    }

    DomainResource empty() {
        return empty.get();
    }
}
