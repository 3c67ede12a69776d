package io.portolan.spark;

import io.portolan.dicom.Uid;
import io.portolan.gateway.config.ConversionConfig;
import io.portolan.gateway.convert.FileAccount;
import io.portolan.gateway.convert.FileRecord;
import io.portolan.gateway.convert.HeaderPool;
import io.portolan.mapping.StudyMapper;
import java.nio.ByteBuffer;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.SortedSet;
import java.util.TreeSet;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.function.PairFlatMapFunction;
import org.apache.spark.broadcast.Broadcast;
import org.jspecify.annotations.Nullable;
import scala.Tuple2;

/**
 * Records, sorted by study and instance, to lines under keys of {@link OutKey}: the resources of each study, and the account of
 * it and of its files. One study at a time is in memory.
 */
final class MapStudies implements PairFlatMapFunction<Iterator<Tuple2<byte[], byte[]>>, byte[], byte[]> {

    private static final long serialVersionUID = 1;

    private final Broadcast<JobConfig> config;
    private final Broadcast<Documents> documents;
    private final ReadKey.ByStudy partitioner;
    private final String place;

    /** @param place for a person: where the lines will be */
    MapStudies(Broadcast<JobConfig> config, Broadcast<Documents> documents, ReadKey.ByStudy partitioner, String place) {
        this.config = config;
        this.documents = documents;
        this.partitioner = partitioner;
        this.place = place;
    }

    @Override
    public Iterator<Tuple2<byte[], byte[]>> call(Iterator<Tuple2<byte[], byte[]>> rows) {
        ConversionConfig read = config.value().config();
        StudyLines lines = new StudyLines(
                new StudyMapper(read.mapping(), read.sharing().options()),
                read.sharing().options(),
                config.value().isStrict(),
                documents.value().index(),
                place);
        return new Concatenated<>(new Studies(rows, lines));
    }

    /** The lines of one study after the other. */
    private final class Studies implements Iterator<Iterator<Tuple2<byte[], byte[]>>> {

        private final Iterator<Tuple2<byte[], byte[]>> rows;
        private final StudyLines lines;
        /** Studies of whose instances there are selections, as far as they belong here and have not come yet. */
        private final SortedSet<Uid> selected = new TreeSet<>();

        private @Nullable Tuple2<byte[], byte[]> ahead;

        Studies(Iterator<Tuple2<byte[], byte[]>> rows, StudyLines lines) {
            this.rows = rows;
            this.lines = lines;
            int partition = TaskContext.getPartitionId();
            for (Uid study : documents.value().index().selectedStudies()) {
                if (partitioner.partition(study) == partition) {
                    selected.add(study);
                }
            }
            move();
        }

        private void move() {
            ahead = rows.hasNext() ? rows.next() : null;
        }

        @Override
        public boolean hasNext() {
            return ahead != null || !selected.isEmpty();
        }

        @Override
        public Iterator<Tuple2<byte[], byte[]>> next() {
            Tuple2<byte[], byte[]> row = ahead;
            if (row != null) {
                return next(row);
            }
            if (selected.isEmpty()) {
                throw new NoSuchElementException();
            }
            Uid absent = selected.first();
            selected.remove(absent);
            return lines.ofSelections(absent, List.of()).iterator();
        }

        private Iterator<Tuple2<byte[], byte[]>> next(Tuple2<byte[], byte[]> row) {
            if (ReadKey.isInstance(row._1)) {
                Uid study = ReadKey.study(row._1);
                selected.remove(study);
                return lines.of(gather(study));
            }
            move();
            if (ReadKey.isDocument(row._1)) {
                return Collections.emptyIterator(); // the driver has them
            }
            FileAccount account = FileAccount.of(FileRecord.readHead(ByteBuffer.wrap(row._2)));
            return List.of(StudyLines.line(ReadKey.orderOf(row._1), account)).iterator();
        }

        private StudyFiles gather(Uid study) {
            StudyFiles files = new StudyFiles(study);
            HeaderPool pool = new HeaderPool(config.value().callingAe());
            for (Tuple2<byte[], byte[]> row = ahead;
                    row != null
                            && ReadKey.isInstance(row._1)
                            && ReadKey.study(row._1).equals(study);
                    row = ahead) {
                files.add(ReadKey.orderOf(row._1), FileRecord.read(ByteBuffer.wrap(row._2), pool));
                move();
            }
            return files;
        }
    }
}
