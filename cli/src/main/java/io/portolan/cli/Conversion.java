package io.portolan.cli;

import ca.uhn.fhir.context.FhirContext;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.portolan.dicom.DataSet;
import io.portolan.dicom.Uid;
import io.portolan.dicom.io.DicomReader;
import io.portolan.dicom.io.MalformedDataException;
import io.portolan.dicom.io.ReadLimits;
import io.portolan.dicom.io.Selection;
import io.portolan.gateway.FileReason;
import io.portolan.mapping.MappingOptions;
import io.portolan.mapping.MappingResult;
import io.portolan.mapping.MappingResult.Mapped;
import io.portolan.mapping.MappingResult.Mapped.Publishing;
import io.portolan.mapping.MappingResult.Pending;
import io.portolan.mapping.MappingResult.Unmappable;
import io.portolan.mapping.StudyMapper;
import io.portolan.mapping.TransactionBundle;
import io.portolan.mapping.study.Gathered;
import io.portolan.mapping.study.Instance;
import io.portolan.mapping.study.SharingOptions;
import io.portolan.mapping.study.Study;
import io.portolan.mapping.study.UnidentifiedInstanceException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.hl7.fhir.r4.model.ImagingStudy;
import org.jspecify.annotations.Nullable;

/**
 * Files to studies to FHIR, with an account of every file. Holds the headers of all instances, never their pixels.
 *
 * <p>A study is made of the set of its instances, whatever their places and order, by the same mapping as in the gateway.
 */
final class Conversion {

    private static final ObjectMapper JSON = new ObjectMapper();

    /** What became of a file. */
    enum Outcome {
        CONVERTED("converted", false),
        /** The same instance with the same header was there already. */
        DUPLICATE("duplicate", false),
        NOT_DICOM("not DICOM", true),
        MALFORMED("malformed", true),
        NO_STUDY("no study", true),
        UNREADABLE("unreadable", true),
        /** Its study could not be mapped or written. */
        NOT_CONVERTED("study not converted", true);

        private final String text;
        private final boolean problem;

        Outcome(String text, boolean problem) {
            this.text = text;
            this.problem = problem;
        }
    }

    /**
     * One line of the account.
     *
     * @param position offset in bytes of what is malformed
     */
    record FileReport(
            Path file,
            @Nullable Uid study,
            Outcome outcome,
            @Nullable String reason,
            @Nullable Long position) {

        FileReport(Path file, @Nullable Uid study, Outcome outcome, @Nullable String reason) {
            this(file, study, outcome, reason, null);
        }

        private FileReport because(String why) {
            return new FileReport(file, study, outcome, why, position);
        }
    }

    /**
     * What became of a study or a selection.
     *
     * @param study its UID; of a selection the UID under which it is known
     * @param notShared why there is nothing to write, though nothing is wrong
     */
    record StudyReport(
            Uid study,
            @Nullable Path file,
            int series,
            int instances,
            @Nullable String problem,
            @Nullable String notShared,
            List<String> issues) {}

    /** The instances of one study; of one that came with several headers, all: {@link Study} decides which stands. */
    private static final class Received {

        private final Map<Uid, Instance> first = new LinkedHashMap<>();
        private final Map<Uid, Path> files = new HashMap<>();
        private final List<Instance> others = new ArrayList<>();

        List<Instance> instances() {
            return Stream.concat(first.values().stream(), others.stream()).toList();
        }
    }

    private static final String UNKNOWN_CHARACTER_SET =
            "SpecificCharacterSet has a term that DICOM has not; its texts are read as Latin-1";

    private final StudyMapper mapper;
    private final MappingOptions mapping;
    private final Selection selection;
    private final ReadLimits limits;
    private final Optional<String> callingAe;
    private final List<FileReport> files = new ArrayList<>();
    private final List<StudyReport> studies = new ArrayList<>();
    private final Map<Uid, Received> studiesRead = new TreeMap<>();

    /** @param callingAe who the files came from, where that is known */
    Conversion(MappingOptions mapping, SharingOptions sharing, ReadLimits limits, Optional<String> callingAe) {
        this.mapper = new StudyMapper(mapping, sharing);
        this.mapping = mapping;
        this.selection = mapping.selection();
        this.limits = limits;
        this.callingAe = callingAe;
    }

    /** Takes a file in; the report of it, which {@link #write} may still change. */
    FileReport read(Path file) {
        FileReport report = gather(file);
        files.add(report);
        return report;
    }

    FileReport unreadable(Path file, IOException problem) {
        FileReport report = new FileReport(file, null, Outcome.UNREADABLE, FileReason.of(problem));
        files.add(report);
        return report;
    }

    private FileReport gather(Path file) {
        try (DicomReader reader = DicomReader.open(file, selection, limits)) {
            DataSet header = reader.readHeader();
            reader.verifyToEnd();
            FileReport report = gather(file, Instance.of(header, callingAe, mapping.extraTags()));
            boolean guessed = !header.characterSet().unknownTerms().isEmpty();
            return guessed && report.reason() == null ? report.because(UNKNOWN_CHARACTER_SET) : report;
        } catch (MalformedDataException e) {
            boolean notDicom = e.kind() == MalformedDataException.Kind.NOT_DICOM;
            return notDicom
                    ? new FileReport(file, null, Outcome.NOT_DICOM, withoutOutcome(e.getMessage()))
                    : new FileReport(file, null, Outcome.MALFORMED, e.getMessage(), e.position());
        } catch (UnidentifiedInstanceException e) {
            return new FileReport(file, null, Outcome.NO_STUDY, e.getMessage());
        } catch (IOException e) {
            return new FileReport(file, null, Outcome.UNREADABLE, FileReason.of(e));
        }
    }

    /** The reader's "not DICOM: " stands in the outcome already. */
    private static String withoutOutcome(@Nullable String reason) {
        return String.valueOf(reason).replaceFirst("^" + Outcome.NOT_DICOM.text + ": ", "");
    }

    private FileReport gather(Path file, Instance instance) {
        Received study = studiesRead.computeIfAbsent(instance.study(), uid -> new Received());
        Instance known = study.first.putIfAbsent(instance.instance(), instance);
        Path knownFile = study.files.putIfAbsent(instance.instance(), file);
        if (known == null) {
            return new FileReport(file, instance.study(), Outcome.CONVERTED, null);
        }
        if (known.equals(instance)) {
            return new FileReport(file, instance.study(), Outcome.DUPLICATE, "of " + knownFile);
        }
        study.others.add(instance);
        return new FileReport(file, instance.study(), Outcome.DUPLICATE, "of " + knownFile + ", with another header");
    }

    int studyCount() {
        return studiesRead.size();
    }

    /**
     * Maps and writes every study; one that cannot be written is accounted for, and the others go on.
     *
     * @param directory exists
     */
    void write(Path directory) {
        List<Instance> all = studiesRead.values().stream()
                .flatMap(received -> received.instances().stream())
                .toList();
        for (Gathered gathered : Gathered.all(all)) {
            studies.add(write(directory, gathered));
        }
    }

    private StudyReport write(Path directory, Gathered gathered) {
        MappingResult result = mapper.map(gathered);
        Path target = directory.resolve(gathered.uid() + ".json");
        String problem = null;
        String notShared = null;
        if (result instanceof Unmappable unmappable) {
            problem = unmappable.reason();
        } else if (result instanceof Pending pending) {
            notShared = pending.reason();
        } else if (((Mapped) result).publishing() != Publishing.ALWAYS) {
            notShared = "nothing of it is to be shared";
        } else {
            problem = write(target, (Mapped) result);
        }
        if (problem != null) {
            String reason = problem;
            files.replaceAll(f -> gathered.study().equals(f.study())
                    ? new FileReport(f.file(), f.study(), Outcome.NOT_CONVERTED, reason)
                    : f);
        }
        Optional<Study> whole =
                gathered.selection().isPresent() ? Optional.empty() : Optional.of(Study.of(gathered.instances()));
        Optional<ImagingStudy> mapped =
                result instanceof Mapped one ? Optional.of(one.imagingStudy()) : Optional.empty();
        return new StudyReport(
                gathered.uid(),
                problem == null && notShared == null ? target : null,
                whole.map(Study::numberOfSeries)
                        .or(() -> mapped.map(ImagingStudy::getNumberOfSeries))
                        .orElse(0),
                whole.map(Study::numberOfInstances)
                        .or(() -> mapped.map(ImagingStudy::getNumberOfInstances))
                        .orElse(0),
                problem,
                notShared,
                result.issues().stream().map(Object::toString).toList());
    }

    /** Null, or why not. */
    private static @Nullable String write(Path file, Mapped mapped) {
        String json = FhirContext.forR4Cached()
                .newJsonParser()
                .setPrettyPrint(true)
                .encodeResourceToString(TransactionBundle.of(mapped));
        try {
            writeWhole(file, json + "\n");
            return null;
        } catch (IOException e) {
            return "cannot be written: " + FileReason.of(e);
        }
    }

    /** Under a temporary name first, on disk before it is moved: never half a file, not after a power cut either. */
    private static void writeWhole(Path file, String text) throws IOException {
        Path part = file.resolveSibling("." + file.getFileName() + ".part");
        try (FileChannel channel = FileChannel.open(
                part, StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING, StandardOpenOption.WRITE)) {
            ByteBuffer bytes = ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
            channel.force(true);
            Files.move(part, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } finally {
            Files.deleteIfExists(part);
        }
    }

    List<StudyReport> studies() {
        return studies;
    }

    long problems() {
        return files.stream().filter(f -> f.outcome().problem).count();
    }

    int fileCount() {
        return files.size();
    }

    static boolean isProblem(FileReport report) {
        return report.outcome().problem;
    }

    static String line(FileReport report) {
        return report.file() + ": " + report.outcome().text + (report.reason() == null ? "" : ": " + report.reason());
    }

    /** The account as JSON: every file once, every study with its issues, and totals. */
    void report(Path to) throws IOException {
        ObjectNode root = JSON.createObjectNode();
        ArrayNode fileArray = root.putArray("files");
        Map<String, Integer> totals = new TreeMap<>();
        for (FileReport file : files) {
            ObjectNode node = fileArray.addObject().put("file", file.file().toString());
            if (file.study() != null) {
                node.put("study", file.study().value());
            }
            node.put("outcome", file.outcome().text);
            if (file.reason() != null) {
                node.put("reason", file.reason());
            }
            if (file.position() != null) {
                node.put("position", file.position());
            }
            totals.merge(file.outcome().text, 1, Integer::sum);
        }
        ArrayNode studyArray = root.putArray("studies");
        for (StudyReport study : studies) {
            ObjectNode node = studyArray.addObject().put("study", study.study().value());
            if (study.file() != null) {
                node.put("file", study.file().toString());
            }
            node.put("series", study.series()).put("instances", study.instances());
            if (study.problem() != null) {
                node.put("outcome", "not converted").put("reason", study.problem());
            } else if (study.notShared() != null) {
                node.put("outcome", "not shared").put("reason", study.notShared());
            } else {
                node.put("outcome", "converted");
            }
            ArrayNode issues = node.putArray("issues");
            study.issues().forEach(issues::add);
        }
        ObjectNode totalsNode = root.putObject("totals")
                .put("files", files.size())
                .put("studies", studies.size())
                .put("problems", problems());
        totals.forEach(totalsNode::put);
        writeWhole(to, JSON.writerWithDefaultPrettyPrinter().writeValueAsString(root) + "\n");
    }
}
