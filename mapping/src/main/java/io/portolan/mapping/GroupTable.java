package io.portolan.mapping;

import static io.portolan.dicom.Attribute.*;
import static io.portolan.mapping.Row.Need.OPTIONAL;
import static io.portolan.mapping.Row.Need.REQUIRED;

import io.portolan.dicom.Attribute;
import io.portolan.mapping.StudySource.OfPatient;
import java.util.List;
import java.util.function.BiConsumer;
import org.hl7.fhir.r4.model.Group;

/** FHIR R4 Group: several subjects in one study (GroupOfPatientsIdentificationSequence). */
final class GroupTable {

    // spotless:off
    static final Table<OfPatient, Group> TABLE = new Table<>("Group", List.of(
            // FHIR element, DICOM attributes, need, rule, setter
            row("Group.identifier", List.of(PatientID, IssuerOfPatientID, IssuerOfPatientIDQualifiersSequence), REQUIRED, IdentifierRules.PATIENT_ID,  Group::addIdentifier),
            row("Group.type",       List.of(),                                                                  REQUIRED, SubjectRules.GROUP_TYPE,     Group::setType),
            row("Group.actual",     List.of(),                                                                  REQUIRED, SubjectRules.GROUP_ACTUAL,   Group::setActual),
            row("Group.code",       List.of(PatientSpeciesCodeSequence, PatientSpeciesDescription),             OPTIONAL, SubjectRules.GROUP_CODE,     Group::setCode),
            row("Group.name",       List.of(PatientName),                                                       OPTIONAL, SubjectRules.GROUP_NAME,     Group::setName),
            row("Group.quantity",   List.of(GroupOfPatientsIdentificationSequence),                             OPTIONAL, SubjectRules.GROUP_QUANTITY, Group::setQuantityElement),
            row("Group.member",     List.of(GroupOfPatientsIdentificationSequence),                             OPTIONAL, SubjectRules.GROUP_MEMBER,   Group::addMember)));
    // spotless:on

    private GroupTable() {}

    private static <V> Row<OfPatient, Group, V> row(
            String element,
            List<Attribute> attributes,
            Row.Need need,
            Rule<OfPatient, V> rule,
            BiConsumer<Group, V> setter) {
        return new Row<>(element, attributes, need, rule, setter);
    }
}
