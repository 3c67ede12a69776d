package io.portolan.mapping;

import io.portolan.dicom.Attribute;
import io.portolan.dicom.SopClass;
import io.portolan.dicom.Uid;
import org.hl7.fhir.r4.model.Coding;

/** UIDs: bare in {@code uid} elements (FHIR R4 type id), as a URN where a system asks for a URI. */
final class UidRules {

    private static final String URI = "urn:ietf:rfc:3986";

    static final Rule<StudySource.OfSeries, String> SERIES_UID = Rule.one(
            "bare, without urn:oid:", source -> Value.of(source.series().uid().value()));

    static final Rule<StudySource.OfInstance, String> INSTANCE_UID =
            Rule.one("bare, without urn:oid:", source -> Value.of(source.uid().value()));

    static final Rule<StudySource.OfInstance, Coding> SOP_CLASS = Rule.one(
            "system urn:ietf:rfc:3986, code urn:oid: and the UID, the name of the class",
            source -> source.header()
                    .uid(Attribute.SOPClassUID)
                    .map(UidRules::sopClass)
                    .orElseGet(() -> Value.invalid(Attribute.SOPClassUID, "no UID")));

    private UidRules() {}

    private static Value<Coding> sopClass(Uid uid) {
        Coding coding = new Coding().setSystem(URI).setCode(uid.toOid());
        SopClass.find(uid).map(SopClass::name).ifPresent(coding::setDisplay);
        return Value.of(coding);
    }
}
