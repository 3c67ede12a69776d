package io.portolan.mapping;

import static org.assertj.core.api.Assertions.assertThat;

import io.portolan.dicom.Attribute;
import io.portolan.dicom.CharacterSet;
import io.portolan.dicom.DataSet;
import io.portolan.mapping.MappingOptions.Issuers;
import io.portolan.mapping.study.Study;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.hl7.fhir.r4.model.Identifier;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OrderRulesTest {

    private static final MappingOptions NO_DEFAULT = MappingOptions.defaults("urn:own");

    /** A request is its numbers: kind, value, and behind @ the last arc of the issuer's OID. */
    @ParameterizedTest
    @CsvSource({
        "A7@1,                          A7@1",
        "A7@1; A7@1,                    A7@1",
        "A7@1; A8@1,                    A7@1 | A8@1",
        "A7@1; A7@2,                    A7@1 | A7@2",
        "A7; A7,                        A7",
        "A7; A7@1,                      A7@1",
        "A7; A7@1; A7@2,                A7 | A7@1 | A7@2",
        "A7; A7; A7@1; A7@2,            A7 | A7@1 | A7@2",
        "A7; A7@1; A8@2,                A7@1 | A8@2",
        "A7 P1; A7@1; A7@2 P2,          A7 P1 | A7@1 | A7@2 P2",
        // joined by a number of another kind
        "A7@1 P3@1; A8@1 P3@1,          A7@1 A8@1 P3@1",
        "A7@1 P3@1; P3@1 F4@1; F4@1,    A7@1 F4@1 P3@1",
        "A7 P3@1; A7@1; A7@2 P3@1,      A7@1 | A7@2 P3@1",
        "A7@1 P3@1; A7@2 P3@1; A7,      A7@1 A7@2 P3@1",
        // the same value of another kind is another number
        "A7@1; P7@1,                    A7@1 | P7@1",
    })
    void joinsTheRequestsOfOneOrder(String requests, String expected) {
        assertThat(orders(requests, NO_DEFAULT)).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource({
        "A7,                A7@9",
        "A7; A7@9,          A7@9",
        "A7; A7@1,          A7@1",
        "A7; A7@1; A7@9,    A7@1 | A7@9",
        "A7; A7@1; A7@2,    A7@1 | A7@2 | A7@9",
    })
    void takesANumberWithoutIssuerForThatOfTheSiteWhereNoOtherOrderHasIt(String requests, String expected) {
        assertThat(orders(requests, site(new Issuers(Map.of(), Optional.of("urn:oid:2.25.9")))))
                .isEqualTo(expected);
    }

    /** In any order of items and instances. */
    private static String orders(String requests, MappingOptions options) {
        List<DataSet> items =
                Stream.of(requests.split("; ", -1)).map(OrderRulesTest::item).toList();
        String told = told(items, options);
        List<DataSet> shuffled = new ArrayList<>(items);
        for (int seed = 0; seed < 10; seed++) {
            Collections.shuffle(shuffled, new Random(seed));
            assertThat(told(shuffled, options)).isEqualTo(told);
        }
        return told;
    }

    private static String told(List<DataSet> items, MappingOptions options) {
        DataSet header = DataSet.builder(CharacterSet.UTF_8)
                .add(Attribute.SOPClassUID, "1.2.840.10008.5.1.4.1.1.2")
                .add(Attribute.SOPInstanceUID, "2.25.31415.81.1.1")
                .add(Attribute.StudyInstanceUID, "2.25.31415.81")
                .add(Attribute.SeriesInstanceUID, "2.25.31415.81.1")
                .add(Attribute.RequestAttributesSequence, items)
                .build();
        return OrderRules.orders(StudySource.of(Study.of(List.of(Told.instance(header))), options)).stream()
                .map(order -> OrderRules.IDENTIFIER.apply().apply(order).stream()
                        .flatMap(number -> number.said().stream())
                        .map(OrderRulesTest::told)
                        .sorted()
                        .collect(Collectors.joining(" ")))
                .sorted()
                .collect(Collectors.joining(" | "));
    }

    private static String told(Identifier number) {
        String kind = number.getType().getCodingFirstRep().getCode().substring(0, 1);
        String system = Objects.requireNonNullElse(number.getSystem(), "");
        return kind + number.getValue() + (system.isEmpty() ? "" : "@" + system.substring(system.lastIndexOf('.') + 1));
    }

    private static DataSet item(String numbers) {
        DataSet.Builder item = DataSet.builder(CharacterSet.UTF_8);
        for (String number : numbers.split(" ", -1)) {
            String[] parts = number.substring(1).split("@", -1);
            Attribute attribute = switch (number.charAt(0)) {
                case 'A' -> Attribute.AccessionNumber;
                case 'P' -> Attribute.PlacerOrderNumberImagingServiceRequest;
                default -> Attribute.FillerOrderNumberImagingServiceRequest;
            };
            Attribute issuer = switch (number.charAt(0)) {
                case 'A' -> Attribute.IssuerOfAccessionNumberSequence;
                case 'P' -> Attribute.OrderPlacerIdentifierSequence;
                default -> Attribute.OrderFillerIdentifierSequence;
            };
            item.add(attribute, parts[0]);
            if (parts.length > 1) {
                item.add(
                        issuer,
                        List.of(Told.with(
                                Attribute.UniversalEntityID,
                                "2.25." + parts[1],
                                Attribute.UniversalEntityIDType,
                                "ISO")));
            }
        }
        return item.build();
    }

    private static MappingOptions site(Issuers orders) {
        return new MappingOptions(
                NO_DEFAULT.identifierSystem(),
                NO_DEFAULT.zones(),
                NO_DEFAULT.patients(),
                orders,
                NO_DEFAULT.admissions(),
                NO_DEFAULT.specimens(),
                NO_DEFAULT.strategies(),
                NO_DEFAULT.codes(),
                NO_DEFAULT.note(),
                NO_DEFAULT.endpoints(),
                NO_DEFAULT.extensions());
    }
}
