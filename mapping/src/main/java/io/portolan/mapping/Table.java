package io.portolan.mapping;

import io.portolan.dicom.Attribute;
import io.portolan.dicom.Uid;
import io.portolan.mapping.study.Header;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The rows of one FHIR level, in the order of the resource definition.
 *
 * @param path FHIR path of the level, for example {@code ImagingStudy.series}
 */
record Table<S, R>(String path, List<Row<S, R, ?>> rows) {

    /** How the reason of a rule begins that takes no majority for an answer. */
    static final String DISAGREE = "instances disagree; ";

    /** The reason of one that then leaves the element out. */
    static final String DISAGREE_LEFT_OUT = DISAGREE + "left out";

    Table {
        rows = List.copyOf(rows);
    }

    /** Applies every row; the required element that is missing, if one is. */
    @Nullable
    String map(S source, R target, @Nullable Uid place, List<MappingIssue> issues) {
        String missing = null;
        for (Row<S, R, ?> row : rows) {
            boolean set = row.apply(source, target, place, issues);
            if (!set && missing == null && row.need() == Row.Need.REQUIRED) {
                missing = row.element();
            }
        }
        return missing;
    }

    /**
     * Reports the attributes about which the instances disagree: the value of most of them stands, or each, unless a rule
     * has decided otherwise and said so.
     *
     * @param others tables with rows that read attributes of this level too
     */
    void reportConflicts(Header header, @Nullable Uid place, List<MappingIssue> issues, Table<?, ?>... others) {
        List<Row<?, ?, ?>> readers = Stream.concat(Stream.of(this), Stream.of(others))
                .<Row<?, ?, ?>>flatMap(table -> table.rows().stream())
                .toList();
        for (Attribute attribute : header.conflicts()) {
            boolean reported = issues.stream()
                    .anyMatch(issue -> issue.attribute() == attribute
                            && (issue.place() == null || issue.place().equals(place))
                            && issue.reason().startsWith(DISAGREE));
            if (reported) {
                continue;
            }
            Optional<Row<?, ?, ?>> reader = readers.stream()
                    .filter(row -> row.attributes().contains(attribute))
                    .findFirst();
            boolean united = reader.filter(row -> row.rule().unites()).isPresent();
            issues.add(new MappingIssue(
                    reader.map(Row::element).orElse(path),
                    attribute,
                    place,
                    DISAGREE + (united ? "what each says is taken" : "the value of most of them stands")));
        }
    }
}
