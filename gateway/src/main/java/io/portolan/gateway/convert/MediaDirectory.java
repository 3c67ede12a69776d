package io.portolan.gateway.convert;

import io.portolan.dicom.DataSet;
import io.portolan.dicom.Element;
import io.portolan.dicom.Uid;
import io.portolan.dicom.io.DicomReader;
import io.portolan.dicom.io.MalformedDataException;
import io.portolan.dicom.io.ReadLimits;
import io.portolan.dicom.io.Selection;
import java.io.IOException;
import java.io.InputStream;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * A DICOMDIR (PS3.10 8.6, PS3.3 F.3): which files a medium has, and which instance each is.
 *
 * @param file the DICOMDIR itself
 * @param entries in its order, each once, and never itself
 */
public record MediaDirectory(Location file, List<Entry> entries) {

    /** Media Storage Directory Storage. */
    public static final Uid SOP_CLASS = new Uid("1.2.840.10008.1.3.10");

    private static final int DIRECTORY_RECORD_SEQUENCE = 0x0004_1220;
    private static final int REFERENCED_FILE_ID = 0x0004_1500;
    private static final int REFERENCED_SOP_INSTANCE_UID = 0x0004_1511;

    /**
     * A file that is named.
     *
     * @param file where it is; where it would be, when it is not there
     * @param instance SOPInstanceUID
     */
    public record Entry(Location file, Optional<Uid> instance) {}

    public MediaDirectory {
        entries = List.copyOf(entries);
    }

    /** PS3.10 8.6: the name is fixed. Some systems show it in small letters. */
    public static boolean isNamedSo(Location file) {
        return file.lastName().toUpperCase(Locale.ROOT).equals("DICOMDIR");
    }

    /** Empty: it cannot be read, or is something else. */
    public static Optional<MediaDirectory> find(Location file, ReadLimits limits) {
        if (!file.isFile()) {
            return Optional.empty();
        }
        try {
            return Optional.of(read(file, limits));
        } catch (IOException e) {
            return Optional.empty(); // said of the file itself
        }
    }

    /** @throws IOException it cannot be read, is cut off, or is something else */
    static MediaDirectory read(Location file, ReadLimits limits) throws IOException {
        try (InputStream in = file.open();
                DicomReader reader = DicomReader.open(in, Selection.ALL, limits)) {
            DataSet header = reader.readHeader();
            if (!reader.sopClassUid(header).equals(Optional.of(SOP_CLASS))) {
                throw new MalformedDataException(
                        MalformedDataException.Kind.INVALID, 0, "", "it is no media directory any more");
            }
            reader.verifyToEnd();
            return of(file, header);
        }
    }

    /** @param header of the whole DICOMDIR */
    static MediaDirectory of(Location file, DataSet header) {
        Location folder = file.folder();
        Map<Location, Map<String, Location>> listings = new HashMap<>();
        Set<Entry> entries = new LinkedHashSet<>();
        Element records = header.find(DIRECTORY_RECORD_SEQUENCE);
        for (DataSet record : records == null ? List.<DataSet>of() : records.items()) {
            List<String> id = record.strings(REFERENCED_FILE_ID);
            if (!id.isEmpty() && !id.get(0).isEmpty()) {
                entries.add(new Entry(
                        resolve(folder, id, listings),
                        record.strings(REFERENCED_SOP_INSTANCE_UID).stream()
                                .findFirst()
                                .flatMap(Uid::parse)));
            }
        }
        entries.removeIf(entry -> entry.file.equals(file));
        return new MediaDirectory(file, List.copyOf(entries));
    }

    /** Component by component, whether in capital or small letters; never out of the folder. */
    private static Location resolve(
            Location folder, List<String> components, Map<Location, Map<String, Location>> listings) {
        Location invalid = folder.resolve("invalid-file-id").orElseThrow();
        Location path = folder;
        for (String component : components) {
            String name = component.strip();
            if (name.isEmpty() || name.equals(".") || name.equals("..") || name.contains("/")) {
                return invalid;
            }
            Location current = path;
            Location exact = path.resolve(name).orElse(invalid);
            if (exact.equals(invalid)) {
                return invalid;
            }
            path = exact.exists()
                    ? exact
                    : listings.computeIfAbsent(current, MediaDirectory::list).getOrDefault(plain(name), exact);
        }
        return path;
    }

    private static Map<String, Location> list(Location folder) {
        Map<String, Location> files = new HashMap<>();
        try {
            folder.list().forEach(one -> files.put(plain(one.lastName()), one));
        } catch (IOException e) {
            return files; // what is not there is told of each file
        }
        return files;
    }

    /** Without what some systems add to a name of ISO 9660: a version, a dot. */
    private static String plain(String name) {
        return name.toUpperCase(Locale.ROOT).replaceFirst(";[0-9]+$", "").replaceFirst("\\.$", "");
    }

    /** Whether there is a file where one is named. */
    public static boolean isThere(Entry entry) {
        return entry.file.isFile();
    }

    /** Why a file that is there is not what it should be; empty: it is. */
    static Optional<String> mismatch(Entry entry, ReadLimits limits) {
        if (entry.instance.isEmpty()) {
            return Optional.empty();
        }
        try (InputStream in = entry.file.open();
                DicomReader reader = DicomReader.open(in, Selection.MAPPED, limits)) {
            Optional<Uid> there = reader.sopInstanceUid(DataSet.EMPTY);
            return there.isEmpty() || there.equals(entry.instance)
                    ? Optional.empty()
                    : Optional.of("the DICOMDIR says that it is instance "
                            + entry.instance.get().value());
        } catch (IOException e) {
            return Optional.empty(); // said of the file itself
        }
    }

    /** The name of an entry, below that of the DICOMDIR. */
    static String nameOf(String directory, Entry entry, Location file) {
        return directory + Archive.SEPARATOR + entry.file.nameBelow(file.folder());
    }
}
