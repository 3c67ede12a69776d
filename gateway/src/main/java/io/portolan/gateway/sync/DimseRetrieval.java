package io.portolan.gateway.sync;

import io.portolan.dicom.DataSet;
import io.portolan.dicom.SopClass;
import io.portolan.dicom.Uid;
import io.portolan.dicom.engine.AssociationClient;
import io.portolan.dicom.engine.DicomEngine;
import io.portolan.dicom.engine.RequestOptions;
import io.portolan.dicom.engine.Retrieved;
import io.portolan.dicom.engine.Status;
import io.portolan.dicom.engine.StoreRequest;
import io.portolan.gateway.sync.SourceException.Kind;
import java.io.IOException;
import java.io.InputStream;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Fetches the instances of a series by C-GET or C-MOVE (PS3.4 C.4.2, C.4.3), and reads their headers. */
final class DimseRetrieval {

    private final DicomEngine engine;
    private final DimseOptions options;
    private final Pace pace;
    private final MovedInstances moved;
    private final DimseAssociations associations;

    DimseRetrieval(
            DicomEngine engine, DimseOptions options, Pace pace, MovedInstances moved, DimseAssociations associations) {
        this.engine = engine;
        this.options = options;
        this.pace = pace;
        this.moved = moved;
        this.associations = associations;
    }

    /** C-MOVE. */
    @SuppressWarnings("try") // held, not used
    void move(Uid study, Uid series, Consumer<DataSet> sink) throws SourceException, InterruptedException {
        try (MovedInstances.Expected expected = moved.expect(study, series, sink); // may wait for another archive
                Pace.Turn turn = pace.turn()) {
            Retrieved retrieved = move(study, series);
            if (retrieved.failed() > 0 || !retrieved.status().isSuccess()) {
                throw notFetched(series, retrieved.failed(), retrieved.status());
            }
        } catch (IOException e) {
            throw associations.failed("series " + series + " could not be fetched", e);
        }
    }

    private static SourceException notFetched(Uid series, int failed, Status status) {
        return new SourceException(
                Kind.UNAVAILABLE, "of series " + series + " " + failed + " instances could not be fetched: " + status);
    }

    /**
     * By as many associations as it takes to have a context for each instance: first for the classes that the archive tells, or
     * else for all; what does not come so is in a syntax, or of a class, that was not proposed.
     *
     * @param told the classes that the archive tells; none: it tells none
     */
    void get(Uid study, Uid series, Set<Uid> told, Consumer<DataSet> sink)
            throws SourceException, InterruptedException {
        Fetched fetched = new Fetched(sink);
        List<List<RequestOptions.Proposal>> rounds = told.isEmpty() ? List.of() : List.of(RetrievalContexts.of(told));
        get(study, series, rounds, fetched);
        if (!fetched.isAll()) {
            get(study, series, RetrievalContexts.others(told), fetched);
        }
        if (!fetched.isAll()) {
            get(study, series, RetrievalContexts.compressed(fetched.classes, told), fetched);
        }
        if (!fetched.isWhole()) {
            throw notFetched(series, fetched.failed(), fetched.status);
        }
    }

    @SuppressWarnings("try") // held, not used
    private void get(Uid study, Uid series, List<List<RequestOptions.Proposal>> rounds, Fetched fetched)
            throws SourceException, InterruptedException {
        for (List<RequestOptions.Proposal> contexts : rounds) {
            if (fetched.isAll()) {
                return;
            }
            try (Pace.Turn turn = pace.turn();
                    DimseAssociations.Held held =
                            associations.associate(associations.request(SopClass.STUDY_ROOT_GET, contexts))) {
                AssociationClient association = held.association;
                fetched.ended(association.get(
                        SopClass.STUDY_ROOT_GET,
                        DimseQueries.retrieval(study, series),
                        (instance, dataSet) -> fetched.store(instance, dataSet, association)));
                association.release();
            } catch (IOException e) {
                fetched.rethrow();
                throw associations.failed("series " + series + " could not be fetched", e);
            }
        }
    }

    /** What has come of a series, over all associations. */
    private final class Fetched {

        private final Consumer<DataSet> sink;
        private final Set<Uid> whole = new HashSet<>();
        private final Set<Uid> unreadable = new HashSet<>();
        private final Set<Uid> classes = new TreeSet<>();
        private Status status = Status.SUCCESS; // of the last association
        private int instances; // of the series, as far as the archive has said
        private boolean last; // nothing is left to be sent
        private @Nullable RuntimeException failure; // of the sink

        Fetched(Consumer<DataSet> sink) {
            this.sink = sink;
        }

        Status store(StoreRequest instance, InputStream dataSet, AssociationClient association) throws IOException {
            if (whole.contains(instance.sopInstance())) {
                return Status.SUCCESS;
            }
            unreadable.add(instance.sopInstance());
            DataSet header = engine.readDataSet(
                            dataSet, instance.transferSyntax(), options.selection(), options.limits())
                    .readHeader();
            try {
                sink.accept(header);
            } catch (RuntimeException e) {
                failure = e;
                association.stop(); // the engine takes it for a failure of this instance alone
                return Status.PROCESSING_FAILURE;
            }
            unreadable.remove(instance.sopInstance());
            whole.add(instance.sopInstance());
            classes.add(instance.sopClass());
            return Status.SUCCESS;
        }

        void ended(Retrieved retrieved) {
            rethrow();
            status = retrieved.status();
            int all = retrieved.completed() + retrieved.failed() + retrieved.warnings() + retrieved.remaining();
            instances = Math.max(instances, all);
            last = status.isSuccess() && retrieved.failed() == 0 && !whole.isEmpty();
        }

        void rethrow() {
            if (failure != null) {
                throw failure;
            }
        }

        /** Whether no other context would bring more. */
        boolean isAll() {
            return last || (instances > 0 && whole.size() + unreadable.size() >= instances);
        }

        boolean isWhole() {
            return isAll() && unreadable.isEmpty();
        }

        int failed() {
            return Math.max(unreadable.size(), instances - whole.size());
        }
    }

    private Retrieved move(Uid study, Uid series) throws IOException, InterruptedException {
        try (DimseAssociations.Held held =
                associations.associate(associations.request(SopClass.STUDY_ROOT_MOVE, List.of()))) {
            AssociationClient association = held.association;
            Retrieved retrieved = association.move(
                    SopClass.STUDY_ROOT_MOVE, DimseQueries.retrieval(study, series), options.callingAe());
            association.release();
            return retrieved;
        }
    }
}
