package io.portolan.bench;

import io.portolan.dicom.DataSet;
import io.portolan.dicom.Element;
import io.portolan.dicom.Tag;
import io.portolan.dicom.Vr;
import io.portolan.testdata.SyntheticStudies;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Synthetic CT files with pixels of one size.
 *
 * @param halves two folders, side by side in {@code folder}
 */
record FileSet(String name, Path folder, List<Path> halves, List<Path> all) {

    private static final int PIXELS_SMALL_BYTES = 9_000;
    private static final int PIXELS_CT_BYTES = 512 * 512 * 2;

    private static final int BLOCK_BYTES = 4096;
    private static final int STUDY = 200;

    /** @param studySize instances in each study, which lies in both halves */
    private static FileSet make(Path root, String name, int count, int pixelBytes, int studySize) throws IOException {
        Path folder = root.resolve(name.replace(" ", ""));
        List<Path> halves =
                List.of(Files.createDirectories(folder.resolve("0")), Files.createDirectories(folder.resolve("1")));
        List<Path> all = new ArrayList<>();
        byte[] pixels = new byte[pixelBytes];
        for (int first = 0; first < count; first += studySize) {
            for (DataSet header : SyntheticStudies.ct(STUDY + first / studySize, Math.min(studySize, count - first))) {
                DataSet instance = DataSet.builder()
                        .addAll(header)
                        .add(Element.of(Tag.PIXEL_DATA, Vr.OW, pixels))
                        .build();
                Path file = halves.get(all.size() % 2).resolve(all.size() + ".dcm");
                all.add(Files.write(file, SyntheticStudies.toFile(instance)));
            }
        }
        System.out.printf(Locale.ROOT, "%s: %d files of %d bytes%n", name, count, Files.size(all.get(0)));
        return new FileSet(name, folder, halves, all);
    }

    /** What is measured over files of one size. */
    interface Measuring {
        void of(FileSet files) throws Exception;
    }

    /**
     * Makes small files and CT files, measures, and deletes them.
     *
     * @param root is deleted too
     * @param studySizeMax instances in each study
     */
    static void measure(Path root, int small, int ct, int studySizeMax, Measuring measuring) throws Exception {
        try {
            requireRoom(root, small, ct);
            System.out.println("load before: " + Machine.load());
            System.out.println(Machine.limits(root));
            measuring.of(make(root, "10 KB", small, PIXELS_SMALL_BYTES, Math.min(small, studySizeMax)));
            measuring.of(make(root, "CT", ct, PIXELS_CT_BYTES, Math.min(ct, studySizeMax)));
            System.out.println("load after: " + Machine.load());
        } finally {
            Machine.delete(root);
        }
    }

    /** On disk, of files of both sizes, and as much again. */
    private static void requireRoom(Path root, int small, int ct) throws IOException {
        long needed = 2L * small * (PIXELS_SMALL_BYTES + BLOCK_BYTES) + 2L * ct * (PIXELS_CT_BYTES + BLOCK_BYTES);
        if (Files.getFileStore(root).getUsableSpace() < needed) {
            throw new IOException("needs " + (needed >> 20) + " MB free in " + root);
        }
    }
}
