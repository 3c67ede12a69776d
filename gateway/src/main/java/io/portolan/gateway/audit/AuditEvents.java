package io.portolan.gateway.audit;

import ca.uhn.fhir.context.FhirContext;
import ca.uhn.fhir.parser.IParser;
import com.fasterxml.jackson.databind.JsonNode;
import io.portolan.gateway.audit.Write.Action;
import io.portolan.gateway.ledger.AuditRecord;
import io.portolan.mapping.StudyProvenance;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.Date;
import java.util.Optional;
import java.util.UUID;
import org.hl7.fhir.r4.model.AuditEvent;
import org.hl7.fhir.r4.model.AuditEvent.AuditEventAction;
import org.hl7.fhir.r4.model.AuditEvent.AuditEventAgentComponent;
import org.hl7.fhir.r4.model.AuditEvent.AuditEventAgentNetworkType;
import org.hl7.fhir.r4.model.AuditEvent.AuditEventEntityComponent;
import org.hl7.fhir.r4.model.AuditEvent.AuditEventOutcome;
import org.hl7.fhir.r4.model.CodeableConcept;
import org.hl7.fhir.r4.model.Coding;
import org.hl7.fhir.r4.model.Identifier;
import org.hl7.fhir.r4.model.Reference;

/**
 * One AuditEvent for each write, by IHE BALP 1.1: IHE.BasicAudit.Create, Update, Delete, and PatientCreate and so on where the
 * resource says whom it is of.
 *
 * <pre>
 *   slice            create, update                  delete
 *   agent client     DCM 110153 Source Role ID       DCM 110150 Application
 *   agent server     DCM 110152 Destination Role ID  provenance-participant-type custodian
 *   entity data      audit-entity-type 2, object-role 4, the resource
 *   entity patient   audit-entity-type 1, object-role 1, the Patient
 * </pre>
 *
 * <p>No {@code agent} user: nobody has asked but the gateway. No {@code entity} transaction: no X-Request-Id is sent.
 *
 * @param aeTitle of the gateway
 * @param host name of the machine that it runs on
 * @param server base URL of the FHIR server
 */
public record AuditEvents(String aeTitle, String host, String server, InstantSource clock) {

    static final String PROFILE = "https://profiles.ihe.net/ITI/BALP/StructureDefinition/IHE.BasicAudit.";
    static final String DCM = "http://dicom.nema.org/resources/ontology/DCM";
    static final String TERMINOLOGY = "http://terminology.hl7.org/CodeSystem/";
    static final String URI = "urn:ietf:rfc:3986";

    private static final FhirContext R4 = FhirContext.forR4Cached();
    private static final String PATIENT = "Patient";

    /** The record of a write, at this moment. The same version of a resource gives the same id. */
    public AuditRecord of(Write write) {
        IParser parser = R4.newJsonParser();
        parser.setStripVersionsFromReferences(false);
        return new AuditRecord(idOf(write), parser.encodeResourceToString(event(write)), write.found());
    }

    private String idOf(Write write) {
        if (write.version().isEmpty()) {
            return UUID.randomUUID().toString();
        }
        String name = server + '/' + write.reference();
        return UUID.nameUUIDFromBytes(name.getBytes(StandardCharsets.UTF_8)).toString();
    }

    private AuditEvent event(Write write) {
        Optional<Reference> patient = patient(write);
        AuditEvent event = new AuditEvent();
        event.getMeta().addProfile(PROFILE + (patient.isPresent() ? PATIENT : "") + write.action().profile);
        event.setType(coding("audit-event-type", "rest", "Restful Operation"));
        event.addSubtype(new Coding("http://hl7.org/fhir/restful-interaction", write.action().interaction, null));
        event.setAction(action(write.action()));
        event.setRecorded(Date.from(clock.instant()));
        event.getRecordedElement().setTimeZoneZulu(true);
        event.setOutcome(AuditEventOutcome._0);
        event.addAgent(client(write.action()));
        event.addAgent(server(write.action()));
        event.getSource().setObserver(gateway()).addType(coding("security-source-type", "4", "Application Server"));
        event.addEntity(data(write));
        patient.ifPresent(reference -> event.addEntity(new AuditEventEntityComponent()
                .setWhat(reference)
                .setType(coding("audit-entity-type", "1", "Person"))
                .setRole(coding("object-role", "1", "Patient"))));
        return event;
    }

    private static AuditEventAction action(Action action) {
        return switch (action) {
            case CREATE -> AuditEventAction.C;
            case UPDATE -> AuditEventAction.U;
            case DELETE -> AuditEventAction.D;
        };
    }

    private AuditEventAgentComponent client(Action action) {
        Coding role = action == Action.DELETE
                ? new Coding(DCM, "110150", "Application")
                : new Coding(DCM, "110153", "Source Role ID");
        AuditEventAgentComponent agent = new AuditEventAgentComponent()
                .setType(new CodeableConcept(role))
                .setWho(gateway())
                .setRequestor(true);
        agent.getNetwork().setAddress(host).setType(AuditEventAgentNetworkType._1);
        return agent;
    }

    private AuditEventAgentComponent server(Action action) {
        Coding role = action == Action.DELETE
                ? coding("provenance-participant-type", "custodian", "Custodian")
                : new Coding(DCM, "110152", "Destination Role ID");
        Reference who = new Reference()
                .setType("Device")
                .setIdentifier(new Identifier().setSystem(URI).setValue(server))
                .setDisplay(server);
        AuditEventAgentComponent agent = new AuditEventAgentComponent()
                .setType(new CodeableConcept(role))
                .setWho(who)
                .setRequestor(false);
        agent.getNetwork().setAddress(server).setType(AuditEventAgentNetworkType._5);
        return agent;
    }

    private Reference gateway() {
        return new Reference()
                .setType("Device")
                .setIdentifier(
                        new Identifier().setSystem(StudyProvenance.AE_TITLES).setValue(aeTitle))
                .setDisplay(aeTitle);
    }

    /** The identifier finds all events of a resource, also those whose server would not refer to what it no longer has. */
    private AuditEventEntityComponent data(Write write) {
        String resource = server + '/' + write.type() + '/' + write.id();
        return new AuditEventEntityComponent()
                .setWhat(new Reference(write.reference())
                        .setType(write.type())
                        .setIdentifier(new Identifier().setSystem(URI).setValue(resource)))
                .setType(coding("audit-entity-type", "2", "System Object"))
                .setRole(coding("object-role", "4", "Domain Resource"));
    }

    /** Empty: the resource is of nobody, or of a group or a phantom. */
    private Optional<Reference> patient(Write write) {
        if (write.type().equals(PATIENT)) {
            return Optional.of(literal(PATIENT + '/' + write.id()));
        }
        JsonNode subject = write.resource().path("subject");
        String reference = subject.path("reference").asText();
        if (!reference.isEmpty()) {
            boolean ours = reference.startsWith(server + '/');
            String relative = ours ? reference.substring(server.length() + 1) : reference;
            return relative.startsWith(PATIENT + '/') ? Optional.of(literal(relative)) : Optional.empty();
        }
        JsonNode identifier = subject.path("identifier");
        return subject.path("type").asText().equals(PATIENT) && identifier.has("value")
                ? Optional.of(logical(identifier))
                : Optional.empty();
    }

    private Reference literal(String relative) {
        return new Reference(relative).setType(PATIENT);
    }

    private static Reference logical(JsonNode identifier) {
        Identifier copy = new Identifier().setValue(identifier.path("value").asText());
        if (identifier.has("system")) {
            copy.setSystem(identifier.path("system").asText());
        }
        return new Reference().setType(PATIENT).setIdentifier(copy);
    }

    private static Coding coding(String system, String code, String display) {
        return new Coding(TERMINOLOGY + system, code, display);
    }
}
