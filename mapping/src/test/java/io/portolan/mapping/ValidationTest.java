package io.portolan.mapping;

import static org.assertj.core.api.Assertions.assertThat;

import io.portolan.testdata.Case;
import io.portolan.testdata.Cases;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.hl7.fhir.r4.model.Bundle;
import org.hl7.fhir.r4.model.ImagingStudy;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** HAPI's validator accepts every golden: no error, and no warning that is not explained here. */
class ValidationTest {

    private static final Validator VALIDATOR = new Validator();

    /** Warnings that are not ours to avoid, by what they match, and why. */
    static final Map<Pattern, String> EXPLAINED = Map.ofEntries(
            explained("ValueSet 'http://www.rsna.org/RadLex_Playbook.aspx' not found", "R4 names no value set there"),
            explained(
                    "codeSystem 'http://snomed.info/sct' version 'null' is not supported", "SNOMED CT is not offline"),
            explained("CodeSystem is unknown and can't be validated: ", "LOINC and sites' own are not offline"),
            explained("fragment CodeSystem 'urn:ietf:rfc:3986#", "not every URI is known here"),
            explained("v3-ParticipationType#DEV\\)", "the value set is extensible and has no code for a device"),
            explained("v2-0203#VN\\)", "the value set is extensible and has no code for a visit"),
            explained(
                    "series\\[\\d+].modality: .* was not found in the value set .*sect_CID_29",
                    "documents: extensible"),
            explained("birthDate: The value .* is outside the range of reasonable years", "as the header has it"),
            explained("note\\[\\d+].text: The markdown contains", "as the header has it; what shows it escapes it"),
            explained("ode with no system has no defined meaning", "a site's code without a known scheme, reported"),
            explained(
                    "subject: A Reference without an actual reference or identifier", "an unknown patient, reported"));

    private static Map.Entry<Pattern, String> explained(String warning, String why) {
        return Map.entry(Pattern.compile("^WARNING .*" + warning), why);
    }

    static List<String> cases() {
        return GoldenCasesTest.cases();
    }

    @ParameterizedTest
    @MethodSource("cases")
    void acceptsTheGolden(String name) throws Exception {
        Case golden = Cases.named(name);
        List<String> messages =
                VALIDATOR.validate(Rendering.of(golden.instances()).resource());
        assertThat(messages)
                .allSatisfy(message -> assertThat(EXPLAINED.keySet())
                        .as(message)
                        .anyMatch(pattern -> pattern.matcher(message).find()));
    }

    @Test
    void seesAnErrorWhereThereIsOne() throws Exception {
        Bundle bundle =
                (Bundle) Rendering.of(Cases.named("minimal").instances()).resource();
        ((ImagingStudy) bundle.getEntryFirstRep().getResource()).setStatusElement(null);
        assertThat(VALIDATOR.validate(bundle)).anyMatch(message -> message.contains("ImagingStudy.status"));
    }
}
