package io.portolan.mapping;

import ca.uhn.fhir.context.FhirContext;
import io.portolan.dicom.Attribute;
import io.portolan.dicom.DataSet;
import io.portolan.dicom.Uid;
import io.portolan.mapping.study.Gathered;
import io.portolan.mapping.study.Series;
import io.portolan.mapping.study.SharingOptions;
import io.portolan.mapping.study.Study;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.function.Supplier;
import org.hl7.fhir.r4.model.DomainResource;
import org.hl7.fhir.r4.model.ImagingStudy;
import org.hl7.fhir.r4.model.ImagingStudy.ImagingStudySeriesComponent;
import org.hl7.fhir.r4.model.ImagingStudy.ImagingStudySeriesInstanceComponent;
import org.hl7.fhir.r4.model.Patient;
import org.jspecify.annotations.Nullable;

/**
 * Where every element of a study comes from, row by row of the tables: for a person who wonders about a value.
 *
 * <p>Each row is applied to a resource of its own, so that what it says can be told apart. Carries patients' values: for
 * whoever asked, never for a log.
 */
public final class Explanation {

    /**
     * One row, applied.
     *
     * @param element FHIR path
     * @param place SeriesInstanceUID or SOPInstanceUID; null: the study as a whole, or its patient
     * @param rule in a line
     * @param sources the attributes that the rule reads and that are there
     * @param json what it said, as JSON; empty: nothing
     * @param issues what it could not say
     */
    public record Line(
            String element, @Nullable Uid place, String rule, DataSet sources, String json, List<MappingIssue> issues) {

        public Line {
            issues = List.copyOf(issues);
        }
    }

    private final FhirContext fhir;
    private final MappingOptions options;
    private final List<Line> lines = new ArrayList<>();

    private Explanation(FhirContext fhir, MappingOptions options) {
        this.fhir = fhir;
        this.options = options;
    }

    /** Every row for the study, its patient, each series and each instance, in the order of the resource definition. */
    public static List<Line> of(Gathered gathered, MappingOptions options, SharingOptions sharing, FhirContext fhir) {
        Explanation explanation = new Explanation(fhir, options);
        explanation.explain(Study.of(gathered, sharing).orElseGet(() -> Study.of(gathered.instances())));
        return List.copyOf(explanation.lines);
    }

    private void explain(Study study) {
        StudySource source = StudySource.of(study, options);
        DataSet header = together(study);
        rows(ImagingStudyTable.TABLE, source, header, null, ImagingStudy::new, resource -> resource, "");
        for (Series series : study.series()) {
            DataSet ofSeries = series.header().merged();
            rows(
                    SeriesTable.TABLE,
                    source.series(series, source.references().ofPart()),
                    ofSeries,
                    series.uid(),
                    ImagingStudySeriesComponent::new,
                    component -> new ImagingStudy().addSeries(component),
                    "\"series\":[{");
            series.instances()
                    .forEach((uid, instance) -> rows(
                            InstanceTable.TABLE,
                            source.instance(uid, instance),
                            instance,
                            uid,
                            ImagingStudySeriesInstanceComponent::new,
                            component -> new ImagingStudy()
                                    .addSeries(new ImagingStudySeriesComponent().addInstance(component)),
                            "\"series\":[{\"instance\":[{"));
        }
        rows(PatientTable.TABLE, source.patient(), header, null, Patient::new, resource -> resource, "");
    }

    private <S, R> void rows(
            Table<S, R> table,
            S source,
            DataSet header,
            @Nullable Uid place,
            Supplier<R> target,
            Function<R, DomainResource> resource,
            String around) {
        for (Row<S, R, ?> row : table.rows()) {
            R alone = target.get();
            List<MappingIssue> issues = new ArrayList<>();
            boolean set = row.apply(source, alone, place, issues);
            String json = set ? inner(resource.apply(alone), around) : "";
            lines.add(new Line(row.element(), place, row.rule().says(), sources(row, header), json, issues));
        }
    }

    private static DataSet sources(Row<?, ?, ?> row, DataSet header) {
        return header.where(
                tag -> Attribute.find(tag).filter(row.attributes()::contains).isPresent());
    }

    /** What rows of the study read, some of them at its series. */
    private static DataSet together(Study study) {
        DataSet.Builder all = DataSet.builder(study.header().merged().characterSet());
        study.series().forEach(series -> all.addAll(series.header().merged()));
        return all.addAll(study.header().merged())
                .addAll(study.patient().merged())
                .build();
    }

    /** {@code "number":3} of {@code {"resourceType":"ImagingStudy","series":[{"number":3}]}}. */
    private String inner(DomainResource resource, String around) {
        String json = fhir.newJsonParser().encodeResourceToString(resource);
        int start = json.indexOf(around.isEmpty() ? "," : around);
        int closing = 1 + (int) around.chars().filter(c -> c == '[' || c == '{').count();
        return start < 0 ? "" : json.substring(start + Math.max(1, around.length()), json.length() - closing);
    }
}
