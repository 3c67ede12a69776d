package io.portolan.gateway.sync;

import io.portolan.dicom.Attribute;
import io.portolan.dicom.DataSet;
import io.portolan.dicom.Uid;
import io.portolan.dicom.engine.DicomEngine;
import io.portolan.dicom.engine.Status;
import io.portolan.dicom.engine.StoreRequest;
import io.portolan.dicom.engine.StoreScp;
import io.portolan.dicom.io.ReadLimits;
import io.portolan.dicom.io.Selection;
import java.io.IOException;
import java.io.InputStream;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Takes what archives send because sync has told them to by C-MOVE, and hands everything else on. Of what is taken only the
 * header is read, and nothing is kept: the archive has it.
 *
 * <p>It is known by its Move Originator (PS3.7 9.3.1.1), which an archive has to name; of one that does not, instances are
 * received like anybody's.
 *
 * <p>Nothing else in a C-STORE says surely which C-MOVE it belongs to, so a series is expected of one archive at a time. What comes
 * late, when the C-MOVE has ended or was broken off, is refused while anything else is expected, and received like anybody's
 * when nothing is; whoever asked is told nothing any more. While the same series is expected of another archive, it counts as
 * that one's.
 */
public final class MovedInstances implements StoreScp {

    private record Key(Uid study, Uid series) {}

    private final StoreScp others;
    private final String ownAe;
    private final DicomEngine engine;
    private final Selection selection;
    private final ReadLimits limits;
    private final Map<Key, Expected> expected = new HashMap<>(); // guarded by itself

    /**
     * @param others takes what was not asked for
     * @param ownAe by which we ask
     */
    public MovedInstances(StoreScp others, String ownAe, DicomEngine engine, Selection selection, ReadLimits limits) {
        this.others = others;
        this.ownAe = ownAe;
        this.engine = engine;
        this.selection = selection;
        this.limits = limits;
    }

    /** What is expected is so until it is closed. */
    final class Expected implements AutoCloseable {

        private final Key key;
        private final Consumer<DataSet> sink;
        private @Nullable Thread telling; // guarded by this
        private boolean closed; // guarded by this

        private Expected(Key key, Consumer<DataSet> sink) {
            this.key = key;
            this.sink = sink;
        }

        /** One at a time; false: it is not expected any more. */
        private boolean tell(DataSet header) throws InterruptedException {
            synchronized (this) {
                while (telling != null && !closed) {
                    wait();
                }
                if (closed) {
                    return false;
                }
                telling = Thread.currentThread();
            }
            try {
                sink.accept(header);
                return true;
            } finally {
                synchronized (this) {
                    telling = null;
                    if (closed) {
                        Thread.interrupted(); // meant for the sink, whose thread goes on
                    }
                    notifyAll();
                }
            }
        }

        /** When it returns, the sink is not told anything any more; one that waits is interrupted. */
        @Override
        public void close() {
            boolean interrupted = false;
            synchronized (this) {
                closed = true;
                notifyAll();
                if (telling != null) {
                    telling.interrupt();
                }
                while (telling != null) {
                    try {
                        wait();
                    } catch (InterruptedException e) {
                        interrupted = true;
                    }
                }
            }
            synchronized (expected) {
                expected.remove(key, this);
                expected.notifyAll();
            }
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /**
     * From now on the instances of a series are expected; waits while another run expects them.
     *
     * @param sink told their headers, one at a time
     */
    Expected expect(Uid study, Uid series, Consumer<DataSet> sink) throws InterruptedException {
        Expected mine = new Expected(new Key(study, series), sink);
        synchronized (expected) {
            while (expected.putIfAbsent(mine.key, mine) != null) {
                expected.wait();
            }
        }
        return mine;
    }

    private boolean isAnythingExpected() {
        synchronized (expected) {
            return !expected.isEmpty();
        }
    }

    private @Nullable Expected find(Key key) {
        synchronized (expected) {
            return expected.get(key);
        }
    }

    @Override
    public Status store(StoreRequest request, InputStream dataSet) throws IOException {
        if (!isAnythingExpected()
                || !request.moveOriginator()
                        .map(String::strip)
                        .filter(ownAe::equals)
                        .isPresent()) {
            return others.store(request, dataSet);
        }
        DataSet header = engine.readDataSet(dataSet, request.transferSyntax(), selection, limits)
                .readHeader();
        Expected one = header.uid(Attribute.StudyInstanceUID)
                .flatMap(study -> header.uid(Attribute.SeriesInstanceUID).map(series -> new Key(study, series)))
                .map(this::find)
                .orElse(null);
        try {
            // Or else the run that had asked for it is over.
            return one != null && one.tell(header) ? Status.SUCCESS : Status.CANNOT_UNDERSTAND;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Status.PROCESSING_FAILURE;
        }
    }
}
