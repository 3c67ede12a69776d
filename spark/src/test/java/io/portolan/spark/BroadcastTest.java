package io.portolan.spark;

import static org.assertj.core.api.Assertions.assertThat;

import io.portolan.dicom.DataSet;
import io.portolan.e2e.KeyObjects;
import io.portolan.gateway.convert.FileRecord;
import io.portolan.gateway.convert.Found;
import io.portolan.gateway.convert.Outcome;
import io.portolan.mapping.study.Instance;
import io.portolan.testdata.SyntheticStudies;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.spark.SparkConf;
import org.apache.spark.serializer.JavaSerializer;
import org.apache.spark.serializer.KryoSerializer;
import org.apache.spark.serializer.SerializerInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import scala.Tuple2;
import scala.reflect.ClassTag;
import scala.reflect.ClassTag$;

/** What every executor is given gets there, whichever serializer Spark is configured for: within one process nothing is sent. */
class BroadcastTest {

    @TempDir
    private Path folder;

    private static SerializerInstance serializer(boolean kryo) {
        SparkConf settings = new SparkConf(false);
        return kryo ? new KryoSerializer(settings).newInstance() : new JavaSerializer(settings).newInstance();
    }

    private static <T> ClassTag<T> tag(T object) {
        return ClassTag$.MODULE$.apply(object.getClass());
    }

    private static <T> T sent(T object, boolean kryo) {
        SerializerInstance serializer = serializer(kryo);
        return serializer.deserialize(serializer.serialize(object, tag(object)), tag(object));
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void theConfiguration(boolean kryo) throws Exception {
        Path file = Files.writeString(folder.resolve("portolan.yaml"), "mapping:\n  patient-id-system: urn:one\n");
        JobConfig config = new JobConfig(
                file,
                Map.of("PORTOLAN_MAPPING_TIME_ZONE", "Pacific/Chatham"),
                Map.of("mapping.accession-system", "urn:two"),
                "SENDER",
                true);
        Files.delete(file);
        JobConfig sent = sent(config, kryo);
        assertThat(sent.config()).isEqualTo(config.config());
        assertThat(sent.config().toString()).contains("urn:one", "urn:two", "Pacific/Chatham");
        assertThat(sent.callingAe()).contains("SENDER");
        assertThat(sent.isStrict()).isTrue();
    }

    /** What goes together with variables that stay with the driver; and none of them is sent. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void theConfigurationOfWhichTheDriverKeepsAPart(boolean kryo) throws Exception {
        Path password = Files.writeString(folder.resolve("password"), "sesame");
        Path file = Files.writeString(folder.resolve("portolan.yaml"), """
                storage:
                  mode: forward
                fhir:
                  user: portolan
                publish:
                  max-delay: 2s
                dicom:
                  element-bytes: 2MB
                """);
        JobConfig config = new JobConfig(
                file,
                Map.of(
                        "PORTOLAN_FORWARD_HOST", "pacs.example",
                        "PORTOLAN_FORWARD_CALLED_AE", "PACS",
                        "PORTOLAN_FHIR_PASSWORD_FILE", password.toString(),
                        "PORTOLAN_PUBLISH_QUIET", "1s"),
                Map.of(),
                null,
                false);
        JobConfig sent = sent(config, kryo);
        assertThat(sent.config()).isEqualTo(config.config());
        assertThat(sent.config().limits().elementBytesMax()).isEqualTo(2 << 20);
        ByteBuffer bytes = serializer(kryo).serialize(config, tag(config));
        assertThat(StandardCharsets.ISO_8859_1.decode(bytes).toString())
                .contains("mode: forward")
                .doesNotContain("pacs.example", password.toString());
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void theDocuments(boolean kryo) throws Exception {
        List<DataSet> ct = SyntheticStudies.ctTwoSeries();
        Instance document = Instance.of(KeyObjects.of("1", "113000", "Of Interest", ct));
        byte[] record = FileRecord.of(new Found(Path.of("f"), 1, 1), Outcome.CONVERTED, null)
                .with(document)
                .toBytes()
                .array();
        Documents documents =
                new Documents(List.of(new Tuple2<>(ReadKey.document(ReadKey.order(1, 0)), record)), Optional.empty());
        documents.index();
        Documents.Index sent = sent(documents, kryo).index();
        assertThat(sent.keyObjects.selections()).hasSize(1);
        assertThat(sent.selectedStudies()).containsExactly(document.study());
        assertThat(sent.filesOf(sent.keyObjects.selections().get(0))).hasSize(1);
    }
}
