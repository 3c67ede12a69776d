package io.portolan.gateway.convert;

import com.fasterxml.jackson.core.JsonGenerator;
import io.portolan.dicom.Uid;
import java.io.IOException;
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

    public StudyReport failed(String why) {
        return new StudyReport(study, null, series, instances, why, null, issues);
    }

    /** An object. */
    public void write(JsonGenerator json) throws IOException {
        json.writeStartObject();
        json.writeStringField("study", study.value());
        if (where != null) {
            json.writeStringField("file", where);
        }
        json.writeNumberField("series", series);
        json.writeNumberField("instances", instances);
        if (problem != null) {
            json.writeStringField("outcome", "not converted");
            json.writeStringField("reason", problem);
        } else if (notShared != null) {
            json.writeStringField("outcome", "not shared");
            json.writeStringField("reason", notShared);
        } else {
            json.writeStringField("outcome", "converted");
        }
        json.writeArrayFieldStart("issues");
        for (String issue : issues) {
            json.writeString(issue);
        }
        json.writeEndArray();
        json.writeEndObject();
    }
}
