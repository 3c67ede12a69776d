package io.portolan.spark;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import io.portolan.dicom.Uid;
import io.portolan.gateway.convert.FileAccount;
import io.portolan.gateway.convert.Outcome;
import io.portolan.gateway.convert.ResourceLine;
import io.portolan.gateway.convert.StudyReport;
import io.portolan.gateway.convert.Verdict;
import io.portolan.mapping.MappingIssue;
import io.portolan.mapping.MappingResult;
import io.portolan.mapping.MappingResult.Mapped;
import io.portolan.mapping.StudyMapper;
import io.portolan.mapping.study.Gathered;
import io.portolan.mapping.study.Instance;
import io.portolan.mapping.study.KeyObjects.Selected;
import io.portolan.mapping.study.SharingOptions;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import org.hl7.fhir.r4.model.ImagingStudy;
import org.jspecify.annotations.Nullable;
import scala.Tuple2;

/** A study to its lines: what is shared of it, what became of it, of the selections of its instances, and of each file. */
final class StudyLines {

    private static final JsonFactory JSON = new JsonFactory();

    private interface Written {
        void write(JsonGenerator json) throws IOException;
    }

    private final StudyMapper mapper;
    private final SharingOptions sharing;
    private final boolean strict;
    private final Documents.Index documents;
    private final String place;

    /** @param strict whether a study that the mapping has something to say of is not written */
    StudyLines(StudyMapper mapper, SharingOptions sharing, boolean strict, Documents.Index documents, String place) {
        this.mapper = mapper;
        this.sharing = sharing;
        this.strict = strict;
        this.documents = documents;
        this.place = place;
    }

    /** The lines of the files are made when they are taken. */
    Iterator<Tuple2<byte[], byte[]>> of(StudyFiles study) {
        List<Tuple2<byte[], byte[]>> lines = new ArrayList<>();
        String problem = addStudy(study, lines);
        lines.addAll(ofSelections(study.study, study.instances));
        Iterator<Tuple2<byte[], byte[]>> ofFiles = study.files.stream()
                .map(file -> line(
                        file.order,
                        problem == null
                                ? file.account.as(file.outcome, file.account.reason())
                                : file.account.as(Outcome.NOT_CONVERTED, problem)))
                .iterator();
        study.instances.clear();
        return new Concatenated<>(List.of(lines.iterator(), ofFiles).iterator());
    }

    /** Says why it is not converted. */
    private @Nullable String addStudy(StudyFiles study, List<Tuple2<byte[], byte[]>> lines) {
        Gathered gathered = documents.keyObjects.gather(study.study, study.instances);
        MappingResult result = mapper.map(gathered);
        sayWhatIsNotListed(study.files, result);
        return add(gathered.uid(), false, result, study.numberOfSeries(), study.numberOfInstances(), lines);
    }

    private void sayWhatIsNotListed(List<StudyFiles.Seen> files, MappingResult result) {
        Verdict.Listing listing = result instanceof Mapped mapped ? new Verdict.Listing(mapped, sharing) : null;
        for (StudyFiles.Seen file : files) {
            Instance instance = file.instance;
            if (listing != null && instance != null) {
                file.outcome = listing.of(instance);
            }
            file.instance = null;
        }
    }

    /**
     * The selections of a study's instances.
     *
     * @param instances all of the study; empty: there are none
     */
    List<Tuple2<byte[], byte[]>> ofSelections(Uid study, List<Instance> instances) {
        List<Tuple2<byte[], byte[]>> lines = new ArrayList<>();
        for (Selected selected : documents.selectionsOf(study)) {
            MappingResult result = mapper.map(documents.keyObjects.gather(selected, instances));
            Optional<ImagingStudy> mapped =
                    result instanceof Mapped one ? Optional.of(one.imagingStudy()) : Optional.empty();
            String problem = add(
                    selected.selection(),
                    true,
                    result,
                    mapped.map(ImagingStudy::getNumberOfSeries).orElse(0),
                    mapped.map(ImagingStudy::getNumberOfInstances).orElse(0),
                    lines);
            if (problem != null) {
                addOverrides(selected, problem, lines);
            }
        }
        return lines;
    }

    /** A selection that is not converted is told of the files of its documents. */
    private void addOverrides(Selected selected, String problem, List<Tuple2<byte[], byte[]>> lines) {
        for (Documents.OfFile document : documents.filesOf(selected)) {
            FileAccount account = FileAccount.of(document.record.head()).as(Outcome.NOT_CONVERTED, problem);
            lines.add(new Tuple2<>(
                    OutKey.override(document.order, selected.selection(), Totals.tag(account.outcome())),
                    json(account::write)));
        }
    }

    private @Nullable String add(
            Uid uid,
            boolean selection,
            MappingResult result,
            int series,
            int instances,
            List<Tuple2<byte[], byte[]>> lines) {
        Verdict verdict = Verdict.of(result, strict);
        boolean written = verdict.problem() == null && verdict.notShared() == null;
        List<String> issues =
                result.issues().stream().map(MappingIssue::toString).toList();
        if (written) {
            for (ResourceLine line : ResourceLine.of((Mapped) result)) {
                lines.add(new Tuple2<>(
                        OutKey.resource(line.type(), line.id(), uid, selection),
                        line.json().array()));
            }
        }
        StudyReport report = new StudyReport(
                uid, written ? place : null, series, instances, verdict.problem(), verdict.notShared(), issues);
        lines.add(new Tuple2<>(OutKey.study(uid, selection, Totals.tag(report, selection)), json(report::write)));
        return verdict.problem();
    }

    /** What became of a file. */
    static Tuple2<byte[], byte[]> line(byte[] order, FileAccount account) {
        return new Tuple2<>(OutKey.file(order, Totals.tag(account.outcome())), json(account::write));
    }

    private static byte[] json(Written object) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (JsonGenerator json = JSON.createGenerator(bytes)) {
            object.write(json);
        } catch (IOException e) {
            throw new UncheckedIOException("nothing is written outside memory", e);
        }
        bytes.write('\n');
        return bytes.toByteArray();
    }
}
