package io.portolan.gateway.sync;

import io.portolan.dicom.Uid;
import io.portolan.gateway.ledger.SourceFile;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Collection;
import java.util.Collections;
import java.util.HashSet;
import java.util.Set;

/** The files of a study or of a series, of which sums are kept: there may be a million. */
final class FolderFiles {

    private final Set<Uid> series = new HashSet<>();
    private String date = "";
    private long files;
    private long sum;
    private long otherSum;

    static FolderFiles of(Collection<SourceFile> files) {
        FolderFiles sums = new FolderFiles();
        files.forEach(sums::add);
        return sums;
    }

    void add(SourceFile file) {
        ByteBuffer digest = digest(file.path() + '\n' + file.size() + ' ' + file.modified());
        files++;
        sum += digest.getLong();
        otherSum += digest.getLong();
        if (file.series() != null) {
            series.add(file.series());
        }
        if (!file.date().isEmpty() && (date.isEmpty() || file.date().compareTo(date) < 0)) {
            date = file.date();
        }
    }

    /** Another when a file is there more or less, or has another size or time; in whatever order they were added. */
    String extent() {
        return QueryKeys.fingerprint(files + " " + sum + " " + otherSum);
    }

    Set<Uid> series() {
        return Collections.unmodifiableSet(series);
    }

    /** The first StudyDate; empty: there is none. */
    String date() {
        return date;
    }

    /** Of a path. */
    static long hash(String path) {
        return digest(path).getLong();
    }

    private static ByteBuffer digest(String text) {
        try {
            return ByteBuffer.wrap(MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e); // every Java runtime has it
        }
    }
}
