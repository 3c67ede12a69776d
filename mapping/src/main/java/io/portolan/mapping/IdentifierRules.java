package io.portolan.mapping;

import io.portolan.dicom.Attribute;
import io.portolan.dicom.DataSet;
import io.portolan.dicom.Uid;
import io.portolan.mapping.MappingOptions.Issuers;
import io.portolan.mapping.study.Header;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.hl7.fhir.r4.model.Identifier;
import org.hl7.fhir.r4.model.Identifier.IdentifierUse;
import org.hl7.fhir.r4.model.Reference;

/** Business identifiers: of the study, the patient, the visit. Values are never cut, and never without their issuer. */
final class IdentifierRules {

    /** FHIR R4 ImagingStudy, "DICOM UIDs as identifiers": the system; the value is {@code urn:oid:} and the UID. */
    static final String DICOM_UID = "urn:dicom:uid";

    private static final String IDENTIFIER_TYPE = "http://terminology.hl7.org/CodeSystem/v2-0203";

    static final Rule<StudySource, Identifier> STUDY_UID = Rule.one(
            "system urn:dicom:uid, value urn:oid: and the UID",
            source -> Value.of(ofUid(source.study().uid())));

    static final Rule<StudySource, Identifier> ACCESSION_NUMBER = Rule.union(
            "type ACSN, system of its issuer, else the configured one; one for each order of the study",
            OrderRules::accessionNumbers);

    static final Rule<StudySource, Identifier> STUDY_ID = Rule.one(
            "use secondary",
            source -> TextRules.text(source.header(), Attribute.StudyID)
                    .map(value ->
                            new Identifier().setUse(IdentifierUse.SECONDARY).setValue(value)));

    static final Rule<StudySource, Identifier> OWN = Rule.one(
            "the gateway's own: the configured system and the resource id",
            source -> Value.of(new Identifier()
                    .setSystem(source.options().identifierSystem())
                    .setValue(StudyMapper.idOf(source.study().knownAs()))));

    static final Rule<StudySource, Reference> ENCOUNTER =
            Rule.one("identifier of type VN; left out when instances disagree", IdentifierRules::encounter);

    static final Rule<StudySource.OfPatient, Identifier> PATIENT_ID =
            Rule.one("type MR, system of its issuer, else the configured one", IdentifierRules::patientId);

    static final Rule<StudySource.OfPatient, Identifier> OTHER_PATIENT_IDS =
            Rule.union("each further one, with the system of its issuer", IdentifierRules::otherPatientIds);

    /** HL7 v2 table 0203. */
    enum Type {
        ACSN("Accession ID"),
        PLAC("Placer Identifier"),
        FILL("Filler Identifier"),
        MR("Medical record number"),
        VN("Visit number"),
        SNO("Serial Number");

        private final String display;

        Type(String display) {
            this.display = display;
        }
    }

    private IdentifierRules() {}

    static Identifier ofUid(Uid uid) {
        return new Identifier().setSystem(DICOM_UID).setValue(uid.toOid());
    }

    static Identifier typed(Type type, String value) {
        return typed(type, new Identifier().setValue(value));
    }

    static Identifier typed(Type type, Identifier identifier) {
        identifier
                .getType()
                .addCoding()
                .setSystem(IDENTIFIER_TYPE)
                .setCode(type.name())
                .setDisplay(type.display);
        return identifier;
    }

    /** PatientID with its system; reduced to the value when the system is not known. */
    static Value<Identifier> patientId(StudySource.OfPatient source) {
        DataSet patient = source.merged();
        return TextRules.text(patient, Attribute.PatientID) instanceof Value.Present<String> id
                ? withSystem(typed(Type.MR, id.value()), patientSystem(patient, source.options()), Attribute.PatientID)
                : Value.absent();
    }

    static Value<String> patientSystem(DataSet owner, MappingOptions options) {
        return IssuerRules.system(
                owner.string(Attribute.IssuerOfPatientID),
                owner.items(Attribute.IssuerOfPatientIDQualifiersSequence),
                options.patients());
    }

    private static List<Value<Identifier>> otherPatientIds(StudySource.OfPatient source) {
        Map<String, Value<Identifier>> distinct = new LinkedHashMap<>();
        Optional<String> first = key(patientId(source));
        List<DataSet> items = source.header().each(Attribute.OtherPatientIDsSequence).stream()
                .flatMap(header -> header.merged().items(Attribute.OtherPatientIDsSequence).stream())
                .toList();
        for (DataSet item : items) {
            if (!(TextRules.text(item, Attribute.PatientID) instanceof Value.Present<String> id)) {
                continue;
            }
            Value<Identifier> value = withSystem(
                    new Identifier().setValue(id.value()),
                    // The default is the issuer of this gateway's PatientID, not of others.
                    IssuerRules.system(
                            item.string(Attribute.IssuerOfPatientID),
                            item.items(Attribute.IssuerOfPatientIDQualifiersSequence),
                            source.options().patients().withoutDefault()),
                    Attribute.OtherPatientIDsSequence);
            Optional<String> key = key(value);
            if (key.isPresent() && !key.equals(first)) {
                distinct.putIfAbsent(key.get(), value);
            }
        }
        return new ArrayList<>(distinct.values());
    }

    private static Optional<String> key(Value<Identifier> value) {
        return value.said().map(identifier -> identifier.getSystem() + '|' + identifier.getValue());
    }

    private static Value<Reference> encounter(StudySource source) {
        Header study = source.study().header();
        Map<Optional<String>, Value<Identifier>> visits = new LinkedHashMap<>();
        for (Header header : study.each(Attribute.AdmissionID, Attribute.IssuerOfAdmissionIDSequence)) {
            Value<Identifier> visit = issued(
                    header.merged(),
                    Attribute.AdmissionID,
                    Attribute.IssuerOfAdmissionIDSequence,
                    source.options().admissions(),
                    Type.VN);
            if (!(visit instanceof Value.Absent)) {
                visits.putIfAbsent(key(visit), visit);
            }
        }
        if (visits.size() > 1) {
            boolean sameNumber = !study.conflicts().contains(Attribute.AdmissionID);
            return Value.invalid(
                    sameNumber ? Attribute.IssuerOfAdmissionIDSequence : Attribute.AdmissionID,
                    Table.DISAGREE_LEFT_OUT);
        }
        return visits.values().stream()
                .findFirst()
                .orElseGet(Value::absent)
                .map(identifier -> source.references()
                        .to(ReferencedType.ENCOUNTER, new Reference().setIdentifier(identifier), References.NOTHING));
    }

    static Value<Identifier> issued(DataSet owner, Attribute attribute, Attribute issuer, Issuers issuers, Type type) {
        return issued(owner, attribute, issuer, issuers).map(identifier -> typed(type, identifier));
    }

    /** A value with the system of its issuer; reduced to the value when the system is not known. */
    static Value<Identifier> issued(DataSet owner, Attribute attribute, Attribute issuer, Issuers issuers) {
        return TextRules.text(owner, attribute) instanceof Value.Present<String> text
                ? withSystem(
                        new Identifier().setValue(text.value()),
                        IssuerRules.system(Optional.empty(), owner.items(issuer), issuers),
                        attribute)
                : Value.absent();
    }

    static Value<Identifier> withSystem(Identifier identifier, Value<String> system, Attribute attribute) {
        if (system instanceof Value.Present<String> present) {
            return Value.of(identifier.setSystem(present.value()));
        }
        if (system instanceof Value.Invalid<String> invalid) {
            return Value.reduced(identifier, invalid.attribute(), invalid.reason());
        }
        return Value.reduced(identifier, attribute, "no issuer is named and no system is configured");
    }
}
