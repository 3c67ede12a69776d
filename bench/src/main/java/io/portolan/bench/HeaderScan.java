package io.portolan.bench;

import io.portolan.dicom.io.DicomReader;
import io.portolan.dicom.io.ReadLimits;
import io.portolan.dicom.io.Selection;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.stream.Stream;

/** A command of our own beside those of others: reads the header of every file below a folder, once, and ends. */
public final class HeaderScan {

    private HeaderScan() {}

    public static void main(String[] args) throws IOException {
        long elements = 0;
        try (Stream<Path> all = Files.walk(Path.of(args[0]))) {
            for (Iterator<Path> files = all.filter(Files::isRegularFile).iterator(); files.hasNext(); ) {
                elements += read(files.next());
            }
        }
        if (elements == 0) {
            throw new IOException("no headers in " + args[0]);
        }
    }

    /** How many elements the mapping would have. */
    static int read(Path file) throws IOException {
        try (DicomReader reader = DicomReader.open(file, Selection.MAPPED, ReadLimits.DEFAULT)) {
            return reader.readHeader().size();
        }
    }
}
