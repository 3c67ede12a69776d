package io.portolan.mapping;

import static org.assertj.core.api.Assertions.assertThat;

import io.portolan.dicom.Attribute;
import io.portolan.dicom.DataSet;
import io.portolan.mapping.MappingOptions.Issuers;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class IssuerRulesTest {

    private static final Issuers ISSUERS =
            new Issuers(Map.of("HARBOUR", "https://harbour.example.org"), Optional.of("urn:default"));

    @ParameterizedTest
    @CsvSource({
        "2.25.7,                                   ISO,  urn:oid:2.25.7",
        "2.25.x,                                   ISO,  UniversalEntityID: no system can be made of this issuer",
        "F81D4FAE-7DEC-11D0-A765-00A0C91E6BF6,     UUID, urn:uuid:f81d4fae-7dec-11d0-a765-00a0c91e6bf6",
        "1-1-1-1-1,                                UUID, UniversalEntityID: no system can be made of this issuer",
        "https://a.example.org/b,                  URI,  https://a.example.org/b",
        "a.example.org,                            URI,  UniversalEntityID: no system can be made of this issuer",
        "http://a b,                               URI,  UniversalEntityID: no system can be made of this issuer",
        "a.example.org,                            DNS,  UniversalEntityID: no system can be made of this issuer",
        "2.25.7,                                   '',   UniversalEntityID: no system can be made of this issuer",
    })
    void makesASystemOfAUniversalEntity(String id, String type, String expected) {
        DataSet item = Told.with(Attribute.UniversalEntityID, id, Attribute.UniversalEntityIDType, type);
        assertThat(Told.by(IssuerRules.system(Optional.empty(), List.of(item), ISSUERS)))
                .isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource({
        "HARBOUR,   https://harbour.example.org",
        "' HARBOUR', https://harbour.example.org",
        "FERRY,     LocalNamespaceEntityID: no system is configured for this issuer",
    })
    void looksUpALocalNamespace(String local, String expected) {
        DataSet item = Told.with(Attribute.LocalNamespaceEntityID, local);
        assertThat(Told.by(IssuerRules.system(Optional.empty(), List.of(item), ISSUERS)))
                .isEqualTo(expected);
    }

    @Test
    void takesTheDefaultOnlyWhereNobodyIsNamed() {
        assertThat(Told.by(IssuerRules.system(Optional.empty(), List.of(), ISSUERS)))
                .isEqualTo("urn:default");
        assertThat(Told.by(IssuerRules.system(Optional.of("FERRY"), List.of(), ISSUERS)))
                .isEqualTo("IssuerOfPatientID: no system is configured for this issuer");
        assertThat(Told.by(IssuerRules.system(Optional.empty(), List.of(), ISSUERS.withoutDefault())))
                .isEqualTo("absent");
    }
}
