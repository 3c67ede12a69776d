package io.portolan.mapping;

import static org.assertj.core.api.Assertions.assertThat;

import io.portolan.dicom.Attribute;
import io.portolan.dicom.DataSet;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
import org.hl7.fhir.r4.model.ImagingStudy.ImagingStudySeriesPerformerComponent;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PerformerRulesTest {

    @ParameterizedTest
    @CsvSource({
        "'',                             ''",
        "^^,                             ''",
        "Finch^Ada,                      SPRF Practitioner Ada Finch",
        "' Finch^Ada ',                  SPRF Practitioner Ada Finch",
        "Finch^Ada\\Grebe^Bo,            SPRF Practitioner Ada Finch; SPRF Practitioner Bo Grebe",
        "Finch^Ada\\\\Grebe^Bo,          SPRF Practitioner Ada Finch; SPRF Practitioner Bo Grebe",
        "=山田^太郎,                       SPRF Practitioner 太郎 山田",
    })
    void namesEveryOperator(String value, String expected) {
        assertThat(told(PerformerRules.OPERATORS, Told.with(Attribute.OperatorsName, value)))
                .isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource({
        "'',        '',          absent",
        "Maker,     '',          DEV Device Maker",
        "'',        Model 7,     DEV Device Model 7",
        "Maker,     Model 7,     DEV Device Maker Model 7",
        "' Maker ', ' Model\u0007 7', DEV Device Maker Model  7",
    })
    void namesTheDeviceByMakerAndModel(String maker, String model, String expected) {
        assertThat(told(
                        PerformerRules.DEVICE,
                        Told.with(Attribute.Manufacturer, maker, Attribute.ManufacturerModelName, model)))
                .isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource({
        "Harbour Hospital, '',        PRF Organization Harbour Hospital",
        "Harbour Hospital, Finch^Ada, absent",
        "'',               '',        absent",
    })
    void namesTheInstitutionWhereNoPersonIsKnown(String institution, String operator, String expected) {
        assertThat(told(
                        PerformerRules.INSTITUTION,
                        Told.with(Attribute.InstitutionName, institution, Attribute.OperatorsName, operator)))
                .isEqualTo(expected);
    }

    private static String told(Rule<StudySource.OfSeries, ImagingStudySeriesPerformerComponent> rule, DataSet header) {
        List<Value<String>> lines = rule.apply().apply(Told.series(header)).stream()
                .map(value -> value.map(PerformerRulesTest::line))
                .toList();
        return lines.stream().map(Told::by).collect(Collectors.joining("; "));
    }

    private static String line(ImagingStudySeriesPerformerComponent performer) {
        return performer.getFunction().getCodingFirstRep().getCode()
                + ' '
                + performer.getActor().getType()
                + ' '
                + Objects.requireNonNullElse(performer.getActor().getDisplay(), "-");
    }
}
