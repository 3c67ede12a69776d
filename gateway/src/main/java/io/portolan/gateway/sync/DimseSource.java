package io.portolan.gateway.sync;

import io.portolan.dicom.Attribute;
import io.portolan.dicom.CharacterSet;
import io.portolan.dicom.DataSet;
import io.portolan.dicom.SopClass;
import io.portolan.dicom.Uid;
import io.portolan.dicom.engine.AssociationClient;
import io.portolan.dicom.engine.DicomEngine;
import io.portolan.dicom.engine.RequestOptions;
import io.portolan.dicom.engine.Status;
import io.portolan.dicom.io.Selection;
import io.portolan.gateway.sync.DimseOptions.Retrieve;
import io.portolan.gateway.sync.SourceException.Kind;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;

/**
 * An archive that is asked over the DICOM network: C-FIND at study, series and image level in the Study Root model (PS3.4
 * C.4.1), and by C-GET or C-MOVE for the instances (PS3.4 C.4.2, C.4.3), of which only the headers are read. Answers to C-FIND
 * are not headers: whether an attribute that is empty or missing there is so in the instance, nobody can tell, and Orthanc,
 * as it is delivered, drops what ISO 8859-1 has no character for. An association for each request, or for each series that is
 * fetched.
 */
public final class DimseSource implements Source {

    private static final int SERIES_MAX = 10_000;

    private final DimseOptions options;
    private final Pace pace;
    private final DimseAssociations associations;
    private final DimseRetrieval retrieval;

    /** @param moved takes what the archive is told to send to us */
    public DimseSource(DicomEngine engine, DimseOptions options, Pace pace, MovedInstances moved) {
        this.options = options;
        this.pace = pace;
        this.associations = new DimseAssociations(engine, options);
        this.retrieval = new DimseRetrieval(engine, options, pace, moved, associations);
    }

    @Override
    public Listing studies(StudyQuery query) throws SourceException, InterruptedException {
        Map<Uid, ListedStudy> studies = new LinkedHashMap<>();
        int[] unidentified = {0};
        boolean complete = find(DimseQueries.studies(query), options.studiesMax(), answer -> {
            Optional<ListedStudy> listed = QueryKeys.study(answer);
            listed.ifPresent(study -> studies.putIfAbsent(study.study(), study));
            unidentified[0] += listed.isEmpty() ? 1 : 0;
        });
        return new Listing(List.copyOf(studies.values()), complete, unidentified[0]);
    }

    @Override
    public List<ListedSeries> series(Uid study) throws SourceException, InterruptedException {
        Map<Uid, ListedSeries> series = new LinkedHashMap<>();
        boolean complete = find(
                DimseQueries.series(study),
                SERIES_MAX,
                answer -> QueryKeys.series(answer).ifPresent(one -> series.putIfAbsent(one.series(), one)));
        if (!complete) {
            throw new SourceException(
                    Kind.MALFORMED,
                    "the archive gave " + series.size() + " series of study " + study
                            + " and has more; raise the limit of its results");
        }
        List<ListedSeries> listed = new ArrayList<>();
        for (ListedSeries one : series.values()) {
            listed.add(one.instances().isPresent() ? one : counted(study, one));
        }
        return listed;
    }

    /** By its instances: their number is an attribute that an archive need not know (PS3.4 C.3.4). */
    private ListedSeries counted(Uid study, ListedSeries series) throws SourceException, InterruptedException {
        NavigableSet<Uid> instances = new TreeSet<>();
        boolean complete = find(
                DimseQueries.classes(study, series.series()),
                Integer.MAX_VALUE,
                image -> image.uid(Attribute.SOPInstanceUID).ifPresent(instances::add));
        return complete ? QueryKeys.series(series, instances) : series;
    }

    @Override
    public void headers(Uid study, Collection<Uid> series, Consumer<DataSet> sink)
            throws SourceException, InterruptedException {
        if (options.retrieve() == Retrieve.FIND) {
            headersOfAnswers(study, series, sink);
            return;
        }
        for (Uid one : List.copyOf(series)) {
            if (options.retrieve() == Retrieve.GET) {
                retrieval.get(study, one, classes(study, one), sink);
            } else {
                retrieval.move(study, one, sink);
            }
        }
    }

    @Override
    public Optional<Set<Uid>> instances(Uid study, Collection<ListedSeries> series)
            throws SourceException, InterruptedException {
        Set<Uid> instances = new HashSet<>();
        for (ListedSeries one : series) {
            requireComplete(
                    find(
                            DimseQueries.classes(study, one.series()),
                            Integer.MAX_VALUE,
                            image -> image.uid(Attribute.SOPInstanceUID).ifPresent(instances::add)),
                    one.series());
        }
        return Optional.of(instances);
    }

    /** What an archive leaves out of its answers, or has no characters for, is left out then. */
    private void headersOfAnswers(Uid study, Collection<Uid> series, Consumer<DataSet> sink)
            throws SourceException, InterruptedException {
        Answers said = new Answers();
        find(DimseQueries.studies(StudyQuery.of(study)), 1, said::study);
        find(DimseQueries.series(study), SERIES_MAX, said::series);
        for (Uid one : List.copyOf(series)) {
            images(study, one).forEach(image -> sink.accept(said.header(study, one, image)));
        }
    }

    private List<DataSet> images(Uid study, Uid series) throws SourceException, InterruptedException {
        List<DataSet> images = new ArrayList<>();
        boolean complete = find(DimseQueries.instances(study, series), Integer.MAX_VALUE, images::add);
        requireComplete(complete, series);
        return images;
    }

    private static void requireComplete(boolean complete, Uid series) throws SourceException {
        if (!complete) {
            throw new SourceException(
                    Kind.MALFORMED,
                    "the archive does not give all instances of series " + series + "; raise the limit of its results");
        }
    }

    // ---- queries

    /** False: not all that matches has come. */
    @SuppressWarnings("try") // held, not used
    private boolean find(DataSet identifier, int max, Consumer<DataSet> sink)
            throws SourceException, InterruptedException {
        RequestOptions request = associations.request(SopClass.STUDY_ROOT_FIND, List.of());
        int[] matches = {0};
        try (Pace.Turn turn = pace.turn();
                DimseAssociations.Held held = associations.associate(request)) {
            AssociationClient association = held.association;
            Status status = association.find(
                    SopClass.STUDY_ROOT_FIND, identifier, Selection.keysOf(identifier), options.limits(), answer -> {
                        matches[0]++;
                        if (matches[0] <= max) {
                            sink.accept(answer);
                        }
                        return matches[0] <= max;
                    });
            association.release();
            boolean some = matches[0] > 0;
            if (!status.isSuccess() && !status.equals(Status.CANCEL) && !(some && isOutOfResources(status))) {
                throw refused("C-FIND", status);
            }
            return status.isSuccess() && matches[0] <= max;
        } catch (IOException e) {
            throw associations.failed("C-FIND failed", e);
        }
    }

    private static boolean isOutOfResources(Status status) {
        return status.code() >> 8 == 0xA7;
    }

    private static SourceException refused(String what, Status status) {
        Kind kind = isOutOfResources(status) || status.code() >> 12 == 0xC ? Kind.UNAVAILABLE : Kind.REFUSED;
        return new SourceException(kind, what + " was answered with " + status);
    }

    /** Of the instances that the archive tells; it need not tell all. */
    private Set<Uid> classes(Uid study, Uid series) throws SourceException, InterruptedException {
        Set<Uid> classes = new TreeSet<>();
        find(
                DimseQueries.classes(study, series),
                Integer.MAX_VALUE,
                image -> image.uid(Attribute.SOPClassUID).ifPresent(classes::add));
        return classes;
    }

    /** Has whoever waits for the archive end at once, and asks nothing any more. For any thread. */
    @Override
    public void close() {
        associations.close();
    }

    // ---- headers made of answers

    /** What the archive has said of a study and its series at their own levels. */
    private static final class Answers {

        private DataSet study = DataSet.EMPTY;
        private final Map<Uid, DataSet> series = new LinkedHashMap<>();

        void study(DataSet answer) {
            study = answer;
        }

        void series(DataSet answer) {
            answer.uid(Attribute.SeriesInstanceUID).ifPresent(uid -> series.put(uid, answer));
        }

        DataSet header(Uid ofStudy, Uid ofSeries, DataSet image) {
            DataSet.Builder header = DataSet.builder(CharacterSet.UTF_8);
            header.addAll(study.inUtf8());
            header.addAll(Optional.ofNullable(series.get(ofSeries))
                    .orElse(DataSet.EMPTY)
                    .inUtf8());
            header.addAll(image.inUtf8());
            header.add(Attribute.StudyInstanceUID, ofStudy.value());
            header.add(Attribute.SeriesInstanceUID, ofSeries.value());
            return header.build();
        }
    }
}
