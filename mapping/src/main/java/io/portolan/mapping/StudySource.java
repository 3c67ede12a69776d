package io.portolan.mapping;

import io.portolan.dicom.DataSet;
import io.portolan.dicom.Uid;
import io.portolan.mapping.MappingResult.SharedResource;
import io.portolan.mapping.study.Header;
import io.portolan.mapping.study.Series;
import io.portolan.mapping.study.Study;
import java.util.List;
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

    /** What the rules of {@link InstanceTable} read. */
    record OfInstance(Uid uid, DataSet header) {}
}
