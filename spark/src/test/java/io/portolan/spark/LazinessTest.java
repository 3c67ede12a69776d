package io.portolan.spark;

import static org.assertj.core.api.Assertions.assertThat;

import io.portolan.dicom.DataSet;
import io.portolan.gateway.convert.FileRecord;
import io.portolan.gateway.convert.Found;
import io.portolan.gateway.convert.Outcome;
import io.portolan.mapping.study.Instance;
import io.portolan.testdata.SyntheticStudies;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.spark.SparkConf;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import scala.Tuple2;

/** A task holds one study, however many come. */
class LazinessTest {

    private static final int STUDY = 5;

    private JavaSparkContext spark;
    private MapStudies mapping;

    @BeforeEach
    void start() throws Exception {
        spark = new JavaSparkContext(new SparkConf().setAppName("laziness"));
        Broadcast<JobConfig> config = spark.broadcast(new JobConfig(null, Map.of(), Map.of(), null, false));
        Broadcast<Documents> documents = spark.broadcast(new Documents(List.of(), Optional.empty()));
        mapping = new MapStudies(config, documents, new ReadKey.ByStudy(2), "here");
    }

    @AfterEach
    void stop() {
        spark.close();
    }

    private static List<Tuple2<byte[], byte[]>> rows(int studies) throws Exception {
        List<Tuple2<byte[], byte[]>> rows = new ArrayList<>();
        for (int study = 0; study < studies; study++) {
            for (DataSet header : SyntheticStudies.ct(10 + study, STUDY)) {
                Instance instance = Instance.of(header);
                Found file = new Found(Path.of("f" + rows.size()), 1, 1);
                byte[] order = ReadKey.order(rows.size(), 0);
                rows.add(new Tuple2<>(
                        ReadKey.instance(instance.study(), instance.instance(), order),
                        FileRecord.of(file, Outcome.CONVERTED, null)
                                .with(instance)
                                .toBytes()
                                .array()));
            }
        }
        return rows;
    }

    @Test
    void takesNoMoreThanOneStudyAtATime() throws Exception {
        AtomicInteger taken = new AtomicInteger();
        Iterator<Tuple2<byte[], byte[]>> counted =
                rows(4).stream().peek(row -> taken.incrementAndGet()).iterator();
        Iterator<Tuple2<byte[], byte[]>> lines = mapping.call(counted);
        int studies = 0;
        while (lines.hasNext()) {
            if (OutKey.section(lines.next()._1).equals("ImagingStudy")) {
                studies++;
                assertThat(taken).hasValue(Math.min(4 * STUDY, studies * STUDY + 1)); // and the row that ends it
            }
        }
        assertThat(studies).isEqualTo(4);
    }
}
