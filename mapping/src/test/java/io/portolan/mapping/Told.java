package io.portolan.mapping;

import io.portolan.dicom.Attribute;
import io.portolan.dicom.CharacterSet;
import io.portolan.dicom.DataSet;
import io.portolan.dicom.Uid;
import io.portolan.mapping.study.Header;
import io.portolan.mapping.study.Instance;
import io.portolan.mapping.study.Series;
import io.portolan.mapping.study.UnidentifiedInstanceException;
import io.portolan.mapping.study.Variant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.hl7.fhir.r4.model.Coding;
import org.hl7.fhir.r4.model.Identifier;
import org.hl7.fhir.r4.model.PrimitiveType;

/** Makes small data sets, and puts what a rule says about them into a line for a table. */
final class Told {

    private Told() {}

    static DataSet with(Attribute attribute, String value) {
        return DataSet.builder(CharacterSet.UTF_8).add(attribute, value).build();
    }

    static DataSet with(Attribute first, String value, Attribute second, String other) {
        return DataSet.builder(CharacterSet.UTF_8)
                .add(first, value)
                .add(second, other)
                .build();
    }

    static DataSet code(String value, String designator, String meaning) {
        return DataSet.builder(CharacterSet.UTF_8)
                .add(Attribute.CodeValue, value)
                .add(Attribute.CodingSchemeDesignator, designator)
                .add(Attribute.CodeMeaning, meaning)
                .build();
    }

    static StudySource.OfSeries series(DataSet... headers) {
        List<Variant> variants = new ArrayList<>();
        for (DataSet header : headers) {
            variants.add(new Variant(header, 1, new Uid("2.25." + (variants.size() + 1))));
        }
        return new StudySource.OfSeries(
                new Series(new Uid("2.25.9"), Header.of(variants), new TreeMap<>(), Optional.empty(), 0),
                false,
                Rendering.OPTIONS,
                new References(Rendering.OPTIONS));
    }

    static Instance instance(DataSet header) {
        try {
            return Instance.of(header);
        } catch (UnidentifiedInstanceException e) {
            throw new IllegalArgumentException(e);
        }
    }

    static StudySource.OfPatient patient(Header header) {
        return new StudySource.OfPatient(header, Optional.empty(), Rendering.OPTIONS);
    }

    static <T> String by(Value<T> value) {
        if (value instanceof Value.Present<T> present) {
            return text(present.value());
        }
        if (value instanceof Value.Reduced<T> reduced) {
            return text(reduced.value()) + " (" + reduced.attribute() + ": " + reduced.reason() + ")";
        }
        return value instanceof Value.Invalid<T> invalid ? invalid.attribute() + ": " + invalid.reason() : "absent";
    }

    static <T> String by(List<Value<T>> values) {
        return values.stream().map(Told::by).collect(Collectors.joining("; "));
    }

    private static String text(Object value) {
        if (value instanceof Coding coding) {
            return Objects.requireNonNullElse(coding.getSystem(), "-")
                    + '#'
                    + coding.getCode()
                    + ' '
                    + coding.getDisplay();
        }
        if (value instanceof Identifier identifier) {
            return Objects.requireNonNullElse(identifier.getSystem(), "-") + '|' + identifier.getValue();
        }
        return value instanceof PrimitiveType<?> primitive ? primitive.getValueAsString() : String.valueOf(value);
    }
}
