package io.portolan.mapping;

import ca.uhn.fhir.context.support.DefaultProfileValidationSupport;
import ca.uhn.fhir.validation.FhirValidator;
import ca.uhn.fhir.validation.ResultSeverityEnum;
import ca.uhn.fhir.validation.SingleValidationMessage;
import io.portolan.dicom.SopClass;
import java.util.List;
import org.hl7.fhir.common.hapi.validation.support.CommonCodeSystemsTerminologyService;
import org.hl7.fhir.common.hapi.validation.support.InMemoryTerminologyServerValidationSupport;
import org.hl7.fhir.common.hapi.validation.support.PrePopulatedValidationSupport;
import org.hl7.fhir.common.hapi.validation.support.SnapshotGeneratingValidationSupport;
import org.hl7.fhir.common.hapi.validation.support.ValidationSupportChain;
import org.hl7.fhir.common.hapi.validation.validator.FhirInstanceValidator;
import org.hl7.fhir.r4.model.CodeSystem;
import org.hl7.fhir.r4.model.CodeSystem.CodeSystemContentMode;
import org.hl7.fhir.r4.model.Enumerations.PublicationStatus;
import org.hl7.fhir.r4.model.Resource;
import org.hl7.fhir.r4.model.ValueSet;
import org.hl7.fhir.r4.model.ValueSet.ConceptSetComponent;
import org.hl7.fhir.r5.utils.validation.constants.BestPracticeWarningLevel;

/**
 * HAPI's validator with the R4 definitions and nothing from the network.
 *
 * <p>The definitions lack two value sets of DICOM, CID 29 and the storage SOP classes (PS3.4 table B.5-1), and have the
 * ontology DCM as of 2015; all three are supplied here.
 */
final class Validator {

    private static final String CID_29 =
            "http://dicom.nema.org/medical/dicom/current/output/chtml/part16/sect_CID_29.html";
    private static final String SOP_CLASSES =
            "http://dicom.nema.org/medical/dicom/current/output/chtml/part04/sect_B.5.html#table_B.5-1";

    private static final String URI = "urn:ietf:rfc:3986";

    private final FhirValidator validator;

    Validator() {
        var defaults = new DefaultProfileValidationSupport(Rendering.FHIR);
        var dicom = new PrePopulatedValidationSupport(Rendering.FHIR);
        dicom.addCodeSystem(ontology((CodeSystem) defaults.fetchCodeSystem(ModalityRules.DCM)));
        dicom.addCodeSystem(uris());
        dicom.addValueSet(modalities());
        dicom.addValueSet(sopClasses());
        var chain = new ValidationSupportChain(
                dicom,
                defaults,
                new CommonCodeSystemsTerminologyService(Rendering.FHIR),
                new InMemoryTerminologyServerValidationSupport(Rendering.FHIR),
                new SnapshotGeneratingValidationSupport(Rendering.FHIR));
        var module = new FhirInstanceValidator(chain);
        module.setBestPracticeWarningLevel(BestPracticeWarningLevel.Ignore);
        validator = Rendering.FHIR.newValidator().registerValidatorModule(module);
    }

    /** Errors and warnings, one per line. */
    List<String> validate(Resource resource) {
        return validator.validateWithResult(resource).getMessages().stream()
                .filter(message -> message.getSeverity() != ResultSeverityEnum.INFORMATION)
                .map(Validator::line)
                .toList();
    }

    private static String line(SingleValidationMessage message) {
        return message.getSeverity() + " " + message.getLocationString() + ": " + message.getMessage();
    }

    /** The modalities that came after 2015. */
    private static CodeSystem ontology(CodeSystem old) {
        CodeSystem ontology = old.copy();
        ontology.setContent(CodeSystemContentMode.COMPLETE);
        for (List<String> row : DataFile.rows("modalities.tsv")) {
            boolean known = ontology.getConcept().stream()
                    .anyMatch(concept -> concept.getCode().equals(row.get(0)));
            if (!known) {
                ontology.addConcept().setCode(row.get(0)).setDisplay(row.get(1));
            }
        }
        return ontology;
    }

    /** A fragment of all URIs: another one is not an error. */
    private static CodeSystem uris() {
        CodeSystem uris = new CodeSystem()
                .setUrl(URI)
                .setStatus(PublicationStatus.ACTIVE)
                .setContent(CodeSystemContentMode.FRAGMENT);
        uris.setId("uris");
        SopClass.allStorage()
                .forEach(sopClass ->
                        uris.addConcept().setCode(sopClass.uid().toOid()).setDisplay(sopClass.name()));
        return uris;
    }

    private static ValueSet modalities() {
        ValueSet valueSet = valueSet(CID_29);
        ConceptSetComponent include = valueSet.getCompose().addInclude().setSystem(ModalityRules.DCM);
        DataFile.rows("modalities.tsv").stream()
                .filter(row -> row.get(2).equals("acquisition"))
                .forEach(row -> include.addConcept().setCode(row.get(0)).setDisplay(row.get(1)));
        return valueSet;
    }

    private static ValueSet sopClasses() {
        ValueSet valueSet = valueSet(SOP_CLASSES);
        ConceptSetComponent include = valueSet.getCompose().addInclude().setSystem(URI);
        SopClass.allStorage()
                .forEach(sopClass ->
                        include.addConcept().setCode(sopClass.uid().toOid()).setDisplay(sopClass.name()));
        return valueSet;
    }

    private static ValueSet valueSet(String url) {
        ValueSet valueSet = new ValueSet().setUrl(url).setStatus(PublicationStatus.ACTIVE);
        valueSet.setId(Integer.toHexString(url.hashCode()));
        return valueSet;
    }
}
