package io.portolan.mapping;

import io.portolan.dicom.Attribute;
import io.portolan.mapping.StudySource.OfPatient;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.hl7.fhir.r4.model.CodeableConcept;
import org.hl7.fhir.r4.model.Coding;
import org.hl7.fhir.r4.model.Extension;

/** Patients that are animals (PS3.3 C.7.1.1, C.7.2.2): the extension patient-animal, which needs a species. */
final class AnimalRules {

    private static final String ANIMAL = "http://hl7.org/fhir/StructureDefinition/patient-animal";
    private static final String GENDER_STATUS = "http://hl7.org/fhir/animal-genderstatus";

    /** Homo sapiens in SNOMED CT, and in words. */
    private static final Set<String> HUMAN = Set.of("337915000", "homo sapiens", "human");

    static final Rule<OfPatient, Extension> PATIENT_ANIMAL = Rule.one(
            "extension patient-animal: species by code, else by description; breed; genderStatus (ALTERED neutered, UNALTERED intact); not for humans",
            AnimalRules::animal);

    private AnimalRules() {}

    static boolean isAnimal(OfPatient source) {
        return species(source).said().filter(AnimalRules::isAnimal).isPresent();
    }

    private static boolean isAnimal(CodeableConcept species) {
        boolean human = species.getCoding().stream().map(Coding::getCode).anyMatch(HUMAN::contains)
                || species.hasText() && HUMAN.contains(species.getText().strip().toLowerCase(java.util.Locale.ROOT));
        return !human;
    }

    static Value<CodeableConcept> species(OfPatient source) {
        return concept(source, Attribute.PatientSpeciesCodeSequence, Attribute.PatientSpeciesDescription);
    }

    private static Value<CodeableConcept> concept(OfPatient source, Attribute codes, Attribute description) {
        Optional<Value<CodeableConcept>> coded =
                source.merged().item(codes).map(item -> CodeRules.concept(item, source.merged(), source.options()));
        Value<CodeableConcept> described =
                TextRules.text(source.merged(), description).map(text -> new CodeableConcept().setText(text));
        return coded.filter(value -> !(value instanceof Value.Invalid) || described instanceof Value.Absent)
                .orElse(described);
    }

    private static Value<Extension> animal(OfPatient source) {
        Value<CodeableConcept> species = species(source);
        Value<CodeableConcept> breed =
                concept(source, Attribute.PatientBreedCodeSequence, Attribute.PatientBreedDescription);
        if (species instanceof Value.Absent) {
            return breed instanceof Value.Absent
                    ? Value.absent()
                    : Value.invalid(Attribute.PatientBreedDescription, "a breed without a species");
        }
        if (species.said().filter(concept -> !isAnimal(concept)).isPresent()) {
            return Value.absent();
        }
        Value<Extension> animal = species.map(concept -> {
            Extension extension = new Extension(ANIMAL);
            extension.addExtension(new Extension("species", concept));
            breed.said().ifPresent(value -> extension.addExtension(new Extension("breed", value)));
            return extension;
        });
        List<String> altered = source.merged().values(Attribute.PatientSexNeutered);
        if (altered.isEmpty()) {
            return animal;
        }
        return switch (altered.get(0)) {
            case "ALTERED" -> animal.map(extension -> with(extension, "neutered", "Neutered"));
            case "UNALTERED" -> animal.map(extension -> with(extension, "intact", "Intact"));
            default ->
                animal.said()
                        .map(extension -> Value.reduced(
                                extension, Attribute.PatientSexNeutered, "neither ALTERED nor UNALTERED; left out"))
                        .orElse(animal);
        };
    }

    private static Extension with(Extension animal, String code, String display) {
        CodeableConcept status = new CodeableConcept().addCoding(new Coding(GENDER_STATUS, code, display));
        animal.addExtension(new Extension("genderStatus", status));
        return animal;
    }
}
