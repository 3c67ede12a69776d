package io.portolan.bench;

import io.portolan.dicom.DataSet;
import io.portolan.testdata.SyntheticStudies;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/** Very many files without pixels, in studies of {@value #STUDY_SIZE}; one study in ten is scattered over all folders. */
final class MillionFiles {

    private static final int STUDY_SIZE = 200;
    private static final int SCATTERED = 10; // one study in so many
    private static final int FOLDER_SIZE = 1_000;
    private static final long FILE_BYTES_ON_DISK = 4_096 + 512; // with its inode

    private MillionFiles() {}

    /** Makes them below a folder; they have to take no more than half of what is free. */
    static Path make(Path root, int count) throws IOException {
        long needed = 2L * count * FILE_BYTES_ON_DISK;
        if (Files.getFileStore(root).getUsableSpace() < needed) {
            throw new IOException("needs " + (needed >> 20) + " MB free in " + root);
        }
        Path all = root.resolve("files");
        int folders = Math.max(1, count / FOLDER_SIZE);
        for (int i = 0; i < folders; i++) {
            Files.createDirectories(folder(all, i));
        }
        for (int made = 0; made < count; ) {
            int study = made / STUDY_SIZE;
            for (DataSet header : SyntheticStudies.ct(1000 + study, Math.min(STUDY_SIZE, count - made))) {
                int folder = study % SCATTERED == 0
                        ? (int) (made * 7919L % folders) // a prime: it comes by every folder
                        : Math.min(made / FOLDER_SIZE, folders - 1);
                Path file = folder(all, folder).resolve(String.format(Locale.ROOT, "%07d.dcm", made++));
                Files.write(file, SyntheticStudies.toFile(header));
            }
        }
        return all;
    }

    private static Path folder(Path all, int number) {
        return all.resolve(String.format(Locale.ROOT, "%04d", number));
    }
}
