package io.portolan.mapping;

import io.portolan.dicom.DataSet;
import io.portolan.dicom.DicomDate;
import io.portolan.dicom.Element;
import io.portolan.dicom.Level;
import io.portolan.dicom.Tag;
import io.portolan.mapping.StudySource.OfInstance;
import io.portolan.mapping.StudySource.OfPatient;
import io.portolan.mapping.StudySource.OfSeries;
import java.math.BigDecimal;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.hl7.fhir.r4.model.CodeType;
import org.hl7.fhir.r4.model.DateType;
import org.hl7.fhir.r4.model.DecimalType;
import org.hl7.fhir.r4.model.Extension;
import org.hl7.fhir.r4.model.IntegerType;
import org.hl7.fhir.r4.model.StringType;
import org.hl7.fhir.r4.model.Type;

/** What a site maps beside the tables: attributes into extensions, one for each value. */
final class ExtensionRules {

    private static final String SAYS = "one for each value of what is configured for this level";

    static final Rule<OfPatient, Extension> PATIENT =
            Rule.many(SAYS, source -> extensions(source.merged(), Level.PATIENT, source.options()));

    static final Rule<StudySource, Extension> STUDY =
            Rule.many(SAYS, source -> extensions(source.header(), Level.STUDY, source.options()));

    static final Rule<OfSeries, Extension> SERIES =
            Rule.many(SAYS, source -> extensions(source.header(), Level.SERIES, source.options()));

    static final Rule<OfInstance, Extension> INSTANCE =
            Rule.many(SAYS, source -> extensions(source.header(), Level.INSTANCE, source.options()));

    /** FHIR R4 code: no space at its ends, no two together. */
    private static final Pattern CODE = Pattern.compile("\\S+( \\S+)*");

    /** FHIR R4 decimal: 18 digits are more than any DS has; an exponent beyond this would unfold to as many digits. */
    private static final Pattern NUMBER =
            Pattern.compile("[+-]?(\\d{1,16}(\\.\\d{0,17})?|\\.\\d{1,17})([eE][+-]?\\d{1,2})?");

    private static final Pattern INTEGER = Pattern.compile("[+-]?\\d{1,9}");

    private ExtensionRules() {}

    private static List<Value<Extension>> extensions(DataSet header, Level level, MappingOptions options) {
        return options.extensions().stream()
                .filter(extension -> extension.source().level() == level)
                .flatMap(extension -> values(header, extension, options)
                        .map(value -> value.map(content -> new Extension(extension.url(), content))))
                .toList();
    }

    private static Stream<Value<Type>> values(DataSet header, ExtensionOption extension, MappingOptions options) {
        int tag = extension.source().tag();
        Element element = header.find(tag);
        if (element == null) {
            return Stream.empty();
        }
        if (extension.type() == ExtensionOption.ValueType.CODING) {
            return element.items().isEmpty()
                    ? Stream.of(invalid(tag, "no sequence of codes"))
                    : element.items().stream()
                            .map(item -> CodeRules.coding(item, header, options).map(c -> c));
        }
        List<String> texts =
                header.strings(tag).stream().filter(text -> !text.isBlank()).toList();
        return texts.isEmpty()
                ? Stream.of(invalid(tag, "no text or number"))
                : texts.stream().map(text -> value(text.strip(), tag, extension.type()));
    }

    private static Value<Type> value(String text, int tag, ExtensionOption.ValueType type) {
        return switch (type) {
            case STRING ->
                TextRules.readable(text)
                        .map(readable -> Value.<Type>of(new StringType(readable)))
                        .orElseGet(() -> invalid(tag, "nothing readable"));
            case CODE ->
                CODE.matcher(text).matches()
                                && TextRules.readable(text).filter(text::equals).isPresent()
                        ? Value.of(new CodeType(text))
                        : invalid(tag, "not a code");
            case DECIMAL ->
                NUMBER.matcher(text).matches()
                        ? Value.of(new DecimalType(new BigDecimal(text)))
                        : invalid(tag, "not a number");
            case INTEGER ->
                INTEGER.matcher(text).matches()
                        ? Value.of(new IntegerType(Integer.parseInt(text)))
                        : invalid(tag, "not a whole number of at most 9 digits");
            case DATE ->
                DicomDate.parse(text)
                        .map(date -> Value.<Type>of(new DateType(date.toIso())))
                        .orElseGet(() -> invalid(tag, "not a date"));
            case CODING -> throw new IllegalStateException("a coding is no text");
        };
    }

    private static Value<Type> invalid(int tag, String reason) {
        return Value.invalid(null, Tag.format(tag) + ": " + reason);
    }
}
