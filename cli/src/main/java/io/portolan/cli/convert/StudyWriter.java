package io.portolan.cli.convert;

import io.portolan.cli.convert.Index.Numbers;
import io.portolan.cli.convert.Output.Rest;
import io.portolan.cli.convert.Output.Written;
import io.portolan.dicom.Uid;
import io.portolan.gateway.FileReason;
import io.portolan.gateway.convert.FileRecord;
import io.portolan.gateway.convert.HeaderPool;
import io.portolan.gateway.convert.Outcome;
import io.portolan.gateway.convert.StudyReport;
import io.portolan.gateway.convert.Verdict;
import io.portolan.gateway.convert.Verdict.Listing;
import io.portolan.mapping.MappingIssue;
import io.portolan.mapping.MappingResult;
import io.portolan.mapping.MappingResult.Mapped;
import io.portolan.mapping.StudyMapper;
import io.portolan.mapping.study.Gathered;
import io.portolan.mapping.study.Instance;
import io.portolan.mapping.study.KeyObjects;
import io.portolan.mapping.study.KeyObjects.Selected;
import io.portolan.mapping.study.SharingOptions;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.hl7.fhir.r4.model.ImagingStudy;

/**
 * Reads studies back from the journal, maps them and hands them on; says of each file what became of it there. Used by several
 * threads, each for other studies.
 */
final class StudyWriter {

    private static final int TEXTS_MAX = 10_000;

    /**
     * What became of a study.
     *
     * @param rest to be run by one thread, in order
     * @param later whether it could not be written, which may heal
     */
    record Result(StudyReport report, Rest rest, boolean later) {}

    /** An instance of a study, and which file has it. */
    private record Read(int file, Instance instance) {}

    private final Journal journal;
    private final Index index;
    private final Optional<String> callingAe;
    private final StudyMapper mapper;
    private final SharingOptions sharing;
    private final boolean strict;
    private final Output output;
    private final KeyObjects keyObjects;
    private final Map<Uid, List<Integer>> filesOfDocuments = new HashMap<>();
    private final Map<String, String> texts = new ConcurrentHashMap<>();

    /** @param strict whether a study that the mapping has something to say of is not written */
    StudyWriter(
            Journal journal,
            Index index,
            Optional<String> callingAe,
            StudyMapper mapper,
            SharingOptions sharing,
            boolean strict,
            Output output)
            throws IOException {
        this.journal = journal;
        this.index = index;
        this.callingAe = callingAe;
        this.mapper = mapper;
        this.sharing = sharing;
        this.strict = strict;
        this.output = output;
        this.keyObjects = new KeyObjects(documents());
    }

    private List<Instance> documents() throws IOException {
        List<Instance> documents = new ArrayList<>();
        HeaderPool pool = new HeaderPool(callingAe);
        for (int i = 0; i < index.keyObjects().size(); i++) {
            int file = index.keyObjects().get(i);
            Instance document = FileRecord.read(journal.read(index.offset(file)), pool)
                    .instance()
                    .orElseThrow();
            if (KeyObjects.matters(document)) {
                documents.add(document);
                filesOfDocuments
                        .computeIfAbsent(document.instance(), uid -> new ArrayList<>())
                        .add(file);
            }
        }
        return documents;
    }

    List<Selected> selections() {
        return keyObjects.selections();
    }

    /** So much is read of the study at once. */
    int instances(Uid study) {
        return index.filesOf(study).size();
    }

    private List<Read> read(Numbers files) throws IOException {
        HeaderPool pool = new HeaderPool(callingAe);
        JournalWindow window = new JournalWindow(journal);
        List<Read> read = new ArrayList<>(files.size());
        for (int i = 0; i < files.size(); i++) {
            int file = files.get(i);
            FileRecord record = FileRecord.read(window.read(index.offset(file)), pool);
            read.add(new Read(file, record.instance().orElseThrow()));
        }
        return read;
    }

    Result write(Uid study) throws IOException {
        List<Read> reads = read(index.filesOf(study));
        List<Instance> instances = reads.stream().map(Read::instance).toList();
        List<Read> firsts = sortOut(reads);
        Gathered gathered = keyObjects.gather(study, instances);
        MappingResult result = mapper.map(gathered);
        Optional<Mapped> mapped = result instanceof Mapped one ? Optional.of(one) : Optional.empty();
        mapped.ifPresent(one -> sayWhatIsNotListed(firsts, one));
        int series = (int) instances.stream().map(Instance::series).distinct().count();
        return write(gathered, result, series, firsts.size());
    }

    Result write(Selected selected) throws IOException {
        List<Instance> instances = read(index.filesOf(selected.study())).stream()
                .map(Read::instance)
                .toList();
        Gathered gathered = keyObjects.gather(selected, instances);
        MappingResult result = mapper.map(gathered);
        Optional<ImagingStudy> study =
                result instanceof Mapped mapped ? Optional.of(mapped.imagingStudy()) : Optional.empty();
        return write(
                gathered,
                result,
                study.map(ImagingStudy::getNumberOfSeries).orElse(0),
                study.map(ImagingStudy::getNumberOfInstances).orElse(0));
    }

    /** The files that a selection is of. */
    List<Integer> documentFiles(Selected selected) {
        return keyObjects.documents(selected.selection()).stream()
                .flatMap(document -> filesOfDocuments.getOrDefault(document.instance(), List.of()).stream())
                .toList();
    }

    private Result write(Gathered gathered, MappingResult result, int series, int instances) {
        List<String> issues = result.issues().stream().map(this::text).toList();
        Verdict verdict = Verdict.of(result, strict);
        String problem = verdict.problem();
        Written written = Written.NOTHING;
        boolean later = false;
        try {
            if (problem == null || !strict) {
                written = output.take(gathered, result);
            }
        } catch (IOException e) {
            problem = "cannot be written: " + FileReason.of(e);
            later = true;
        }
        return new Result(
                new StudyReport(
                        gathered.uid(), written.where(), series, instances, problem, verdict.notShared(), issues),
                written.rest(),
                later);
    }

    /** Most studies have the same ones: each text once. */
    private String text(MappingIssue issue) {
        String text = issue.toString();
        return texts.size() < TEXTS_MAX ? texts.computeIfAbsent(text, one -> one) : texts.getOrDefault(text, text);
    }

    /** Says which files are duplicates; the first file of each instance is left. */
    private List<Read> sortOut(List<Read> reads) {
        Map<Uid, Read> firsts = new HashMap<>();
        List<Read> kept = new ArrayList<>(reads.size());
        for (Read read : reads) {
            Read first = firsts.putIfAbsent(read.instance.instance(), read);
            if (first == null) {
                kept.add(read);
            } else {
                index.setDuplicate(read.file, first.file, !first.instance.equals(read.instance));
            }
        }
        return kept;
    }

    private void sayWhatIsNotListed(List<Read> firsts, Mapped mapped) {
        Listing listing = new Listing(mapped, sharing);
        for (Read read : firsts) {
            Outcome outcome = listing.of(read.instance);
            if (outcome != Outcome.CONVERTED) {
                index.setOutcome(read.file, outcome);
            }
        }
    }
}
