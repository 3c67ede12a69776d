package io.portolan.gateway.audit;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.portolan.gateway.DurableFiles;
import io.portolan.gateway.FileReason;
import io.portolan.gateway.ledger.AuditRecord;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Audit records in a file, one AuditEvent a line, which is on disk when it is delivered. Of patients it has references only: an
 * identifier of a Patient that is no reference is masked.
 *
 * <p>A file that has reached its size is set aside as {@code name.time}; of those the oldest go when there are too many. Several
 * processes may write to one file: each locks {@code name.lock} meanwhile.
 */
public final class AuditLog implements AuditDestination {

    /** What a process that was killed has written at most without saying so. */
    private static final int TAIL_BYTES = 1 << 20;

    private static final Pattern ID = Pattern.compile("\"resourceType\":\"AuditEvent\",\"id\":\"([^\"]+)\"");
    private static final String MASKED = """
            {"extension": [{"url": "http://hl7.org/fhir/StructureDefinition/data-absent-reason", "valueCode": "masked"}]}""";

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Logger LOG = LoggerFactory.getLogger(AuditLog.class);

    private final Path file;
    private final long sizeMaxBytes;
    private final int filesMax;
    private final InstantSource clock;
    private Path last; // set aside; guarded by being used by one thread

    /**
     * Makes nothing yet.
     *
     * @param sizeMaxBytes a file of this size is set aside
     * @param filesMax how many of those are kept
     */
    public AuditLog(Path file, long sizeMaxBytes, int filesMax, InstantSource clock) {
        this.file = file.toAbsolutePath();
        this.last = this.file;
        this.sizeMaxBytes = sizeMaxBytes;
        this.filesMax = filesMax;
        this.clock = clock;
    }

    @Override
    public boolean isThere() {
        return true;
    }

    @Override
    public Delivery deliver(List<AuditRecord> records) {
        List<String> ids = records.stream().map(AuditRecord::id).toList();
        try {
            DurableFiles.makeDirectories(file.getParent());
            try (FileChannel lock = FileChannel.open(
                            file.resolveSibling(file.getFileName() + ".lock"),
                            StandardOpenOption.CREATE,
                            StandardOpenOption.WRITE);
                    FileLock held = lock.lock()) {
                assert held.isValid();
                rotate();
                write(records);
            }
            return new Delivery(ids, Map.of(), null, true);
        } catch (IOException e) {
            return new Delivery(
                    List.of(),
                    Map.of(),
                    "the audit log cannot be written: " + FileReason.of(e) + "; see audit.log-file",
                    true);
        }
    }

    private void write(List<AuditRecord> records) throws IOException {
        boolean isNew = !Files.exists(file);
        try (RandomAccessFile out = new RandomAccessFile(file.toFile(), "rw")) {
            Set<String> there = new HashSet<>();
            if (records.stream().anyMatch(AuditRecord::perhapsThere)) {
                there.addAll(idsAtTheEndOf(file));
                there.addAll(idsAtTheEndOf(last));
            }
            long end = endOfLastLine(out);
            out.setLength(end);
            out.seek(end);
            StringBuilder lines = new StringBuilder();
            for (AuditRecord record : records) {
                if (!there.contains(record.id())) {
                    lines.append(line(record)).append('\n');
                }
            }
            ByteBuffer bytes = ByteBuffer.wrap(lines.toString().getBytes(StandardCharsets.UTF_8));
            while (bytes.hasRemaining()) { // a disk that fills up takes a part of it first
                out.getChannel().write(bytes);
            }
            out.getChannel().force(true);
        }
        if (isNew) {
            DurableFiles.sync(file.resolveSibling(".").normalize());
        }
    }

    /** Whoever was killed has left half a line behind it. */
    private static long endOfLastLine(RandomAccessFile out) throws IOException {
        long end = out.length();
        while (end > 0) {
            out.seek(end - 1);
            if (out.read() == '\n') {
                break;
            }
            end--;
        }
        return end;
    }

    private static Set<String> idsAtTheEndOf(Path file) throws IOException {
        Set<String> ids = new HashSet<>();
        if (!Files.exists(file)) {
            return ids;
        }
        try (FileChannel in = FileChannel.open(file)) {
            long start = Math.max(0, in.size() - TAIL_BYTES);
            ByteBuffer tail = ByteBuffer.allocate((int) (in.size() - start));
            while (tail.hasRemaining() && in.read(tail, start + tail.position()) >= 0) {}
            String text = new String(tail.array(), 0, tail.position(), StandardCharsets.UTF_8);
            Matcher id = ID.matcher(text.substring(0, text.lastIndexOf('\n') + 1));
            while (id.find()) {
                ids.add(id.group(1));
            }
        }
        return ids;
    }

    static String line(AuditRecord record) throws IOException {
        ObjectNode event =
                JSON.createObjectNode().put("resourceType", "AuditEvent").put("id", record.id());
        ObjectNode json = parse(record.json());
        for (JsonNode entity : json.path("entity")) {
            JsonNode what = entity.path("what");
            if (what.path("type").asText().equals("Patient") && !what.has("reference")) {
                ((ObjectNode) what).set("identifier", parse(MASKED));
            }
        }
        return event.setAll(json).toString();
    }

    private static ObjectNode parse(String json) throws IOException {
        try {
            return (ObjectNode) JSON.readTree(json);
        } catch (JsonProcessingException e) {
            throw new IOException("an audit record is no JSON"); // the cause quotes it
        }
    }

    private void rotate() throws IOException {
        if (!Files.exists(file) || Files.size(file) < sizeMaxBytes) {
            return;
        }
        String time = clock.instant().toString().replaceAll("[^0-9TZ]", "");
        last = file.resolveSibling(file.getFileName() + "." + time);
        DurableFiles.move(file, last);
        List<Path> aside = new ArrayList<>(aside());
        while (aside.size() > filesMax) {
            Path oldest = aside.remove(0);
            Files.delete(oldest);
            LOG.warn("the oldest audit log {} was deleted: audit.log-files allows {}", oldest.getFileName(), filesMax);
        }
    }

    /** Oldest first, which is the order of their names. */
    private List<Path> aside() throws IOException {
        String start = file.getFileName() + ".2";
        try (Stream<Path> files = Files.list(file.resolveSibling(".").normalize())) {
            return files.filter(f -> String.valueOf(f.getFileName()).startsWith(start))
                    .sorted()
                    .toList();
        }
    }
}
