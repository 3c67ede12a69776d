package io.portolan.mapping;

import static org.assertj.core.api.Assertions.assertThat;

import io.portolan.dicom.Attribute;
import java.util.List;
import java.util.stream.Collectors;
import org.hl7.fhir.r4.model.Extension;
import org.hl7.fhir.r4.model.HumanName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NameRulesTest {

    @ParameterizedTest
    @CsvSource({
        "'',                       ''",
        "'  ',                     ''",
        "^^^^,                     ''",
        "==,                       ''",
        "Doe,                      Doe[]",
        "Doe^Jo,                   Doe[Jo]",
        "Doe^Jo Ann^Lee^Dr^Jr,     Dr Doe[Jo Ann / Lee] Jr",
        "^Jo,                      null[Jo]",
        "Yamada^Tarou=山田^太郎=やまだ^たろう, Yamada[Tarou]ABC; 山田[太郎]IDE; やまだ[たろう]SYL",
        "=山田^太郎,                 山田[太郎]IDE",
        "==やまだ^たろう,             やまだ[たろう]SYL",
        "Doe^Jo\\Roe^Jo,           Doe[Jo]; Roe[Jo]",
        "A^B^C^D^E^F=G=H=I,        D A[B / C] E^FABC; G[]IDE; H=I[]SYL",
    })
    void makesANameOfEachComponentGroup(String value, String expected) {
        List<Value<HumanName>> names =
                NameRules.names(Told.with(Attribute.PatientName, value).names(Attribute.PatientName));
        assertThat(names.stream()
                        .map(name -> line(((Value.Present<HumanName>) name).value()))
                        .collect(Collectors.joining("; ")))
                .isEqualTo(expected);
    }

    private static String line(HumanName name) {
        String prefix = name.hasPrefix() ? name.getPrefixAsSingleString() + " " : "";
        String suffix = name.hasSuffix() ? " " + name.getSuffixAsSingleString() : "";
        String given = name.getGiven().stream().map(g -> g.getValue()).collect(Collectors.joining(" / "));
        String representation = name.getExtension().stream()
                .map(Extension::getValue)
                .map(Object::toString)
                .collect(Collectors.joining());
        return prefix + name.getFamily() + "[" + given + "]" + suffix + representation;
    }
}
