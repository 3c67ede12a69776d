package io.portolan.spark;

import io.portolan.testdata.SyntheticStudies;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/** One study of n instances, and n studies of one, in turn, in zip files: so many files would take the disk's inodes. */
final class SkewedArchive {

    private static final int LARGE = 7;
    private static final int SMALL = 1_000;
    private static final int ENTRIES = 2_000;

    private SkewedArchive() {}

    static void make(Path folder, int n) throws IOException {
        for (int from = 0; from < n; from += ENTRIES / 2) {
            int to = Math.min(n, from + ENTRIES / 2);
            try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(folder.resolve(from + ".zip")));
                    ZipOutputStream zip = new ZipOutputStream(out)) {
                for (int i = from; i < to; i++) {
                    put(zip, "large/" + i, LARGE, i);
                    put(zip, "small/" + i, SMALL + i, 0);
                }
            }
        }
    }

    private static void put(ZipOutputStream zip, String name, int study, int instance) throws IOException {
        zip.putNextEntry(new ZipEntry(name));
        zip.write(SyntheticStudies.toFile(SyntheticStudies.ctInstance(study, instance)));
        zip.closeEntry();
    }
}
