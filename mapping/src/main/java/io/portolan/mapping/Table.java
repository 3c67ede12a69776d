package io.portolan.mapping;

import io.portolan.dicom.Attribute;
import io.portolan.dicom.Uid;
import io.portolan.mapping.study.Header;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The rows of one FHIR level, in the order of the resource definition.
 *
 * @param path FHIR path of the level, for example {@code ImagingStudy.series}
 */
record Table<S, R>(String path, List<Row<S, R, ?>> rows) {

    /** The reason of a rule that takes no majority for an answer. */
    static final String DISAGREE = "instances disagree; left out";

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

    /** Reports the attributes about which the instances disagree; the value of most of them stands. */
    void reportConflicts(Header header, @Nullable Uid place, List<MappingIssue> issues) {
        for (Attribute attribute : header.conflicts()) {
            boolean reported = issues.stream()
                    .anyMatch(issue -> issue.attribute() == attribute
                            && Objects.equals(issue.place(), place)
                            && issue.reason().equals(DISAGREE));
            if (reported) {
                continue;
            }
            issues.add(new MappingIssue(
                    elementOf(attribute), attribute, place, "instances disagree; the value of most of them stands"));
        }
    }

    private String elementOf(Attribute attribute) {
        return rows.stream()
                .filter(row -> row.attributes().contains(attribute))
                .map(Row::element)
                .findFirst()
                .orElse(path);
    }
}
