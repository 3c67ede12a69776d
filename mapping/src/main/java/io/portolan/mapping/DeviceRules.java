package io.portolan.mapping;

import io.portolan.dicom.Attribute;
import io.portolan.dicom.DataSet;
import io.portolan.mapping.StudySource.OfSeries;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.hl7.fhir.r4.model.Device;
import org.hl7.fhir.r4.model.Device.DeviceDeviceNameComponent;
import org.hl7.fhir.r4.model.Device.DeviceNameType;
import org.hl7.fhir.r4.model.Device.DeviceVersionComponent;
import org.hl7.fhir.r4.model.Identifier;
import org.hl7.fhir.r4.model.Reference;

/** The device that made a series (PS3.3 C.7.5.1, General Equipment). */
final class DeviceRules {

    static final Rule<OfSeries, Identifier> IDENTIFIER = Rule.one(
            "system urn:dicom:uid, value urn:oid: and the UID; without UID the gateway's own, made of manufacturer, model, serial number and station",
            source -> source.header()
                    .uid(Attribute.DeviceUID)
                    .map(uid -> Value.of(IdentifierRules.ofUid(uid)))
                    .orElseGet(() -> source.header().hasValue(Attribute.DeviceUID)
                            ? Value.invalid(Attribute.DeviceUID, "no UID")
                            : Value.absent()));

    static final Rule<OfSeries, String> MANUFACTURER = text(Attribute.Manufacturer);
    static final Rule<OfSeries, String> SERIAL_NUMBER = text(Attribute.DeviceSerialNumber);
    static final Rule<OfSeries, String> MODEL_NUMBER = text(Attribute.ManufacturerModelName);

    static final Rule<OfSeries, DeviceDeviceNameComponent> NAME = Rule.one(
            "type user-friendly-name",
            source -> TextRules.text(source.header(), Attribute.StationName)
                    .map(name ->
                            new DeviceDeviceNameComponent().setName(name).setType(DeviceNameType.USERFRIENDLYNAME)));

    static final Rule<OfSeries, DeviceVersionComponent> VERSION = Rule.many(
            "each",
            source -> source.header().values(Attribute.SoftwareVersions).stream()
                    .flatMap(version -> TextRules.readable(version).stream())
                    .distinct()
                    .map(version -> Value.of(new DeviceVersionComponent().setValue(version)))
                    .toList());

    private DeviceRules() {}

    private static Rule<OfSeries, String> text(Attribute attribute) {
        return Rule.one("as it is", source -> TextRules.text(source.header(), attribute));
    }

    /**
     * The one that most instances name (PS3.3 A.1.2.3: a series is made by one device): by all that these say of it, since
     * the parts of two devices would make a third.
     */
    static Optional<Reference> reference(OfSeries disagreeing) {
        OfSeries source = disagreeing
                .each(
                        Attribute.Manufacturer,
                        Attribute.ManufacturerModelName,
                        Attribute.DeviceSerialNumber,
                        Attribute.DeviceUID,
                        Attribute.StationName)
                .get(0);
        DataSet series = source.header();
        Reference logical = new Reference();
        String model = Stream.of(Attribute.Manufacturer, Attribute.ManufacturerModelName)
                .flatMap(attribute -> series.string(attribute).stream())
                .collect(Collectors.joining(" "));
        TextRules.readable(model)
                .or(() -> series.string(Attribute.StationName).flatMap(TextRules::readable))
                .ifPresent(logical::setDisplay);
        series.uid(Attribute.DeviceUID)
                .map(IdentifierRules::ofUid)
                .or(() -> series.string(Attribute.DeviceSerialNumber)
                        .flatMap(TextRules::readable)
                        .map(number -> IdentifierRules.typed(IdentifierRules.Type.SNO, number)))
                .ifPresent(logical::setIdentifier);
        if (!logical.hasDisplay() && !logical.hasIdentifier()) {
            return Optional.empty();
        }
        return Optional.of(source.references()
                .to(
                        ReferencedType.DEVICE,
                        logical,
                        Optional.of(name(series)),
                        (Device resource, List<MappingIssue> issues) -> DeviceTable.TABLE.map(
                                source, resource, source.series().uid(), issues)));
    }

    /** What tells this device from others, where it has no UID; a new software version makes no new device. */
    private static String name(DataSet series) {
        return Stream.of(
                        Attribute.Manufacturer,
                        Attribute.ManufacturerModelName,
                        Attribute.DeviceSerialNumber,
                        Attribute.StationName)
                .map(attribute -> String.join("\\", series.strings(attribute)))
                .collect(Collectors.joining("|"));
    }
}
