package io.portolan.mapping;

import static org.assertj.core.api.Assertions.assertThat;

import io.portolan.dicom.Attribute;
import io.portolan.dicom.CharacterSet;
import io.portolan.dicom.DataSet;
import io.portolan.dicom.Level;
import io.portolan.dicom.Uid;
import io.portolan.mapping.study.Header;
import io.portolan.mapping.study.Variant;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PatientRulesTest {

    @ParameterizedTest
    @CsvSource({
        "'',     absent",
        "M,      MALE",
        "F,      FEMALE",
        "O,      OTHER",
        "' F ',  FEMALE",
        "f,      'PatientSex: none of M, F, O'",
        "U,      'PatientSex: none of M, F, O'",
        "M\\F,   PatientSex: more than one value",
    })
    void takesSexesOfTheStandardAndNoOthers(String value, String expected) {
        Header header = Header.of(List.of(variant(1, Told.with(Attribute.PatientSex, value))));
        assertThat(Told.by(PatientRules.GENDER.apply().apply(Told.patient(header))))
                .isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource({
        // PatientID   issuer   PatientID   issuer   expected
        "A1,           '',      A1,         '',      none",
        "A1,           '',      'A1 ',      '',      none",
        "A1,           '',      '',         '',      none",
        "A1,           X,       A1,         '',      none",
        "A1,           X,       A1,         X,       none",
        "A1,           '',      A2,         '',      patient conflict: instances differ in PatientID",
        "A1,           '',      a1,         '',      patient conflict: instances differ in PatientID",
        "A1,           '',      01,         '',      patient conflict: instances differ in PatientID",
        "A1,           X,       A1,         Y,       patient conflict: instances differ in IssuerOfPatientID",
    })
    void parksWhatCannotBeOnePatient(String id, String issuer, String otherId, String otherIssuer, String expected) {
        Header header = Header.of(List.of(variant(1, patient(id, issuer)), variant(2, patient(otherId, otherIssuer))));
        assertThat(PatientRules.conflict(header).orElse("none")).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource({
        "2.25.1, 2.25.1, none",
        "2.25.1, 2.25.2, patient conflict: instances differ in IssuerOfPatientIDQualifiersSequence",
        "2.25.1, '',     none",
    })
    void parksTwoIssuersThatAreUniversalEntities(String one, String other, String expected) {
        Header header = Header.of(List.of(variant(1, qualified(one)), variant(2, qualified(other))));
        assertThat(PatientRules.conflict(header).orElse("none")).isEqualTo(expected);
    }

    private static DataSet qualified(String universal) {
        return DataSet.builder(CharacterSet.UTF_8)
                .add(
                        Attribute.IssuerOfPatientIDQualifiersSequence,
                        List.of(Told.with(
                                Attribute.UniversalEntityID, universal, Attribute.UniversalEntityIDType, "ISO")))
                .build();
    }

    private static DataSet patient(String id, String issuer) {
        return Told.with(Attribute.PatientID, id, Attribute.IssuerOfPatientID, issuer);
    }

    /** As Instance makes it: without empty elements. */
    private static Variant variant(int number, DataSet header) {
        return new Variant(header.at(Level.PATIENT), 1, new Uid("2.25." + number));
    }
}
