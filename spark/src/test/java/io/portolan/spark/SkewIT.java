package io.portolan.spark;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * One large study among as many small ones as it has instances, all mixed, in a heap that is too small for the headers of all
 * of them at once: a task that holds on to the studies that it has made ends here. With {@code -Dportolan.spark.skew=100000
 * -Dportolan.spark.heap=512m} more of the same.
 */
class SkewIT {

    private static final int INSTANCES = Integer.getInteger("portolan.spark.skew");
    private static final String HEAP = System.getProperty("portolan.spark.heap");

    @TempDir
    private Path folder;

    @Test
    void isConvertedInALittleHeap() throws Exception {
        Path in = Files.createDirectory(folder.resolve("in"));
        SkewedArchive.make(in, INSTANCES);
        Path out = folder.resolve("out");
        Submission.Ended job = Submission.submit(folder, HEAP, List.of(in, "--out", out));
        assertThat(job.code()).as(job.said()).isZero();
        Map<String, List<String>> resources = new BulkFolder(out).resources();
        assertThat(resources.get("ImagingStudy")).hasSize(INSTANCES + 1);
        assertThat(resources.get("ImagingStudy"))
                .filteredOn(study -> study.contains("\"numberOfInstances\":" + INSTANCES + ","))
                .hasSize(1);
        assertThat(new BulkFolder(out).totals().path("converted").asInt()).isEqualTo(2 * INSTANCES);
        job.said().lines().filter(line -> line.contains(" studies written to ")).forEach(System.out::println);
    }
}
