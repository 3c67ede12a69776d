package io.portolan.cli.convert;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import io.portolan.gateway.convert.FileAccount;
import io.portolan.gateway.convert.FileRecord;
import io.portolan.gateway.convert.Outcome;
import io.portolan.gateway.convert.StudyReport;
import java.io.IOException;
import java.io.Writer;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The account of a run: every file once, in the order of the names, every study with its issues, and totals. As JSON, or as CSV
 * (RFC 4180) where the file is named so: then of the files alone. Says the same of the same input, whenever it is written.
 */
final class Report {

    private static final List<String> COLUMNS = List.of("file", "outcome", "study", "reason", "position");

    private final Journal journal;
    private final Index index;
    private final List<StudyReport> studies;

    Report(Journal journal, Index index, List<StudyReport> studies) {
        this.journal = journal;
        this.index = index;
        this.studies = studies;
    }

    /** How many files have an outcome. */
    Map<Outcome, Integer> totals() {
        Map<Outcome, Integer> totals = new EnumMap<>(Outcome.class);
        for (int file = 0; file < index.size(); file++) {
            totals.merge(index.outcome(file), 1, Integer::sum);
        }
        return totals;
    }

    void write(Path file) throws IOException {
        boolean csv = file.toString().toLowerCase(Locale.ROOT).endsWith(".csv");
        WholeFile.write(file, out -> {
            if (csv) {
                writeCsv(out);
            } else {
                writeJson(out);
            }
        });
    }

    private void writeJson(Writer out) throws IOException {
        JsonGenerator json = new JsonFactory().createGenerator(out);
        json.disable(JsonGenerator.Feature.AUTO_CLOSE_TARGET);
        json.setPrettyPrinter(new DefaultPrettyPrinter());
        json.writeStartObject();
        json.writeArrayFieldStart("files");
        for (int file = 0; file < index.size(); file++) {
            account(file).write(json);
        }
        json.writeEndArray();
        json.writeArrayFieldStart("studies");
        for (StudyReport study : studies) {
            study.write(json);
        }
        json.writeEndArray();
        writeTotals(json);
        json.writeEndObject();
        json.flush();
        out.write('\n');
    }

    private void writeTotals(JsonGenerator json) throws IOException {
        Map<Outcome, Integer> totals = totals();
        json.writeObjectFieldStart("totals");
        json.writeNumberField("files", index.size());
        json.writeNumberField("studies", studies.size());
        json.writeNumberField("problems", problems(totals));
        for (Map.Entry<Outcome, Integer> total : totals.entrySet()) {
            json.writeNumberField(total.getKey().toString(), total.getValue());
        }
        json.writeEndObject();
    }

    /** Files whose outcome is one. */
    static int problems(Map<Outcome, Integer> totals) {
        return totals.entrySet().stream()
                .filter(total -> total.getKey().isProblem())
                .mapToInt(Map.Entry::getValue)
                .sum();
    }

    private void writeCsv(Writer out) throws IOException {
        out.write(String.join(",", COLUMNS) + "\r\n");
        for (int file = 0; file < index.size(); file++) {
            FileAccount account = account(file);
            out.write(String.join(
                            ",",
                            quoted(account.file()),
                            quoted(account.outcome().toString()),
                            account.study() == null ? "" : account.study().value(),
                            quoted(account.reason()),
                            account.position() < 0 ? "" : Long.toString(account.position()))
                    + "\r\n");
        }
    }

    /** A value that a spreadsheet would take for a formula is one in quotes of its own. */
    static String quoted(@Nullable String value) {
        if (value == null) {
            return "";
        }
        boolean formula = !value.isEmpty() && "=+-@\t\r".indexOf(value.charAt(0)) >= 0;
        String safe = formula ? "'" + value : value;
        boolean plain = safe.chars().noneMatch(c -> c == '"' || c == ',' || c == '\r' || c == '\n');
        return plain ? safe : '"' + safe.replace("\"", "\"\"") + '"';
    }

    private FileRecord.Head head(int file) throws IOException {
        return FileRecord.readHead(journal.read(index.offset(file)));
    }

    private FileAccount account(int file) throws IOException {
        FileRecord.Head head = head(file);
        Outcome outcome = index.outcome(file);
        String reason = switch (outcome) {
            case DUPLICATE ->
                FileAccount.duplicateOf(head(index.duplicateOf(file)).name(), index.differs(file));
            case NOT_CONVERTED -> index.whyNot(file);
            default -> head.reason();
        };
        return FileAccount.of(head).as(outcome, reason);
    }
}
