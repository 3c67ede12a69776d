package io.portolan.mapping;

import io.portolan.dicom.Attribute;
import io.portolan.dicom.Uid;
import io.portolan.mapping.MappingResult.Mapped;
import io.portolan.mapping.MappingResult.Mapped.Publishing;
import io.portolan.mapping.MappingResult.Pending;
import io.portolan.mapping.MappingResult.Unmappable;
import io.portolan.mapping.study.Gathered;
import io.portolan.mapping.study.Series;
import io.portolan.mapping.study.SharingOptions;
import io.portolan.mapping.study.SharingOptions.Expired;
import io.portolan.mapping.study.Standing.Availability;
import io.portolan.mapping.study.Study;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.hl7.fhir.r4.model.ImagingStudy;
import org.hl7.fhir.r4.model.ImagingStudy.ImagingStudySeriesComponent;
import org.hl7.fhir.r4.model.ImagingStudy.ImagingStudySeriesInstanceComponent;

/**
 * A study in DICOM terms to FHIR R4: what the tables say, level by level.
 *
 * <p>A pure function of the study and the options. The tables say what comes from where, the rules how; here is only
 * what happens when something required is missing: the study is parked, a series or an instance is left out and still
 * counted.
 */
public final class StudyMapper {

    /**
     * Raised whenever the same instances and options give other resources, so that what was published before can be told
     * and published again. {@code MappingVersionTest} sees to it.
     */
    public static final int VERSION = 1;

    private final MappingOptions options;
    private final SharingOptions sharing;

    public StudyMapper(MappingOptions options, SharingOptions sharing) {
        this.options = options;
        this.sharing = sharing;
    }

    /** Of a site that shares everything. */
    public StudyMapper(MappingOptions options) {
        this(options, SharingOptions.DEFAULTS);
    }

    /**
     * The logical id of the ImagingStudy, and the value of the gateway's own identifier: a UUID of the UID under which the
     * study is known.
     */
    public static String idOf(Uid study) {
        return NameBasedUuid.ofOid(study.value()).toString();
    }

    public MappingResult map(Gathered gathered) {
        return Study.of(gathered, sharing)
                .map(this::map)
                .orElseGet(() -> new Pending("no instance of the selection is known", List.of()));
    }

    MappingResult map(Study study) {
        Optional<String> conflict = PatientRules.conflict(study.everyPatient());
        // What is taken back must not wait for the patient to be known.
        if (conflict.isPresent() && study.numberListed() > 0) {
            return new Unmappable(conflict.get(), List.of());
        }
        List<MappingIssue> issues = new ArrayList<>();
        ImagingStudy resource = new ImagingStudy();
        resource.setId(idOf(study.knownAs()));
        // Of two people no resource is made: what all instances say together is of neither.
        StudySource source = StudySource.of(study, conflict.isPresent() ? options.logical() : options);
        String missing = ImagingStudyTable.TABLE.map(source, resource, null, issues);
        if (missing != null) {
            return new Unmappable(missing + " is missing", issues);
        }
        ImagingStudyTable.TABLE.reportConflicts(study.header(), null, issues);
        for (Series series : study.series()) {
            map(source, series, resource, issues);
        }
        study.standing()
                .unknown()
                .forEach((note, instances) -> issues.add(new MappingIssue(
                        InstanceTable.TABLE.path(),
                        Attribute.CurrentRequestedProcedureEvidenceSequence,
                        note,
                        "a rejection note names instances that are not known: " + instances)));
        if (study.standing().awaited() > 0) {
            issues.add(new MappingIssue(
                    ImagingStudyTable.TABLE.path(),
                    Attribute.CurrentRequestedProcedureEvidenceSequence,
                    study.knownAs(),
                    "a selection waits for instances that are not known: "
                            + study.standing().awaited()));
        }
        study.standing()
                .unread()
                .forEach((document, studies) -> issues.add(new MappingIssue(
                        ImagingStudyTable.TABLE.path(),
                        Attribute.CurrentRequestedProcedureEvidenceSequence,
                        document,
                        "names too many studies; not looked at are the last " + studies)));
        issues.addAll(source.references().issues());
        PatientTable.TABLE.reportConflicts(study.patient(), null, issues);

        return new Mapped(resource, source.references().shared(), issues, publishing(study));
    }

    private Publishing publishing(Study study) {
        if (study.standing().gone() && study.standing().availability() != Availability.EXPIRED) {
            return Publishing.IF_PUBLISHED;
        }
        return switch (study.standing().availability()) {
            // A selection that nobody has ever seen need not be called off.
            case REJECTED, WRONG -> study.selected().isPresent() ? Publishing.IF_PUBLISHED : Publishing.ALWAYS;
            case AVAILABLE ->
                study.numberListed() > 0 && study.standing().awaited() == 0
                        ? Publishing.ALWAYS
                        : Publishing.IF_PUBLISHED;
            case EXPIRED -> sharing.expired() == Expired.DELETED ? Publishing.DELETED : Publishing.IF_PUBLISHED;
        };
    }

    private static void map(StudySource study, Series series, ImagingStudy resource, List<MappingIssue> issues) {
        ImagingStudySeriesComponent component = new ImagingStudySeriesComponent();
        References references = study.references().ofPart();
        String missing = SeriesTable.TABLE.map(study.series(series, references), component, series.uid(), issues);
        if (missing != null) {
            issues.add(new MappingIssue(
                    SeriesTable.TABLE.path(), null, series.uid(), "left out, and counted: no " + missing));
            return;
        }
        study.references().addAll(references);
        SeriesTable.TABLE.reportConflicts(series.header(), series.uid(), issues, ImagingStudyTable.TABLE);
        series.instances().forEach((uid, header) -> {
            ImagingStudySeriesInstanceComponent instance = new ImagingStudySeriesInstanceComponent();
            String absent = InstanceTable.TABLE.map(study.instance(uid, header), instance, uid, issues);
            if (absent == null) {
                component.addInstance(instance);
            } else {
                issues.add(
                        new MappingIssue(InstanceTable.TABLE.path(), null, uid, "left out, and counted: no " + absent));
            }
        });
        resource.addSeries(component);
    }
}
