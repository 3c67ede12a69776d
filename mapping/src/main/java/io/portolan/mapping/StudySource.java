package io.portolan.mapping;

import io.portolan.dicom.Attribute;
import io.portolan.dicom.DataSet;
import io.portolan.dicom.Uid;
import io.portolan.mapping.study.Header;
import io.portolan.mapping.study.Series;
import io.portolan.mapping.study.Study;
import java.time.ZoneId;
import java.util.Collections;
import java.util.List;
import java.util.NavigableSet;
import java.util.Optional;
import org.hl7.fhir.r4.model.Reference;

/**
 * What the rules of {@link ImagingStudyTable} read.
 *
 * @param references where they leave what the study refers to
 * @param subject whom the study is of
 */
record StudySource(Study study, MappingOptions options, References references, Value<Reference> subject) {

    /** Works out the subject first, since others refer to it. */
    static StudySource of(Study study, MappingOptions options) {
        References references = new References(options);
        Value<Reference> subject =
                SubjectRules.subject(new OfPatient(study.patient(), zone(study, options), options), references);
        if (subject instanceof Value.Present<Reference> present) {
            references.setSubject(present.value());
        } else if (subject instanceof Value.Reduced<Reference> reduced) {
            references.setSubject(reduced.value());
        }
        return new StudySource(study, options, references, subject);
    }

    DataSet header() {
        return study.header().merged();
    }

    Optional<ZoneId> zone() {
        return zone(study, options);
    }

    private static Optional<ZoneId> zone(Study study, MappingOptions options) {
        return options.zones().of(study.callingAe());
    }

    OfPatient patient() {
        return new OfPatient(study.patient(), zone(), options);
    }

    OfSeries series(Series series, References part) {
        return new OfSeries(series, study.standing().gone(), options, part);
    }

    /** What the rules of {@link PatientTable} read. */
    record OfPatient(Header header, Optional<ZoneId> zone, MappingOptions options) {

        DataSet merged() {
            return header.merged();
        }
    }

    /**
     * What the rules of {@link SeriesTable} read.
     *
     * @param gone whether it can be fetched from no archive any more
     */
    record OfSeries(Series series, boolean gone, MappingOptions options, References references) {

        DataSet header() {
            return series.header().merged();
        }

        /** As {@link Header#each}: what those instances say of the series that agree about these attributes. */
        List<OfSeries> each(Attribute... attributes) {
            return series.header().each(attributes).stream()
                    .map(header -> new OfSeries(
                            new Series(series.uid(), header, series.instances(), series.callingAe(), series.unlisted()),
                            gone,
                            options,
                            references))
                    .toList();
        }

        Optional<String> callingAe() {
            return series.callingAe();
        }

        Optional<ZoneId> zone() {
            return options.zones().of(callingAe());
        }
    }

    OfInstance instance(Uid uid, DataSet header) {
        NavigableSet<Integer> frames = study.selected()
                .flatMap(Study.Selected::document)
                .map(document -> document.frames().getOrDefault(uid, Collections.emptyNavigableSet()))
                .orElseGet(Collections::emptyNavigableSet);
        return new OfInstance(uid, header, frames, options);
    }

    /**
     * What the rules of {@link InstanceTable} read.
     *
     * @param frames those that a selection refers to; none: the whole instance
     */
    record OfInstance(Uid uid, DataSet header, NavigableSet<Integer> frames, MappingOptions options) {}
}
