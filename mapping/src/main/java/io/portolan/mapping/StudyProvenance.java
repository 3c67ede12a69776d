package io.portolan.mapping;

import io.portolan.mapping.study.Gathered;
import io.portolan.mapping.study.Instance;
import java.time.Instant;
import java.util.Date;
import java.util.Optional;
import org.hl7.fhir.r4.model.CodeableConcept;
import org.hl7.fhir.r4.model.Coding;
import org.hl7.fhir.r4.model.Identifier;
import org.hl7.fhir.r4.model.Provenance;
import org.hl7.fhir.r4.model.Reference;

/**
 * Where an ImagingStudy comes from (FHIR R4 Provenance): assembled by the gateway, from what each sender sent.
 *
 * <p>One for a study, with an id that follows from the study's. The senders are Devices that are known by their AE titles alone.
 */
public final class StudyProvenance {

    /** Of an AE title. Nobody has issued an official one. */
    public static final String AE_TITLES = "urn:portolan:ae-title";

    private static final String TERMINOLOGY = "http://terminology.hl7.org/CodeSystem/";

    private StudyProvenance() {}

    /** The logical id of the Provenance of a study. */
    public static String idOf(String studyId) {
        return NameBasedUuid.ofUrl("Provenance|ImagingStudy/" + studyId).toString();
    }

    /**
     * The Provenance of a study.
     *
     * @param gateway its AE title
     * @param study logical id of the ImagingStudy on the server
     */
    public static Provenance of(Gathered gathered, String gateway, String study, Instant recorded) {
        Provenance provenance = new Provenance();
        provenance.setId(idOf(study));
        provenance.addTarget(new Reference("ImagingStudy/" + study));
        provenance.setRecorded(Date.from(recorded));
        provenance.getRecordedElement().setTimeZoneZulu(true);
        provenance.setActivity(new CodeableConcept(new Coding(TERMINOLOGY + "v3-DataOperation", "CREATE", "create")));
        addAgent(provenance, "assembler", "Assembler", gateway);
        gathered.instances().stream()
                .map(Instance::callingAe)
                .flatMap(Optional::stream)
                .distinct()
                .sorted()
                .forEach(sender -> addAgent(provenance, "author", "Author", sender));
        return provenance;
    }

    private static void addAgent(Provenance provenance, String code, String display, String aeTitle) {
        provenance
                .addAgent()
                .setType(new CodeableConcept(new Coding(TERMINOLOGY + "provenance-participant-type", code, display)))
                .setWho(new Reference()
                        .setType("Device")
                        .setIdentifier(new Identifier().setSystem(AE_TITLES).setValue(aeTitle))
                        .setDisplay(aeTitle));
    }
}
