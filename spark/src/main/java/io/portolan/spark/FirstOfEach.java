package io.portolan.spark;

import java.util.Iterator;
import java.util.NoSuchElementException;
import org.apache.spark.api.java.function.PairFlatMapFunction;
import org.jspecify.annotations.Nullable;
import scala.Tuple2;

/** Of sorted lines that are one in the end the first, under the file that it belongs into; and the totals of them. */
final class FirstOfEach implements PairFlatMapFunction<Iterator<Tuple2<byte[], byte[]>>, String, byte[]> {

    private static final long serialVersionUID = 1;

    private final Totals totals;

    FirstOfEach(Totals totals) {
        this.totals = totals;
    }

    @Override
    public Iterator<Tuple2<String, byte[]>> call(Iterator<Tuple2<byte[], byte[]>> lines) {
        return new Iterator<>() {
            private byte @Nullable [] last;
            private @Nullable Tuple2<byte[], byte[]> ahead;

            @Override
            public boolean hasNext() {
                byte[] before = last;
                while (ahead == null && lines.hasNext()) {
                    Tuple2<byte[], byte[]> line = lines.next();
                    ahead = before != null && OutKey.isSame(before, line._1) ? null : line;
                }
                return ahead != null;
            }

            @Override
            public Tuple2<String, byte[]> next() {
                Tuple2<byte[], byte[]> line = hasNext() ? ahead : null;
                if (line == null) {
                    throw new NoSuchElementException();
                }
                String section = OutKey.section(line._1);
                if (last == null || !section.equals(OutKey.section(last))) {
                    totals.countPart();
                }
                last = line._1;
                ahead = null;
                totals.count(line._1);
                return new Tuple2<>(section, line._2);
            }
        };
    }
}
