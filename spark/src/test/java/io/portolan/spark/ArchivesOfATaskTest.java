package io.portolan.spark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.SparkConf;
import org.apache.spark.SparkEnv;
import org.apache.spark.TaskContext;
import org.apache.spark.TaskContext$;
import org.apache.spark.TaskContextImpl;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.executor.TaskMetrics;
import org.apache.spark.util.SerializableConfiguration;
import org.apache.spark.util.TaskCompletionListener;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import scala.Tuple2;
import scala.collection.immutable.Map$;

/** A task that reads many archives holds what is of one. */
class ArchivesOfATaskTest {

    private static final int ARCHIVES = 20;
    private static final long TASK = 0;

    @TempDir
    private Path folder;

    private final List<TaskCompletionListener> listeners = new ArrayList<>();
    private JavaSparkContext spark;
    private ReadFiles reading;

    /** A task that keeps who waits for its end. */
    private final class Task extends TaskContextImpl {

        private static final long serialVersionUID = 1;

        Task() {
            super(0, 0, 0, TASK, 0, 1, null, new Properties(), null, TaskMetrics.empty(), 1, Map$.MODULE$.empty());
        }

        @Override
        public TaskContextImpl addTaskCompletionListener(TaskCompletionListener listener) {
            listeners.add(listener);
            return this;
        }
    }

    @BeforeEach
    void start() throws Exception {
        spark = new JavaSparkContext(new SparkConf().setAppName("archives"));
        reading = new ReadFiles(
                spark.broadcast(new JobConfig(null, Map.of(), Map.of(), null, false)),
                spark.broadcast(new SerializableConfiguration(new Configuration(false))));
        SparkEnv.get().blockManager().registerTask(TASK);
        TaskContext$.MODULE$.setTaskContext(new Task());
    }

    @AfterEach
    void stop() {
        TaskContext$.MODULE$.unset();
        spark.close();
    }

    private Iterator<Tuple2<byte[], byte[]>> rows(int instancesEach) throws Exception {
        List<String> files = new ArrayList<>();
        for (int i = 0; i < ARCHIVES; i++) {
            Path in = Files.createDirectory(folder.resolve("in" + i));
            SkewedArchive.make(in, instancesEach);
            files.add(new ListedFile(i, in.resolve("0.zip").toUri().toString(), 1, 1, null).format());
        }
        return reading.call(files.iterator());
    }

    @Test
    void onlyOneOfThemWaitsForTheEndOfTheTask() throws Exception {
        Iterator<Tuple2<byte[], byte[]>> rows = rows(1);
        rows.next();
        int waiting = listeners.size(); // of Spark's own there are some
        AtomicInteger more = new AtomicInteger();
        rows.forEachRemaining(row -> more.incrementAndGet());
        assertThat(more).hasValue(3 * ARCHIVES - 1); // of each two instances, and itself
        assertThat(listeners).hasSize(waiting);
    }

    @Test
    void oneThatIsNotReadToItsEndIsClosedAtTheEndOfTheTask() throws Exception {
        Iterator<Tuple2<byte[], byte[]>> rows = rows(100);
        IntStream.range(0, 301).forEach(i -> rows.next()); // those of one, and some of the second
        listeners.forEach(listener -> listener.onTaskCompletion(TaskContext.get()));
        assertThatThrownBy(() -> rows.forEachRemaining(row -> {})).isInstanceOf(UncheckedIOException.class);
    }
}
