package io.portolan.gateway.convert;

import com.fasterxml.jackson.core.JsonGenerator;
import io.portolan.dicom.Uid;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * What a report says of a file.
 *
 * @param file its name
 * @param study StudyInstanceUID of its instance; null: it has none
 * @param reason for a person; null: there is nothing to say
 * @param position offset in bytes of what is malformed; negative: none
 */
public record FileAccount(
        String file,
        @Nullable Uid study,
        Outcome outcome,
        @Nullable String reason,
        long position) {

    /** As far as the file alone can say. */
    public static FileAccount of(FileRecord.Head head) {
        return new FileAccount(head.name(), head.study(), head.outcome(), head.reason(), head.position());
    }

    /**
     * What became of it in its study.
     *
     * @param why where the outcome does not tell
     */
    public FileAccount as(Outcome now, @Nullable String why) {
        String because = switch (now) {
            case EXCLUDED -> "by the configuration";
            case NOT_LISTED -> "rejected, a rejection note, or left out: see the issues of its study";
            default -> why;
        };
        return new FileAccount(file, study, now, because, position);
    }

    /**
     * Why a file is a duplicate.
     *
     * @param file the one that had the instance before
     * @param differs whether the headers do
     */
    public static String duplicateOf(String file, boolean differs) {
        return "of " + file + (differs ? ", with another header" : "");
    }

    /** An object. */
    public void write(JsonGenerator json) throws IOException {
        json.writeStartObject();
        json.writeStringField("file", file);
        if (study != null) {
            json.writeStringField("study", study.value());
        }
        json.writeStringField("outcome", outcome.toString());
        if (reason != null) {
            json.writeStringField("reason", reason);
        }
        if (position >= 0) {
            json.writeNumberField("position", position);
        }
        json.writeEndObject();
    }

    /** A line for a person. */
    public String line() {
        return file + ": " + outcome + (reason == null ? "" : ": " + reason);
    }
}
