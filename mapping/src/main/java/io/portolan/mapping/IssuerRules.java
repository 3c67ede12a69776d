package io.portolan.mapping;

import io.portolan.dicom.Attribute;
import io.portolan.dicom.DataSet;
import io.portolan.dicom.Uid;
import io.portolan.mapping.MappingOptions.Issuers;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * From who issued an identifier to its system (PS3.3 table 10-17, HL7v2 Hierarchic Designator macro).
 *
 * <pre>
 * UniversalEntityID (0040,0032) of UniversalEntityIDType (0040,0033)   ISO: urn:oid:   UUID: urn:uuid:   URI: as it is
 * else LocalNamespaceEntityID (0040,0031), or the text of IssuerOfPatientID (0010,0021): through the configured table
 * nobody named: the configured default
 * </pre>
 */
final class IssuerRules {

    private IssuerRules() {}

    /**
     * The system.
     *
     * @param text the issuer as a text, where there is one
     * @param items the issuer as a macro; more than one item cannot be
     * @param issuers the systems of this kind of identifier
     * @return absent when no issuer is named and there is no default; invalid when one is named that has no system
     */
    static Value<String> system(Optional<String> text, List<DataSet> items, Issuers issuers) {
        Optional<DataSet> item = items.stream().filter(i -> !i.isEmpty()).findFirst();
        Optional<String> universal = item.flatMap(i -> universalSystem(i));
        if (universal.isPresent()) {
            return Value.of(universal.get());
        }
        Optional<String> local =
                item.flatMap(i -> i.string(Attribute.LocalNamespaceEntityID)).or(() -> text);
        if (local.isPresent()) {
            String system = issuers.byName().get(local.get().strip());
            Attribute attribute = item.isPresent() ? Attribute.LocalNamespaceEntityID : Attribute.IssuerOfPatientID;
            return system == null
                    ? Value.invalid(attribute, "no system is configured for this issuer")
                    : Value.of(system);
        }
        if (item.isPresent()) {
            return Value.invalid(Attribute.UniversalEntityID, "no system can be made of this issuer");
        }
        return issuers.byDefault().map(Value::of).orElseGet(Value::absent);
    }

    private static Optional<String> universalSystem(DataSet item) {
        Optional<String> id = item.string(Attribute.UniversalEntityID);
        Optional<String> type = item.string(Attribute.UniversalEntityIDType);
        if (id.isEmpty() || type.isEmpty()) {
            return Optional.empty();
        }
        return switch (type.get()) {
            case "ISO" -> Uid.parse(id.get()).map(Uid::toOid);
            case "UUID" -> uuid(id.get());
            case "URI" -> id.filter(IssuerRules::isAbsoluteUri);
            default -> Optional.empty();
        };
    }

    private static Optional<String> uuid(String text) {
        boolean valid = text.matches("[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}");
        return valid ? Optional.of("urn:uuid:" + UUID.fromString(text)) : Optional.empty();
    }

    static boolean isAbsoluteUri(String text) {
        try {
            return new URI(text).isAbsolute();
        } catch (URISyntaxException e) {
            return false;
        }
    }
}
