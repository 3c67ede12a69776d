package io.portolan.e2e;

import io.portolan.dicom.Attribute;
import io.portolan.dicom.CharacterSet;
import io.portolan.dicom.DataSet;
import io.portolan.testdata.SyntheticStudies;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Synthetic instances as files, under UIDs of the test's own, since all tests share one FHIR server. */
final class Instances {

    private Instances() {}

    /** The same instances as those of another study: its UID, and in front of all others. */
    static List<DataSet> ofStudy(String studyUid, List<DataSet> instances) {
        return instances.stream().map(i -> ofStudy(studyUid, i)).toList();
    }

    static String studyUid(DataSet instance) {
        return instance.string(Attribute.StudyInstanceUID).orElseThrow();
    }

    static String seriesUid(DataSet instance) {
        return instance.string(Attribute.SeriesInstanceUID).orElseThrow();
    }

    private static DataSet ofStudy(String studyUid, DataSet instance) {
        String old = studyUid(instance);
        DataSet.Builder builder = DataSet.builder(CharacterSet.DEFAULT).addAll(instance);
        for (Attribute attribute :
                List.of(Attribute.StudyInstanceUID, Attribute.SeriesInstanceUID, Attribute.SOPInstanceUID)) {
            String uid = instance.string(attribute).orElseThrow();
            builder.add(attribute, studyUid + uid.substring(old.length()));
        }
        return builder.build();
    }

    /** Writes Part 10 files 0001.dcm, 0002.dcm, ... and gives their paths. */
    static List<Path> write(Path directory, List<DataSet> instances) throws IOException {
        Files.createDirectories(directory);
        List<Path> files = new ArrayList<>();
        for (DataSet instance : instances) {
            Path file = directory.resolve(String.format(Locale.ROOT, "%04d.dcm", files.size() + 1));
            files.add(Files.write(file, SyntheticStudies.toFile(instance)));
        }
        return files;
    }
}
