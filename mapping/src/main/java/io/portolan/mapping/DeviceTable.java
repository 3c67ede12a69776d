package io.portolan.mapping;

import static io.portolan.dicom.Attribute.*;
import static io.portolan.mapping.Row.Need.OPTIONAL;

import io.portolan.dicom.Attribute;
import io.portolan.mapping.StudySource.OfSeries;
import java.util.List;
import java.util.function.BiConsumer;
import org.hl7.fhir.r4.model.Device;

/** FHIR R4 Device: what a series was made with. */
final class DeviceTable {

    // spotless:off
    static final Table<OfSeries, Device> TABLE = new Table<>("Device", List.of(
            // FHIR element, DICOM attributes, need, rule, setter
            row("Device.identifier",   List.of(DeviceUID),             OPTIONAL, DeviceRules.IDENTIFIER,    Device::addIdentifier),
            row("Device.manufacturer", List.of(Manufacturer),          OPTIONAL, DeviceRules.MANUFACTURER,  Device::setManufacturer),
            row("Device.serialNumber", List.of(DeviceSerialNumber),    OPTIONAL, DeviceRules.SERIAL_NUMBER, Device::setSerialNumber),
            row("Device.deviceName",   List.of(StationName),           OPTIONAL, DeviceRules.NAME,          Device::addDeviceName),
            row("Device.modelNumber",  List.of(ManufacturerModelName), OPTIONAL, DeviceRules.MODEL_NUMBER,  Device::setModelNumber),
            row("Device.version",      List.of(SoftwareVersions),      OPTIONAL, DeviceRules.VERSION,       Device::addVersion)));
    // spotless:on

    private DeviceTable() {}

    private static <V> Row<OfSeries, Device, V> row(
            String element,
            List<Attribute> attributes,
            Row.Need need,
            Rule<OfSeries, V> rule,
            BiConsumer<Device, V> setter) {
        return new Row<>(element, attributes, need, rule, setter);
    }
}
