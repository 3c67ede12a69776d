package io.portolan.gateway.convert;

import io.portolan.dicom.DataSet;
import io.portolan.dicom.Level;
import io.portolan.dicom.Vr;
import io.portolan.dicom.io.DicomReader;
import io.portolan.dicom.io.MalformedDataException;
import io.portolan.dicom.io.ReadLimits;
import io.portolan.dicom.io.Selection;
import io.portolan.gateway.FileReason;
import io.portolan.mapping.study.Instance;
import io.portolan.mapping.study.UnidentifiedInstanceException;
import java.io.IOException;
import java.io.InputStream;
import java.io.PushbackInputStream;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What is in a file: an instance, several, or none and why. May be used by several threads. */
public final class FileReader {

    /** Told the records of an archive or of a media directory, the last of them last. */
    public interface Sink {
        void accept(FileRecord record) throws IOException;
    }

    private static final String UNKNOWN_CHARACTER_SET =
            "SpecificCharacterSet has a term that DICOM has not; its texts are read as Latin-1";

    private static final String PACKED_TWICE = "what is packed once more within an archive is not looked into";

    private final Selection selection;
    private final ReadLimits limits;
    private final Map<Level, Map<Integer, Vr>> extraTags;

    public FileReader(Selection selection, ReadLimits limits, Map<Level, Map<Integer, Vr>> extraTags) {
        this.selection = selection;
        this.limits = limits;
        this.extraTags = extraTags;
    }

    /** Outcome {@code ARCHIVE} or {@code INDEX}: there is more in it, for {@link #expand}. */
    public FileRecord read(Found file) {
        if (file.problem() != null) {
            return FileRecord.of(file, Outcome.UNREADABLE, FileReason.of(file.problem()));
        }
        try (InputStream in = file.location().open();
                DicomReader reader = DicomReader.open(in, selection, limits)) {
            return read(file, reader);
        } catch (MalformedDataException e) {
            return malformed(file, e);
        } catch (IOException e) {
            return FileRecord.of(file, Outcome.UNREADABLE, FileReason.of(e));
        }
    }

    private FileRecord read(Found file, DicomReader reader) throws IOException {
        DataSet header = reader.readHeader();
        if (reader.sopClassUid(header).equals(Optional.of(MediaDirectory.SOP_CLASS))) {
            return FileRecord.of(file, Outcome.INDEX, null);
        }
        reader.verifyToEnd();
        try {
            Instance instance = Instance.of(header, Optional.empty(), extraTags);
            boolean guessed = !header.characterSet().unknownTerms().isEmpty();
            return FileRecord.of(file, Outcome.CONVERTED, guessed ? UNKNOWN_CHARACTER_SET : null)
                    .with(instance);
        } catch (UnidentifiedInstanceException e) {
            return FileRecord.of(file, Outcome.NO_STUDY, e.getMessage());
        }
    }

    private static FileRecord malformed(Found file, MalformedDataException e) {
        if (e.kind() != MalformedDataException.Kind.NOT_DICOM) {
            return FileRecord.of(file, Outcome.MALFORMED, e.getMessage()).at(e.position());
        }
        try {
            if (file.location().isFile() && Archive.kindOf(file.location()).isPresent()) {
                return FileRecord.of(file, Outcome.ARCHIVE, null);
            }
        } catch (IOException again) {
            return FileRecord.of(file, Outcome.UNREADABLE, FileReason.of(again));
        }
        return FileRecord.of(file, Outcome.NOT_DICOM, withoutOutcome(e.getMessage()));
    }

    /** The reader's "not DICOM: " stands in the outcome already. */
    private static String withoutOutcome(@Nullable String reason) {
        return String.valueOf(reason).replaceFirst("^" + Outcome.NOT_DICOM + ": ", "");
    }

    /** What is in an archive, or what a media directory names, and then itself. */
    public void expand(Found file, FileRecord itself, Sink sink) throws IOException {
        if (itself.outcome() == Outcome.INDEX) {
            expandDirectory(file, itself, sink);
        } else {
            expandArchive(file, itself, sink);
        }
    }

    private void expandDirectory(Found file, FileRecord itself, Sink sink) throws IOException {
        if (!MediaDirectory.isNamedSo(
                file.location())) { // PS3.10 8.6; what it names counts from a folder that nobody tells
            sink.accept(itself.because("it is not called DICOMDIR: what it names is not looked for"));
            return;
        }
        List<MediaDirectory.Entry> entries;
        try {
            entries = MediaDirectory.read(file.location(), limits).entries();
        } catch (MalformedDataException e) {
            sink.accept(FileRecord.of(file, Outcome.MALFORMED, e.getMessage()).at(e.position()));
            return;
        } catch (IOException e) {
            sink.accept(FileRecord.of(file, Outcome.UNREADABLE, FileReason.of(e)));
            return;
        }
        for (MediaDirectory.Entry entry : entries) {
            Optional<FileRecord> wrong = check(file, entry);
            if (wrong.isPresent()) {
                sink.accept(wrong.get().notLast());
            }
        }
        sink.accept(itself.because("names " + entries.size() + " files"));
    }

    private Optional<FileRecord> check(Found directory, MediaDirectory.Entry entry) {
        String name = MediaDirectory.nameOf(directory.name(), entry, directory.location());
        Found named = new Found(entry.file(), name, directory.size(), directory.modified(), null);
        if (MediaDirectory.isThere(entry)) {
            return MediaDirectory.mismatch(entry, limits).map(why -> FileRecord.of(named, Outcome.MISMATCH, why));
        }
        String why = entry.file().exists()
                ? "what the DICOMDIR names is no file"
                : "the DICOMDIR names it, and it is not there";
        return Optional.of(FileRecord.of(named, Outcome.MISSING, why));
    }

    /** What the sink throws must not be taken for a fault of the archive. */
    private static final class SinkException extends IOException {

        private static final long serialVersionUID = 1;
        private final transient IOException problem;

        SinkException(IOException problem) {
            super(problem);
            this.problem = problem;
        }
    }

    private void expandArchive(Found file, FileRecord itself, Sink sink) throws IOException {
        try {
            Archive.visit(file.location(), Archive.kindOf(file.location()).orElseThrow(), new Archive.Visitor() {
                @Override
                public void entry(String name, InputStream content) throws IOException {
                    put(readEntry(named(name), content));
                }

                @Override
                public void unreadable(String name, String reason) throws IOException {
                    put(FileRecord.of(named(name), Outcome.UNREADABLE, reason));
                }

                private Found named(String name) {
                    return new Found(
                            file.location(),
                            file.name() + Archive.SEPARATOR + name,
                            file.size(),
                            file.modified(),
                            null);
                }

                private void put(FileRecord record) throws SinkException {
                    try {
                        sink.accept(record.notLast());
                    } catch (IOException e) {
                        throw new SinkException(e);
                    }
                }
            });
            sink.accept(itself);
        } catch (SinkException e) {
            throw e.problem;
        } catch (IOException | RuntimeException e) { // the library says what is broken in many ways
            sink.accept(FileRecord.of(
                    file,
                    Outcome.MALFORMED,
                    "the archive is broken or cut off, or has more than " + Archive.ENTRIES_MAX
                            + " entries; what stood before is converted"));
        }
    }

    private FileRecord readEntry(Found entry, InputStream content) {
        try {
            PushbackInputStream all = new PushbackInputStream(content, Archive.FIRST_BYTES);
            byte[] first = all.readNBytes(Archive.FIRST_BYTES);
            all.unread(first);
            return readEntry(entry, all, Archive.isPacked(first));
        } catch (IOException e) {
            return FileRecord.of(entry, Outcome.UNREADABLE, "it cannot be unpacked");
        }
    }

    private FileRecord readEntry(Found entry, InputStream content, boolean packed) throws IOException {
        try (DicomReader reader = DicomReader.open(content, selection, limits)) {
            FileRecord record = read(entry, reader);
            return record.outcome() == Outcome.INDEX ? record.because("in an archive it is not looked into") : record;
        } catch (MalformedDataException e) {
            if (e.kind() != MalformedDataException.Kind.NOT_DICOM) {
                return FileRecord.of(entry, Outcome.MALFORMED, e.getMessage()).at(e.position());
            }
            return FileRecord.of(entry, Outcome.NOT_DICOM, packed ? PACKED_TWICE : withoutOutcome(e.getMessage()));
        }
    }
}
