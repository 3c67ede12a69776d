package io.portolan.mapping;

import io.portolan.dicom.Attribute;
import io.portolan.dicom.DataSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.hl7.fhir.r4.model.Coding;

/** What part of the body a series shows, and on which side (PS3.3 10.5 General Anatomy, C.7.6.16.2.8 Frame Anatomy). */
final class BodyRules {

    static final Rule<StudySource.OfSeries, Coding> BODY_SITE = Rule.one(
            "the coded region; else that of all frames; else the term as configured, else through PS3.16 annex L to SNOMED CT",
            source -> bodySite(source.header(), source.options()));

    static final Rule<StudySource.OfSeries, Coding> LATERALITY = Rule.one(
            "of the series, else of its images, else of all frames, when all agree; U (unpaired) is left out",
            BodyRules::laterality);

    private record BodyPart(String code, String meaning) {}

    private static final Map<String, BodyPart> ANNEX_L = DataFile.rows("body-parts.tsv").stream()
            .collect(Collectors.toUnmodifiableMap(row -> row.get(0), row -> new BodyPart(row.get(1), row.get(2))));

    private BodyRules() {}

    static Value<Coding> bodySite(DataSet series, MappingOptions options) {
        for (DataSet owner : List.of(series, sharedFrameAnatomy(series))) {
            Value<Coding> region = CodeRules.only(
                    owner.items(Attribute.AnatomicRegionSequence), Attribute.AnatomicRegionSequence, series, options);
            if (!(region instanceof Value.Absent)) {
                return region;
            }
        }
        List<String> terms = series.values(Attribute.BodyPartExamined).stream()
                .map(BodyRules::term)
                .distinct()
                .toList();
        if (terms.isEmpty()) {
            return Value.absent();
        }
        if (terms.size() > 1) {
            return Value.invalid(Attribute.BodyPartExamined, "more than one value");
        }
        Optional<Coding> mapped =
                CodeRules.mapped("", series.string(Attribute.BodyPartExamined).orElse(""), options);
        if (mapped.isPresent()) {
            return Value.of(mapped.get());
        }
        BodyPart part = ANNEX_L.get(terms.get(0));
        return part == null
                ? Value.invalid(Attribute.BodyPartExamined, "no term of PS3.16 annex L")
                : Value.of(new Coding(CodeRules.SCT, part.code, part.meaning));
    }

    /** Deviation from PS3.16 annex L: the defined terms have no space or hyphen, but WHOLE BODY and C-SPINE are sent. */
    private static String term(String value) {
        return value.toUpperCase(Locale.ROOT).replaceAll("[ _-]", "");
    }

    private static Value<Coding> laterality(StudySource.OfSeries source) {
        DataSet series = source.header();
        for (Attribute attribute : List.of(Attribute.Laterality, Attribute.ImageLaterality)) {
            if (source.series().header().conflicts().contains(attribute)) {
                return Value.invalid(attribute, Table.DISAGREE_LEFT_OUT);
            }
            if (series.hasValue(attribute)) {
                return laterality(series, attribute);
            }
        }
        return laterality(sharedFrameAnatomy(series), Attribute.FrameLaterality);
    }

    static Value<Coding> laterality(DataSet dataSet, Attribute attribute) {
        List<String> values = dataSet.values(attribute).stream().distinct().toList();
        if (values.isEmpty()) {
            return Value.absent();
        }
        if (values.size() > 1) {
            return Value.invalid(attribute, "more than one value");
        }
        return switch (values.get(0)) {
            case "L" -> Value.of(new Coding(CodeRules.SCT, "419161000", "Unilateral left"));
            case "R" -> Value.of(new Coding(CodeRules.SCT, "419465000", "Unilateral right"));
            case "B" -> Value.of(new Coding(CodeRules.SCT, "51440002", "Bilateral"));
            case "U" -> Value.absent();
            default -> Value.invalid(attribute, "none of R, L, B, U");
        };
    }

    private static DataSet sharedFrameAnatomy(DataSet series) {
        return series.item(Attribute.SharedFunctionalGroupsSequence)
                .flatMap(shared -> shared.item(Attribute.FrameAnatomySequence))
                .orElse(DataSet.EMPTY);
    }
}
