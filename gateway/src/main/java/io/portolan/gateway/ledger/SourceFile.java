package io.portolan.gateway.ledger;

import io.portolan.dicom.Uid;
import org.jspecify.annotations.Nullable;

/**
 * A file of a folder that sync looks into, as it was when it was read last.
 *
 * @param path below the folder
 * @param modified milliseconds since 1970-01-01T00:00Z
 * @param study null: there is no instance in it
 * @param series null exactly when {@code study} is
 * @param date its StudyDate, 8 digits; empty: none
 * @param missed whether it was not there when it was looked for last
 */
public record SourceFile(
        String path,
        long size,
        long modified,
        @Nullable Uid study,
        @Nullable Uid series,
        String date,
        boolean missed) {

    /** One that is there. */
    public SourceFile(String path, long size, long modified, @Nullable Uid study, @Nullable Uid series, String date) {
        this(path, size, modified, study, series, date, false);
    }

    /** The same, there again. */
    public SourceFile met() {
        return new SourceFile(path, size, modified, study, series, date);
    }

    /** Whether it is as it was. */
    public boolean isSame(long sizeNow, long modifiedNow) {
        return size == sizeNow && modified == modifiedNow;
    }
}
