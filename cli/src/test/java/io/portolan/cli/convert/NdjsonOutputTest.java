package io.portolan.cli.convert;

import static org.assertj.core.api.Assertions.assertThat;

import io.portolan.cli.ConvertRoom;
import io.portolan.dicom.DataSet;
import io.portolan.dicom.Uid;
import io.portolan.mapping.MappingOptions;
import io.portolan.mapping.MappingResult;
import io.portolan.mapping.StudyMapper;
import io.portolan.mapping.study.Gathered;
import io.portolan.mapping.study.Instance;
import io.portolan.testdata.SyntheticStudies;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NdjsonOutputTest {

    @TempDir
    private Path folder;

    private static void put(NdjsonOutput output, int study) throws Exception {
        List<Instance> instances = new ArrayList<>();
        for (DataSet header : SyntheticStudies.ct(study, 2)) {
            instances.add(Instance.of(header));
        }
        Gathered gathered = new Gathered(new Uid("2.25.7113." + study), instances);
        MappingResult result = new StudyMapper(MappingOptions.defaults("urn:x")).map(gathered);
        output.take(gathered, result).rest().run();
    }

    /** The lines of these studies are of one length. */
    @ParameterizedTest
    @CsvSource({"1.0, 4", "1.9, 4", "2.0, 2", "2.5, 2", "4.0, 1", "0.001, 4"})
    void beginsAnotherFileBeforeOneWouldGrowTooLarge(double lines, int files) throws Exception {
        try (NdjsonOutput output = new NdjsonOutput(folder, false, Long.MAX_VALUE)) {
            put(output, 1);
            output.finish();
        }
        long line = Files.size(folder.resolve("ImagingStudy.ndjson"));
        try (NdjsonOutput output = new NdjsonOutput(folder, false, (long) (line * lines))) {
            for (int study = 1; study <= 4; study++) {
                put(output, study);
            }
            output.finish();
        }
        List<String> names = new ArrayList<>(List.of("ImagingStudy.ndjson"));
        for (int i = 2; i <= files; i++) {
            names.add("ImagingStudy." + i + ".ndjson");
        }
        assertThat(ConvertRoom.contents(folder)).containsOnlyKeys(names.toArray(String[]::new));
        assertThat(String.join("", ConvertRoom.contents(folder).values())).hasLineCount(4);
    }

    @Test
    void leavesNothingOfARunThatDoesNotFinishAndAllOfTheOneBefore() throws Exception {
        try (NdjsonOutput output = new NdjsonOutput(folder, false, 1)) {
            put(output, 1);
            put(output, 2);
            output.finish();
        }
        var before = ConvertRoom.contents(folder);
        try (NdjsonOutput output = new NdjsonOutput(folder, false, 1)) {
            put(output, 3);
            put(output, 4);
            assertThat(ConvertRoom.contents(folder)).hasSize(4);
        }
        assertThat(ConvertRoom.contents(folder)).isEqualTo(before);
        try (NdjsonOutput output = new NdjsonOutput(folder, true, 1)) {
            put(output, 3);
            output.finish();
        }
        assertThat(ConvertRoom.contents(folder)).containsOnlyKeys("ImagingStudy.ndjson.gz");
        assertThat(NdjsonOutput.leftIn(folder)).isPresent();
    }
}
