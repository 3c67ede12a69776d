package io.portolan.mapping;

import static org.assertj.core.api.Assertions.assertThat;

import io.portolan.dicom.Attribute;
import io.portolan.dicom.CharacterSet;
import io.portolan.dicom.DataSet;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CodeRulesTest {

    @ParameterizedTest
    @CsvSource({
        "24627-2,     LN,        CT Chest,   http://loinc.org#24627-2 CT Chest",
        "113014,      DCM,       Study,      http://dicom.nema.org/resources/ontology/DCM#113014 Study",
        "RPID16,      RADLEX,    CT,         http://radlex.org#RPID16 CT",
        "10200004,    SCT,       Liver,      http://snomed.info/sct#10200004 Liver",
        "T-62000,     SRT,       Liver,      http://snomed.info/sct#10200004 Liver",
        "T-62000,     SNM3,      Liver,      http://snomed.info/sct#10200004 Liver",
        "T-62000,     SCT,       Liver,      http://snomed.info/sct#10200004 Liver",
        "T-00000X,    SRT,       ?,          -#T-00000X ? (CodeValue: no code of SNOMED CT; the code without a system)",
        "X1,          99X,       Special,    -#X1 Special (CodingSchemeDesignator: no known system; the code without one)",
        "X1,          '',        Special,    -#X1 Special (CodingSchemeDesignator: no known system; the code without one)",
        "X1,          sct,       Special,    -#X1 Special (CodingSchemeDesignator: no known system; the code without one)",
        "'',          LN,        In words,   -#null In words (CodeValue: a meaning without a code)",
        "'',          LN,        '',         CodeValue: an item without code and meaning",
        "de,          RFC5646,   German,     urn:ietf:bcp:47#de German",
        "DE,          ISO3166_1, Germany,    urn:iso:std:iso:3166#DE Germany",
        "1234567893,  NPI,       Finch,      http://hl7.org/fhir/sid/us-npi#1234567893 Finch",
        "2A00,        I11,       Tumour,     urn:oid:1.2.840.10008.2.16.16#2A00 Tumour",
        "17,          MAYOASRG,  Hand,       urn:oid:1.2.840.10008.2.16.12#17 Hand",
        "BI,          BARI,      ?,          -#BI ? (CodingSchemeDesignator: no known system; the code without one)",
        "' 24627-2 ', ' LN ',    ' CT ',     http://loinc.org#24627-2 CT",
    })
    void findsTheSystemOfADesignator(String value, String designator, String meaning, String expected) {
        assertThat(Told.by(CodeRules.coding(Told.code(value, designator, meaning), DataSet.EMPTY, Rendering.OPTIONS)))
                .isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource({
        "2.25.1,                 urn:oid:2.25.1#X1 Special",
        "2.16.840.1.113883.6.1,  http://loinc.org#X1 Special",
        "2.16.840.1.113883.6.2,  http://hl7.org/fhir/sid/icd-9-cm#X1 Special",
        "not a UID,              -#X1 Special (CodingSchemeDesignator: no known system; the code without one)",
    })
    void findsTheSystemOfASchemeThatTheInstanceIdentifies(String uid, String expected) {
        DataSet header = DataSet.builder(CharacterSet.UTF_8)
                .add(
                        Attribute.CodingSchemeIdentificationSequence,
                        List.of(Told.with(Attribute.CodingSchemeDesignator, "99X", Attribute.CodingSchemeUID, uid)))
                .build();
        assertThat(Told.by(CodeRules.coding(Told.code("X1", "99X", "Special"), header, Rendering.OPTIONS)))
                .isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource({
        "urn:oid:2.25.3, urn:ietf:rfc:3986#urn:oid:2.25.3 null",
        "no urn,         CodeValue: an item without code and meaning",
    })
    void takesAUrnAsACodeOfItsOwn(String urn, String expected) {
        assertThat(Told.by(CodeRules.coding(Told.with(Attribute.URNCodeValue, urn), DataSet.EMPTY, Rendering.OPTIONS)))
                .isEqualTo(expected);
    }

    @Test
    void refusesSeveralCodesWhereThereCanBeOne() {
        List<DataSet> items = List.of(Told.code("1", "LN", "a"), Told.code("2", "LN", "b"));
        assertThat(Told.by(CodeRules.only(items, Attribute.AnatomicRegionSequence, DataSet.EMPTY, Rendering.OPTIONS)))
                .isEqualTo("AnatomicRegionSequence: several codes where there can be one");
        assertThat(Told.by(CodeRules.only(
                        List.of(items.get(0), items.get(0)),
                        Attribute.AnatomicRegionSequence,
                        DataSet.EMPTY,
                        Rendering.OPTIONS)))
                .isEqualTo("http://loinc.org#1 a");
    }
}
