package io.portolan.mapping;

import static io.portolan.dicom.Attribute.*;
import static io.portolan.mapping.Row.Need.OPTIONAL;
import static io.portolan.mapping.Row.Need.REQUIRED;

import io.portolan.dicom.Attribute;
import io.portolan.mapping.StudySource.OfPatient;
import java.util.List;
import java.util.function.BiConsumer;
import org.hl7.fhir.r4.model.Device;

/** FHIR R4 Device: the subject of a quality control study (QualityControlSubject YES). */
final class PhantomTable {

    // spotless:off
    static final Table<OfPatient, Device> TABLE = new Table<>("Device", List.of(
            // FHIR element, DICOM attributes, need, rule, setter
            row("Device.identifier", List.of(PatientID, IssuerOfPatientID, IssuerOfPatientIDQualifiersSequence), REQUIRED, IdentifierRules.PATIENT_ID, Device::addIdentifier),
            row("Device.deviceName", List.of(PatientName),                                                       OPTIONAL, SubjectRules.PHANTOM_NAME,  Device::addDeviceName)));
    // spotless:on

    private PhantomTable() {}

    private static <V> Row<OfPatient, Device, V> row(
            String element,
            List<Attribute> attributes,
            Row.Need need,
            Rule<OfPatient, V> rule,
            BiConsumer<Device, V> setter) {
        return new Row<>(element, attributes, need, rule, setter);
    }
}
