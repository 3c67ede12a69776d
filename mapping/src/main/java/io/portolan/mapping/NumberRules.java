package io.portolan.mapping;

import io.portolan.dicom.Attribute;
import io.portolan.dicom.DataSet;
import java.util.List;
import java.util.regex.Pattern;
import org.hl7.fhir.r4.model.Extension;
import org.hl7.fhir.r4.model.PositiveIntType;
import org.hl7.fhir.r4.model.UnsignedIntType;

/** Numbers (PS3.5 6.2 IS) and counts. A number that is not there stays so: never 0 instead. */
final class NumberRules {

    /** FHIR R4 unsignedInt: 0 to 2,147,483,647; PS3.5 6.2 IS: at most 12 characters. */
    private static final Pattern INTEGER_STRING = Pattern.compile("[+-]?\\d{1,11}");

    static final Rule<StudySource.OfSeries, UnsignedIntType> SERIES_NUMBER =
            Rule.one("a number that is not negative", source -> unsigned(source.header(), Attribute.SeriesNumber));

    static final Rule<StudySource.OfInstance, UnsignedIntType> INSTANCE_NUMBER =
            Rule.one("a number that is not negative", source -> unsigned(source.header(), Attribute.InstanceNumber));

    static final Rule<StudySource, UnsignedIntType> NUMBER_OF_SERIES = Rule.one(
            "counted, whether listed or not",
            source -> Value.of(new UnsignedIntType(source.study().numberOfSeries())));

    static final Rule<StudySource, UnsignedIntType> NUMBER_OF_INSTANCES = Rule.one(
            "counted, whether listed or not",
            source -> Value.of(new UnsignedIntType(source.study().numberOfInstances())));

    static final Rule<StudySource.OfSeries, UnsignedIntType> SERIES_NUMBER_OF_INSTANCES = Rule.one(
            "counted, whether listed or not",
            source -> Value.of(new UnsignedIntType(source.series().numberOfInstances())));

    /** Of an extension on an instance of a selection, once for each frame that is meant; none: the whole instance. */
    static final String REFERENCED_FRAME = "urn:portolan:referenced-frame-number";

    static final Rule<StudySource.OfInstance, Extension> FRAMES = Rule.many(
            "of a selection: extension " + REFERENCED_FRAME + " (positiveInt) for each frame that it refers to",
            source -> source.frames().stream()
                    .map(frame -> Value.of(new Extension(REFERENCED_FRAME, new PositiveIntType(frame))))
                    .toList());

    private NumberRules() {}

    static Value<UnsignedIntType> unsigned(DataSet dataSet, Attribute attribute) {
        List<String> values = dataSet.values(attribute).stream().distinct().toList();
        if (values.isEmpty()) {
            return Value.absent();
        }
        if (values.size() > 1) {
            return Value.invalid(attribute, "more than one value");
        }
        if (!INTEGER_STRING.matcher(values.get(0)).matches()) {
            return Value.invalid(attribute, "not a number of VR IS");
        }
        long number = Long.parseLong(values.get(0));
        if (number < 0) {
            return Value.invalid(attribute, "negative");
        }
        return number > Integer.MAX_VALUE
                ? Value.invalid(attribute, "greater than 2147483647")
                : Value.of(new UnsignedIntType((int) number));
    }
}
