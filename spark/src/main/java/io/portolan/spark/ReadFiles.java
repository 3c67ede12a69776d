package io.portolan.spark;

import io.portolan.gateway.config.ConversionConfig;
import io.portolan.gateway.convert.FileReader;
import io.portolan.gateway.convert.FileRecord;
import io.portolan.gateway.convert.Found;
import io.portolan.gateway.convert.HeaderPool;
import io.portolan.gateway.convert.Outcome;
import io.portolan.mapping.study.Instance;
import io.portolan.mapping.study.KeyObjects;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.stream.StreamSupport;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.function.PairFlatMapFunction;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.util.SerializableConfiguration;
import org.apache.spark.util.TaskCompletionListener;
import org.jspecify.annotations.Nullable;
import scala.Tuple2;

/**
 * Names of files to what is in them: records as those of {@code convert}'s journal, under keys of {@link ReadKey}. Whatever is
 * wrong with a file is a record as well. Only headers are read.
 */
final class ReadFiles implements PairFlatMapFunction<Iterator<String>, byte[], byte[]> {

    private static final long serialVersionUID = 1;

    private final Broadcast<JobConfig> config;
    private final Broadcast<SerializableConfiguration> hadoop;

    ReadFiles(Broadcast<JobConfig> config, Broadcast<SerializableConfiguration> hadoop) {
        this.config = config;
        this.hadoop = hadoop;
    }

    @Override
    public Iterator<Tuple2<byte[], byte[]>> call(Iterator<String> files) {
        ConversionConfig read = config.value().config();
        FileReader reader = new FileReader(
                read.mapping().selection(), read.limits(), read.mapping().extraTags());
        Reading reading = new Reading(reader, hadoop.value().value());
        TaskCompletionListener closing = context -> reading.close();
        TaskContext.get().addTaskCompletionListener(closing);
        Iterable<String> all = () -> files;
        return new Concatenated<>(StreamSupport.stream(all.spliterator(), false)
                .map(file -> reading.read(ListedFile.parse(file)))
                .iterator());
    }

    /** One task's, which has the records of one archive at a time. */
    private static final class Reading {

        private final FileReader reader;
        private final Configuration configuration;
        private @Nullable SpilledRecords expanded;

        Reading(FileReader reader, Configuration configuration) {
            this.reader = reader;
            this.configuration = configuration;
        }

        Iterator<Tuple2<byte[], byte[]>> read(ListedFile file) {
            Found found = file.found(configuration);
            FileRecord record = file.problem() == null
                    ? reader.read(found)
                    : FileRecord.of(found, Outcome.UNREADABLE, file.problem());
            if (record.outcome() == Outcome.UNREADABLE && TaskContext.get().isInterrupted()) {
                throw new IllegalStateException("the task was told to end: that is no fault of the file");
            }
            if (record.outcome() == Outcome.ARCHIVE || record.outcome() == Outcome.INDEX) {
                return expanded(file.number(), expand(found, record));
            }
            return rows(file.number(), 0, record, bytes(record)).iterator();
        }

        private SpilledRecords expand(Found found, FileRecord record) {
            close();
            try {
                SpilledRecords records = new SpilledRecords();
                expanded = records;
                reader.expand(found, record, records);
                records.rewind();
                return records;
            } catch (IOException e) { // of the records, not of the file
                throw new UncheckedIOException(e);
            }
        }

        void close() {
            if (expanded != null) {
                expanded.close();
            }
        }
    }

    private static Iterator<Tuple2<byte[], byte[]>> expanded(long file, SpilledRecords records) {
        HeaderPool pool = new HeaderPool(Optional.empty());
        return new Concatenated<>(new Iterator<>() {
            private int number;

            @Override
            public boolean hasNext() {
                return records.hasNext();
            }

            @Override
            public Iterator<Tuple2<byte[], byte[]>> next() {
                byte[] bytes = records.next();
                return rows(file, number++, FileRecord.read(ByteBuffer.wrap(bytes), pool), bytes)
                        .iterator();
            }
        });
    }

    private static byte[] bytes(FileRecord record) {
        return record.toBytes().array(); // of the very size
    }

    private static List<Tuple2<byte[], byte[]>> rows(long file, int number, FileRecord record, byte[] bytes) {
        byte[] order = ReadKey.order(file, number);
        if (record.instance().isEmpty()) {
            return List.of(new Tuple2<>(ReadKey.other(order), bytes));
        }
        Instance instance = record.instance().get();
        Tuple2<byte[], byte[]> row =
                new Tuple2<>(ReadKey.instance(instance.study(), instance.instance(), order), bytes);
        return KeyObjects.matters(instance) ? List.of(row, new Tuple2<>(ReadKey.document(order), bytes)) : List.of(row);
    }
}
