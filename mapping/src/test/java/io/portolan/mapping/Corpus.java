package io.portolan.mapping;

import io.portolan.dicom.DataSet;
import io.portolan.dicom.io.DicomReader;
import io.portolan.dicom.io.MalformedDataException;
import io.portolan.dicom.io.ReadLimits;
import io.portolan.dicom.io.Selection;
import io.portolan.mapping.study.Instance;
import io.portolan.mapping.study.UnidentifiedInstanceException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;

/** The studies of a folder of real files, named by {@code -Dportolan.corpus=...}; without it there are none. */
final class Corpus {

    private Corpus() {}

    /** The headers of each study, in the order of the UIDs. */
    static List<List<DataSet>> studies() throws IOException {
        String folder = System.getProperty("portolan.corpus", "");
        TreeMap<String, List<DataSet>> studies = new TreeMap<>();
        if (!folder.isEmpty()) {
            try (Stream<Path> files = Files.walk(Path.of(folder))) {
                for (Path file : files.filter(Files::isRegularFile).sorted().toList()) {
                    Optional<DataSet> header = header(file);
                    if (header.isPresent()) {
                        String study = study(header.get());
                        studies.computeIfAbsent(study, uid -> new ArrayList<>()).add(header.get());
                    }
                }
            }
        }
        studies.remove("");
        return List.copyOf(studies.values());
    }

    /** Nothing for what is no instance: another kind of file, or a broken one. */
    private static Optional<DataSet> header(Path file) throws IOException {
        try (DicomReader reader = DicomReader.open(file, Selection.MAPPED, ReadLimits.DEFAULT)) {
            return Optional.of(reader.readHeader());
        } catch (MalformedDataException e) {
            return Optional.empty();
        }
    }

    /** Empty for an instance without one of its UIDs. */
    private static String study(DataSet header) {
        try {
            return Instance.of(header).study().value();
        } catch (UnidentifiedInstanceException e) {
            return "";
        }
    }
}
