package io.portolan.mapping;

import io.portolan.dicom.Attribute;
import io.portolan.dicom.DataSet;
import io.portolan.dicom.Level;
import io.portolan.mapping.study.KeyObject;
import io.portolan.mapping.study.Study;
import java.util.List;
import java.util.Optional;
import org.hl7.fhir.r4.model.Annotation;
import org.hl7.fhir.r4.model.MarkdownType;

/** Texts for people: descriptions, notes, titles. */
final class TextRules {

    static final Rule<StudySource, String> STUDY_DESCRIPTION =
            Rule.one("as it is; of a selection the meaning of its title", TextRules::description);

    static final Rule<StudySource, Annotation> NOTE = Rule.many(
            "as it is, unless switched off, or from what is configured instead; of a selection the text of its description"
                    + " (113012)",
            source -> notes(source).stream()
                    .distinct()
                    .map(text -> Value.of(new Annotation().setTextElement(new MarkdownType(text))))
                    .toList());

    static final Rule<StudySource.OfSeries, String> SERIES_DESCRIPTION = Rule.one(
            "SeriesDescription, else the meaning of the code",
            source -> firstOf(
                    text(source.header(), Attribute.SeriesDescription),
                    meaning(source.header(), Attribute.SeriesDescriptionCodeSequence)));
    static final Rule<StudySource.OfInstance, String> TITLE = Rule.one(
            "the first that there is of label, concept name, document title, image type",
            source -> firstOf(
                    text(source.header(), Attribute.ContentLabel),
                    meaning(source.header(), Attribute.ConceptNameCodeSequence),
                    text(source.header(), Attribute.DocumentTitle),
                    text(source.header(), Attribute.ImageType)));

    private TextRules() {}

    private static Value<String> description(StudySource source) {
        return source.study()
                .selected()
                .map(selected -> selected.document()
                        .flatMap(KeyObject::meaning)
                        .flatMap(TextRules::readable)
                        .map(Value::of)
                        .orElseGet(Value::absent))
                .orElseGet(() -> text(source.header(), Attribute.StudyDescription));
    }

    private static List<String> notes(StudySource source) {
        if (source.study().selected().isPresent()) {
            return source
                    .study()
                    .selected()
                    .flatMap(Study.Selected::document)
                    .flatMap(KeyObject::description)
                    .flatMap(TextRules::readable)
                    .stream()
                    .toList();
        }
        return source.options().note().stream()
                .flatMap(tag -> text(source, tag).stream())
                .toList();
    }

    private static Optional<String> text(StudySource source, SourceTag tag) {
        DataSet header = tag.level() == Level.PATIENT ? source.study().patient().merged() : source.header();
        return readable(String.join("\\", header.strings(tag.tag())));
    }

    /**
     * The text of an attribute, in one line of readable characters.
     *
     * <p>Deviation from PS3.5 6.2 LO: what stands between backslashes is one text. Descriptions have one value, so a
     * backslash in them is a character that somebody has typed.
     */
    static Value<String> text(DataSet dataSet, Attribute attribute) {
        return readable(String.join("\\", dataSet.strings(attribute)))
                .map(Value::of)
                .orElseGet(Value::absent);
    }

    /** FHIR R4 string: no control characters but tab and line ends, which a line does not need either. */
    static Optional<String> readable(String text) {
        if (isReadable(text)) {
            return Optional.of(text);
        }
        StringBuilder readable = new StringBuilder(text.length());
        text.codePoints()
                .map(c -> Character.isISOControl(c) || Character.isWhitespace(c) || isUnpaired(c) ? ' ' : c)
                .forEach(readable::appendCodePoint);
        String stripped = readable.toString().strip();
        // A text of backslashes is a list of empty values.
        return stripped.chars().allMatch(c -> c == '\\' || c == ' ') ? Optional.empty() : Optional.of(stripped);
    }

    /** Most texts are: printable ASCII, and no space or backslash that might have to go. */
    private static boolean isReadable(String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c <= ' ' && (c < ' ' || i == 0 || i == text.length() - 1) || c >= 0x7F || c == '\\') {
                return false;
            }
        }
        return !text.isEmpty();
    }

    private static boolean isUnpaired(int codePoint) {
        return codePoint >= Character.MIN_SURROGATE && codePoint <= Character.MAX_SURROGATE
                || codePoint == 0xFFFE
                || codePoint == 0xFFFF;
    }

    private static Value<String> meaning(DataSet dataSet, Attribute sequence) {
        return dataSet.item(sequence)
                .map(item -> text(item, Attribute.CodeMeaning))
                .orElseGet(Value::absent);
    }

    @SafeVarargs
    private static Value<String> firstOf(Value<String>... candidates) {
        for (Value<String> candidate : candidates) {
            if (candidate instanceof Value.Present) {
                return candidate;
            }
        }
        return Value.absent();
    }
}
