package io.portolan.gateway.sync;

import io.portolan.dicom.Attribute;
import io.portolan.dicom.DataSet;
import io.portolan.dicom.Uid;
import io.portolan.dicom.io.Selection;
import io.portolan.gateway.sync.SourceException.Kind;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * An archive that is asked over DICOMweb: QIDO-RS for its studies and their series (PS3.18 10.6), WADO-RS for headers (PS3.18
 * 10.4). Nothing is stored or changed there.
 *
 * <p>What is asked for goes into {@code includefield} as one list, as PS3.18 8.3.4.3 has it and viewers ask; a server says
 * what it can. Safe for use by several threads.
 */
public final class DicomWebSource implements Source {

    private static final int SERIES_MAX = 10_000;

    private final DicomWebOptions options;
    private final DicomWebWire wire;
    private final DicomWebListing listing;
    private final DicomWebAnswer headers;
    private volatile boolean metadataRefused;

    public DicomWebSource(DicomWebOptions options) {
        this.options = options;
        this.wire = new DicomWebWire(options);
        Selection asked = Selection.mappedAnd(Stream.concat(QueryKeys.OF_STUDY.stream(), QueryKeys.OF_SERIES.stream())
                .toList());
        this.listing = new DicomWebListing(
                wire, new DicomWebAnswer(asked, options.limits().dataSetCharactersMax()), options);
        this.headers = new DicomWebAnswer(options.selection(), options.limits().dataSetCharactersMax());
    }

    @Override
    public Listing studies(StudyQuery query) throws SourceException, InterruptedException {
        DicomWebListing.Found found = listing.all(
                "list of studies",
                path(query),
                DicomWebListing.OF_STUDIES,
                Attribute.StudyInstanceUID,
                options.paging().studiesMax());
        return new Listing(listed(found.results(), QueryKeys::study), found.complete(), found.unidentified());
    }

    private static String path(StudyQuery query) {
        StringBuilder path = new StringBuilder("/studies?includefield=").append(fields(QueryKeys.OF_STUDY));
        Optional.ofNullable(query.study())
                .ifPresent(study -> path.append("&StudyInstanceUID=").append(study));
        query.studyDate().ifPresent(date -> path.append("&StudyDate=").append(date));
        query.studyTime().ifPresent(time -> path.append("&StudyTime=").append(time));
        query.studyUpdateDateTime()
                .ifPresent(since -> path.append("&StudyUpdateDateTime=").append(since.replace("+", "%2B")));
        return path.toString();
    }

    /**
     * PS3.18 8.3.1.1: attributes by their eight hexadecimal digits. Never the character set: asked for that, Orthanc 1.10
     * refuses the whole list where one study of it is in ISO 2022.
     */
    private static String fields(Collection<Integer> tags) {
        return tags.stream().map(tag -> String.format(Locale.ROOT, "%08X", tag)).collect(Collectors.joining(","));
    }

    @Override
    public List<ListedSeries> series(Uid study) throws SourceException, InterruptedException {
        String what = "list of series of study " + study;
        String path = "/studies/" + study + "/series?includefield=" + fields(QueryKeys.OF_SERIES);
        DicomWebListing.Found found =
                listing.all(what, path, DicomWebListing.OF_SERIES, Attribute.SeriesInstanceUID, SERIES_MAX);
        if (!found.complete() && !(found.distrusted() && found.results().size() == seriesSaid(study))) {
            throw new SourceException(
                    Kind.MALFORMED,
                    what + ": the server gave " + found.results().size()
                            + " and has more; raise the limit of its results");
        }
        return listed(found.results(), QueryKeys::series);
    }

    @Override
    public Optional<Set<Uid>> instances(Uid study, Collection<ListedSeries> series)
            throws SourceException, InterruptedException {
        Set<Uid> instances = new HashSet<>();
        for (ListedSeries one : series) {
            String what = "list of instances of series " + one.series();
            String path = "/studies/" + study + "/series/" + one.series() + "/instances?includefield="
                    + fields(List.of(Attribute.SOPInstanceUID.tag()));
            DicomWebListing.Found found =
                    listing.all(what, path, DicomWebListing.OF_SERIES, Attribute.SOPInstanceUID, Integer.MAX_VALUE);
            if (!one.instances().equals(OptionalInt.of(found.results().size()))) {
                return Optional.empty(); // cut off, or none at all: the headers will tell
            }
            found.results()
                    .forEach(result -> result.uid(Attribute.SOPInstanceUID).ifPresent(instances::add));
        }
        return Optional.of(instances);
    }

    /** How many series the study is said to have; -1: it is not said. */
    private int seriesSaid(Uid study) throws SourceException, InterruptedException {
        return studies(StudyQuery.of(study)).studies().stream()
                .map(ListedStudy::series)
                .flatMapToInt(OptionalInt::stream)
                .findFirst()
                .orElse(-1);
    }

    private static <T> List<T> listed(List<DataSet> results, Function<DataSet, Optional<T>> as) {
        return results.stream().map(as).flatMap(Optional::stream).toList();
    }

    @Override
    public void headers(Uid study, Collection<Uid> series, Consumer<DataSet> sink)
            throws SourceException, InterruptedException {
        for (Uid one : new ArrayList<>(series)) {
            SeriesHeaders ofOne = new SeriesHeaders(options, wire, headers, study, one, sink);
            if (metadataRefused) {
                ofOne.readInstances();
                continue;
            }
            int status = ofOne.readMetadata();
            if (status >= 300) {
                ofOne.readInstances();
                metadataRefused = status != 404; // which may have been about this series
            }
        }
    }

    /** Has nothing to close: connections end by themselves when they have been idle. */
    @Override
    public void close() {}
}
