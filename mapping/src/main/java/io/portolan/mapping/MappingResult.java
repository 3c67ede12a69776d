package io.portolan.mapping;

import java.util.List;
import org.hl7.fhir.r4.model.DomainResource;
import org.hl7.fhir.r4.model.ImagingStudy;

/** What became of a study. */
public sealed interface MappingResult {

    /** Everything worth telling an operator, in the order of the resource definition. */
    List<MappingIssue> issues();

    /**
     * A study that can be published.
     *
     * @param imagingStudy with a deterministic id; it refers to {@code shared} by their placeholders
     * @param shared the resources that it refers to by literal reference, each once
     */
    record Mapped(
            ImagingStudy imagingStudy, List<SharedResource> shared, List<MappingIssue> issues, Publishing publishing)
            implements MappingResult {

        /** What is to be done about it. */
        public enum Publishing {
            /** Published, whether it has been before or not. */
            ALWAYS,
            /** There is nothing to share: only what is there already is brought up to date. */
            IF_PUBLISHED,
            /** What is there is deleted. */
            DELETED
        }

        /** A study with something to share. */
        public Mapped(ImagingStudy imagingStudy, List<SharedResource> shared, List<MappingIssue> issues) {
            this(imagingStudy, shared, issues, Publishing.ALWAYS);
        }

        public Mapped {
            shared = List.copyOf(shared);
            issues = List.copyOf(issues);
        }
    }

    /**
     * A study that must not be published as it is, for example because its instances name two patients.
     *
     * @param reason for a person to read, without a patient's value
     */
    record Unmappable(String reason, List<MappingIssue> issues) implements MappingResult {

        public Unmappable {
            issues = List.copyOf(issues);
        }
    }

    /**
     * A selection of which nothing can be said yet, because not all of its instances are known.
     *
     * @param reason for a person to read, without a patient's value
     */
    record Pending(String reason, List<MappingIssue> issues) implements MappingResult {

        public Pending {
            issues = List.copyOf(issues);
        }
    }

    /**
     * A resource of its own that studies share: a Patient, an Endpoint.
     *
     * @param placeholder {@code urn:uuid:...}, by which the study refers to it until the server has given it an id
     * @param resource with nothing in it when it is only to be found
     * @param identifierSystem absolute URI; with the value the identity of the resource on the server
     * @param ownedByGateway whether nobody else can have made it: the identifier is in the gateway's own system
     * @param strategy {@code CREATE}, or {@code RESOLVE}: then a reference without the placeholder says the same
     */
    record SharedResource(
            String placeholder,
            DomainResource resource,
            String identifierSystem,
            String identifierValue,
            boolean ownedByGateway,
            Strategy strategy) {

        /** With the placeholder that follows from type, system and value. */
        static SharedResource of(
                DomainResource resource, String system, String value, boolean ownedByGateway, Strategy strategy) {
            String name = resource.fhirType() + '|' + system + '|' + value;
            return new SharedResource(
                    "urn:uuid:" + NameBasedUuid.ofUrl(name), resource, system, value, ownedByGateway, strategy);
        }
    }
}
