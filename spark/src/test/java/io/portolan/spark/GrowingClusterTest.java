package io.portolan.spark;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.portolan.dicom.DataSet;
import io.portolan.e2e.KeyObjects;
import io.portolan.testdata.SyntheticStudies;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import org.apache.spark.SparkConf;
import org.apache.spark.api.java.JavaSparkContext;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Executors come while the job runs, so that Spark gives another number of processors whenever it is asked. */
class GrowingClusterTest {

    private static final int SELECTIONS = 20;

    @TempDir
    private Path folder;

    private static final class Growing extends JavaSparkContext {

        private int processors;

        Growing() {
            super(new SparkConf().setAppName("growing"));
        }

        @Override
        public Integer defaultParallelism() {
            return ++processors;
        }
    }

    /** A selection of images that are not there comes with its study's partition, though no row of the study does. */
    @Test
    void writesEverySelectionOnce() throws Exception {
        Path in = Files.createDirectories(folder.resolve("in"));
        DataSet elsewhere = SyntheticStudies.cr().get(0);
        for (int study = 500; study < 500 + SELECTIONS; study++) {
            DataSet document = KeyObjects.of("1", "113000", "Of Interest", SyntheticStudies.ct(study, 2));
            Files.write(
                    in.resolve("selection" + study),
                    SyntheticStudies.toFile(ScatteredArchive.movedTo(elsewhere, document, "" + study)));
        }
        Path out = folder.resolve("out");
        try (JavaSparkContext spark = new Growing()) {
            new SparkConversion(spark, new JobConfig(null, Map.of(), Map.of(), null, false), OptionalInt.empty())
                    .run(List.of(in.toUri()), new org.apache.hadoop.fs.Path(out.toUri()), false);
        }
        List<JsonNode> studies = new BulkFolder(out).studies();
        assertThat(studies).extracting(study -> study.path("study").asText()).doesNotHaveDuplicates();
        assertThat(studies).hasSize(SELECTIONS + 1); // and the study that all documents lie in
    }
}
