package io.portolan.mapping;

import io.portolan.dicom.Attribute;
import io.portolan.dicom.DataSet;
import io.portolan.mapping.study.Header;
import io.portolan.mapping.study.Series;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.hl7.fhir.r4.model.CodeableConcept;
import org.hl7.fhir.r4.model.Coding;

/**
 * Coded concepts (PS3.3 table 8.8-1, Code Sequence macro).
 *
 * <pre>
 * code      CodeValue (0008,0100), else LongCodeValue (0008,0119), else URNCodeValue (0008,0120)
 * system    CodingSchemeDesignator (0008,0102) through PS3.16 table 8-1, else CodingSchemeUID (0008,010C) of the item or
 *           of CodingSchemeIdentificationSequence (0008,0110), else none: a designator is never a system
 * display   CodeMeaning (0008,0104)
 * </pre>
 */
final class CodeRules {

    static final String SCT = "http://snomed.info/sct";
    private static final String URI = "urn:ietf:rfc:3986";

    /** PS3.16 8: these name SNOMED by its old alphanumeric codes. */
    private static final Set<String> SNOMED_RT = Set.of("SRT", "SNM3", "99SDM");

    /** SNOMED CT: 6 to 18 digits. */
    private static final Pattern SCTID = Pattern.compile("[1-9]\\d{5,17}");

    private static final Map<String, String> SYSTEM_BY_DESIGNATOR = DataFile.rows("coding-schemes.tsv").stream()
            .collect(Collectors.toUnmodifiableMap(row -> row.get(0), row -> row.get(1)));

    private static final Map<String, String> SYSTEM_BY_UID = DataFile.rows("coding-schemes.tsv").stream()
            .collect(Collectors.toUnmodifiableMap(row -> row.get(2), row -> row.get(1), (a, b) -> a));

    private static final Map<String, String> SCT_BY_SNOMED_RT = DataFile.rows("snomed-rt.tsv").stream()
            .collect(Collectors.toUnmodifiableMap(row -> row.get(0), row -> row.get(1)));

    static final Rule<StudySource, CodeableConcept> PROCEDURE_CODE =
            Rule.union("all items, distinct; else the performed protocols of its series", CodeRules::procedureCodes);

    static final Rule<StudySource, CodeableConcept> REASON_CODE = Rule.union(
            "all distinct, of the study and of the requests of its series; else the reasons for what was performed",
            CodeRules::reasonCodes);

    private CodeRules() {}

    /** The first item; a second one that says something else makes it invalid. */
    static Value<Coding> only(List<DataSet> items, Attribute sequence, DataSet header, MappingOptions options) {
        List<Value<Coding>> distinct = distinct(
                items.stream().map(item -> coding(item, header, options)).toList(), Coding::getCode);
        if (distinct.size() > 1) {
            return Value.invalid(sequence, "several codes where there can be one");
        }
        return distinct.isEmpty() ? Value.absent() : distinct.get(0);
    }

    /** With the coding that the site has for it first, and the local one beside it. */
    static Value<CodeableConcept> concept(DataSet item, DataSet header, MappingOptions options) {
        Optional<String> meaning = item.string(Attribute.CodeMeaning).flatMap(TextRules::readable);
        Optional<Coding> mapped = mapped(item, options);
        Value<Coding> local = local(item, header);
        return mapped.map(coding -> Value.of(local.said().orElseGet(Coding::new)))
                .orElse(local)
                .map(coding -> {
                    CodeableConcept concept = new CodeableConcept();
                    mapped.ifPresent(concept::addCoding);
                    if (coding.hasCode()) {
                        concept.addCoding(coding);
                    }
                    meaning.ifPresent(concept::setText);
                    return concept;
                });
    }

    /** The one coding that there can be: what the site has for it, else the local one. */
    static Value<Coding> coding(DataSet item, DataSet header, MappingOptions options) {
        return mapped(item, options).map(Value::of).orElseGet(() -> local(item, header));
    }

    private static Optional<Coding> mapped(DataSet item, MappingOptions options) {
        Optional<String> code = item.string(Attribute.CodeValue).or(() -> item.string(Attribute.LongCodeValue));
        String designator = item.string(Attribute.CodingSchemeDesignator).orElse("");
        return code.flatMap(value -> mapped(designator, value, options));
    }

    /** What the site has for a local code; a term that is no code of any scheme has no designator. */
    static Optional<Coding> mapped(String designator, String code, MappingOptions options) {
        return Optional.ofNullable(options.codes().get(designator + '|' + code)).map(mapped -> {
            Coding coding = new Coding().setSystem(mapped.system()).setCode(mapped.code());
            return mapped.display().isEmpty() ? coding : coding.setDisplay(mapped.display());
        });
    }

    private static Value<Coding> local(DataSet item, DataSet header) {
        Coding coding = new Coding();
        item.string(Attribute.CodeMeaning).flatMap(TextRules::readable).ifPresent(coding::setDisplay);
        Optional<String> urn = item.string(Attribute.URNCodeValue);
        Optional<String> code = item.string(Attribute.CodeValue).or(() -> item.string(Attribute.LongCodeValue));
        if (code.isEmpty() && urn.isPresent() && IssuerRules.isAbsoluteUri(urn.get())) {
            return Value.of(coding.setSystem(URI).setCode(urn.get()));
        }
        Optional<String> readable = code.flatMap(TextRules::readable);
        if (readable.isEmpty()) {
            return coding.hasDisplay()
                    ? Value.reduced(coding, Attribute.CodeValue, "a meaning without a code")
                    : Value.invalid(Attribute.CodeValue, "an item without code and meaning");
        }
        return withSystem(coding, readable.get(), item, header);
    }

    private static Value<Coding> withSystem(Coding coding, String code, DataSet item, DataSet header) {
        coding.setCode(code);
        String designator = item.string(Attribute.CodingSchemeDesignator).orElse("");
        Optional<String> system = SNOMED_RT.contains(designator) ? Optional.of(SCT) : system(designator, item, header);
        if (system.isEmpty()) {
            return Value.reduced(coding, Attribute.CodingSchemeDesignator, "no known system; the code without one");
        }
        if (!system.get().equals(SCT) || SCTID.matcher(code).matches()) {
            return Value.of(coding.setSystem(system.get()));
        }
        String translated = SCT_BY_SNOMED_RT.get(code);
        return translated == null
                ? Value.reduced(coding, Attribute.CodeValue, "no code of SNOMED CT; the code without a system")
                : Value.of(coding.setSystem(SCT).setCode(translated));
    }

    private static Optional<String> system(String designator, DataSet item, DataSet header) {
        return Optional.ofNullable(SYSTEM_BY_DESIGNATOR.get(designator))
                .or(() -> systemByUid(item))
                .or(() -> header.items(Attribute.CodingSchemeIdentificationSequence).stream()
                        .filter(scheme -> scheme.string(Attribute.CodingSchemeDesignator)
                                .filter(designator::equals)
                                .isPresent())
                        .findFirst()
                        .flatMap(CodeRules::systemByUid));
    }

    private static Optional<String> systemByUid(DataSet item) {
        return item.uid(Attribute.CodingSchemeUID).map(uid -> SYSTEM_BY_UID.getOrDefault(uid.value(), uid.toOid()));
    }

    private static List<Value<CodeableConcept>> procedureCodes(StudySource source) {
        List<Value<CodeableConcept>> codes =
                concepts(source.study().header(), Attribute.ProcedureCodeSequence, source.options());
        if (!codes.isEmpty()) {
            return codes;
        }
        return distinctConcepts(source.study().series().stream()
                .flatMap(series ->
                        concepts(series.header(), Attribute.PerformedProtocolCodeSequence, source.options()).stream())
                .toList());
    }

    private static List<Value<CodeableConcept>> reasonCodes(StudySource source) {
        Header study = source.study().header();
        List<Value<CodeableConcept>> reasons = new ArrayList<>();
        for (Header header : study.each(
                Attribute.ReasonForTheRequestedProcedure, Attribute.ReasonForRequestedProcedureCodeSequence)) {
            reasons.addAll(requestedReasons(header.merged(), header.merged(), source.options()));
        }
        for (Series series : source.study().series()) {
            for (Header header : series.header().each(Attribute.RequestAttributesSequence)) {
                for (DataSet request : header.merged().items(Attribute.RequestAttributesSequence)) {
                    reasons.addAll(requestedReasons(request, header.merged(), source.options()));
                }
            }
        }
        return reasons.isEmpty()
                ? concepts(study, Attribute.ReasonForPerformedProcedureCodeSequence, source.options())
                : distinctConcepts(reasons);
    }

    private static List<Value<CodeableConcept>> requestedReasons(
            DataSet request, DataSet header, MappingOptions options) {
        Stream<Value<CodeableConcept>> codes = request.items(Attribute.ReasonForRequestedProcedureCodeSequence).stream()
                .map(item -> concept(item, header, options));
        Value<String> text = TextRules.text(request, Attribute.ReasonForTheRequestedProcedure);
        return text instanceof Value.Present
                ? Stream.concat(codes, Stream.of(text.map(t -> new CodeableConcept().setText(t))))
                        .toList()
                : codes.toList();
    }

    private static List<Value<CodeableConcept>> concepts(Header headers, Attribute sequence, MappingOptions options) {
        return distinctConcepts(headers.each(sequence).stream()
                .map(Header::merged)
                .flatMap(header -> header.items(sequence).stream().map(item -> concept(item, header, options)))
                .toList());
    }

    static List<Value<CodeableConcept>> distinctConcepts(List<Value<CodeableConcept>> all) {
        return distinct(
                all,
                concept -> concept.hasCoding()
                        ? concept.getCodingFirstRep().getSystem()
                                + '|'
                                + concept.getCodingFirstRep().getCode()
                        : concept.getText());
    }

    /** Those with a new key, and those that are none, once for each reason. */
    private static <T> List<Value<T>> distinct(List<Value<T>> all, Function<T, String> key) {
        Map<String, Value<T>> distinct = new LinkedHashMap<>();
        for (Value<T> value : all) {
            Value<String> keyed = value.map(key);
            String name = keyed instanceof Value.Present<String> present
                    ? "value " + present.value()
                    : keyed instanceof Value.Reduced<String> reduced ? "value " + reduced.value() : keyed.toString();
            distinct.putIfAbsent(name, value);
        }
        return new ArrayList<>(distinct.values());
    }
}
