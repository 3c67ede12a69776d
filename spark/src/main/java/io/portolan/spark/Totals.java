package io.portolan.spark;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import io.portolan.gateway.convert.Outcome;
import io.portolan.gateway.convert.StudyReport;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.Serializable;
import java.util.EnumMap;
import java.util.List;
import java.util.Objects;
import org.apache.spark.SparkContext;
import org.apache.spark.util.LongAccumulator;

/** How many files and studies there are of each kind, and in how many files it is told. Counted by the tasks that write, each of which counts once. */
final class Totals implements Serializable {

    private static final long serialVersionUID = 1;
    private static final List<Outcome> OUTCOMES = List.of(Outcome.values());
    private static final int WRITTEN = 1;
    private static final int PROBLEM = 2;
    private static final int SELECTION = 4;

    private final EnumMap<Outcome, LongAccumulator> outcomes = new EnumMap<>(Outcome.class);
    private final LongAccumulator studies;
    private final LongAccumulator selections;
    private final LongAccumulator written;
    private final LongAccumulator problemStudies;
    private final LongAccumulator parts;

    Totals(SparkContext spark) {
        for (Outcome outcome : Outcome.values()) {
            outcomes.put(outcome, spark.longAccumulator("files: " + outcome));
        }
        studies = spark.longAccumulator("studies");
        selections = spark.longAccumulator("selections");
        written = spark.longAccumulator("studies written");
        problemStudies = spark.longAccumulator("studies not converted");
        parts = spark.longAccumulator("files written");
    }

    static int tag(Outcome outcome) {
        return OUTCOMES.indexOf(outcome);
    }

    static int tag(StudyReport study, boolean selection) {
        return (study.where() == null ? 0 : WRITTEN)
                | (study.problem() == null ? 0 : PROBLEM)
                | (selection ? SELECTION : 0);
    }

    /** Counts a line that stands. */
    void count(byte[] key) {
        String section = OutKey.section(key);
        int tag = OutKey.tag(key);
        if (section.equals(OutKey.FILES)) {
            of(OUTCOMES.get(tag)).add(1);
        } else if (section.equals(OutKey.STUDIES)) {
            (is(tag, SELECTION) ? selections : studies).add(1);
            written.add(is(tag, WRITTEN) ? 1 : 0);
            problemStudies.add(is(tag, PROBLEM) ? 1 : 0);
        }
    }

    /** A file that a task begins. */
    void countPart() {
        parts.add(1);
    }

    private static boolean is(int tag, int bit) {
        return (tag & bit) != 0;
    }

    private LongAccumulator of(Outcome outcome) {
        return Objects.requireNonNull(outcomes.get(outcome));
    }

    long files() {
        return outcomes.values().stream().mapToLong(LongAccumulator::sum).sum();
    }

    /** Files that have one. */
    long problems() {
        return outcomes.keySet().stream()
                .filter(Outcome::isProblem)
                .mapToLong(outcome -> of(outcome).sum())
                .sum();
    }

    long studies() {
        return studies.sum();
    }

    /** Files that the tasks have written. */
    long parts() {
        return parts.sum();
    }

    long written() {
        return written.sum();
    }

    /** Whether there is something, and nothing is wrong with it. */
    boolean isFine() {
        return problems() == 0 && problemStudies.sum() == 0 && studies() > 0;
    }

    /** As in the report of {@code convert}. */
    byte[] toJson() throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (JsonGenerator json = new JsonFactory().createGenerator(bytes)) {
            json.setPrettyPrinter(new DefaultPrettyPrinter());
            json.writeStartObject();
            json.writeNumberField("files", files());
            json.writeNumberField("studies", studies() + selections.sum());
            json.writeNumberField("problems", problems());
            for (Outcome outcome : outcomes.keySet()) {
                long count = of(outcome).sum();
                if (count > 0) {
                    json.writeNumberField(outcome.toString(), count);
                }
            }
            json.writeEndObject();
        }
        bytes.write('\n');
        return bytes.toByteArray();
    }
}
