package io.portolan.cli.convert;

import io.portolan.dicom.Uid;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What became of a study or a selection.
 *
 * @param study its UID; of a selection the UID under which it is known
 * @param where it is written; null: nowhere
 * @param problem why it is not, though it should be
 * @param notShared why there is nothing to write, though nothing is wrong
 * @param issues of the mapping
 */
public record StudyReport(
        Uid study,
        @Nullable String where,
        int series,
        int instances,
        @Nullable String problem,
        @Nullable String notShared,
        List<String> issues) {

    public StudyReport {
        issues = List.copyOf(issues);
    }

    StudyReport failed(String why) {
        return new StudyReport(study, null, series, instances, why, null, issues);
    }
}
