package io.portolan.mapping;

import io.portolan.dicom.DataSet;
import io.portolan.dicom.Uid;
import io.portolan.mapping.MappingResult.SharedResource;
import io.portolan.mapping.study.Header;
import io.portolan.mapping.study.Series;
import io.portolan.mapping.study.Study;
import java.util.Collections;
import java.util.List;
import java.util.NavigableSet;
import java.util.Optional;

/**
 * What the rules of {@link ImagingStudyTable} read.
 *
 * @param patient the Patient that the subject refers to, where there is to be one
 */
record StudySource(
        Study study, MappingOptions options, Optional<SharedResource> patient, List<SharedResource> endpoints) {

    DataSet header() {
        return study.header().merged();
    }

    /** What the rules of {@link PatientTable} read. */
    record OfPatient(Header header, MappingOptions options) {

        DataSet merged() {
            return header.merged();
        }
    }

    /** What the rules of {@link SeriesTable} read. */
    record OfSeries(Series series, MappingOptions options) {

        DataSet header() {
            return series.header().merged();
        }
    }

    /**
     * What the rules of {@link InstanceTable} read.
     *
     * @param frames those that a selection refers to; none: the whole instance
     */
    record OfInstance(Uid uid, DataSet header, NavigableSet<Integer> frames) {

        static OfInstance of(Study study, Uid uid, DataSet header) {
            return new OfInstance(
                    uid,
                    header,
                    study.selected()
                            .flatMap(Study.Selected::document)
                            .map(document -> document.frames().getOrDefault(uid, Collections.emptyNavigableSet()))
                            .orElseGet(Collections::emptyNavigableSet));
        }
    }
}
