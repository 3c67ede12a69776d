package io.portolan.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import io.portolan.dicom.Attribute;
import io.portolan.dicom.DataSet;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.StringJoiner;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;

/**
 * The demo's studies as a reader of the FHIR server finds them: by Study Instance UID, together with the patient. Looks every
 * {@value #LOOK_MILLIS} ms, so a time may be that much too long.
 */
final class DemoView implements AutoCloseable {

    private static final long LOOK_MILLIS = 25;
    private static final Duration VISIBLE_MAX = Duration.ofSeconds(60);
    private static final ObjectMapper JSON = new ObjectMapper();

    private final String fhirUrl;
    private final HttpClient http = HttpClient.newHttpClient();
    private final ScheduledExecutorService looking = Executors.newSingleThreadScheduledExecutor();
    private final ScheduledFuture<?> looks;
    private final List<Expected> studies = new ArrayList<>(); // guarded by itself

    /** A study that was sent, and what was found of it. */
    private static final class Expected {

        private final String uid;
        private final int instances;
        private final long sentNanos = System.nanoTime();
        private JsonNode found = MissingNode.getInstance();
        private long millis;

        Expected(String uid, int instances) {
            this.uid = uid;
            this.instances = instances;
        }
    }

    DemoView(String fhirUrl) {
        this.fhirUrl = fhirUrl;
        looks = looking.scheduleWithFixedDelay(this::look, 0, LOOK_MILLIS, TimeUnit.MILLISECONDS);
    }

    /** The last instance of this study has just been acknowledged. */
    void sent(List<DataSet> study) {
        String uid = study.get(0).string(Attribute.StudyInstanceUID).orElseThrow();
        synchronized (studies) {
            studies.add(new Expected(uid, study.size()));
        }
    }

    /** Waits until every study is there, within a limit; whether it is so. */
    boolean await() throws InterruptedException {
        long end = System.nanoTime() + VISIBLE_MAX.toNanos();
        synchronized (studies) {
            while (missing() && System.nanoTime() < end) {
                studies.wait(LOOK_MILLIS);
            }
            return !missing();
        }
    }

    private boolean missing() {
        return studies.stream().anyMatch(s -> s.found.isMissingNode());
    }

    private void look() {
        List<Expected> wanted;
        synchronized (studies) {
            wanted = studies.stream().filter(s -> s.found.isMissingNode()).toList();
        }
        for (Expected study : wanted) {
            JsonNode found = find(study);
            synchronized (studies) {
                if (!found.isMissingNode()) {
                    study.found = found;
                    study.millis = (System.nanoTime() - study.sentNanos) / 1_000_000;
                    studies.notifyAll();
                }
            }
        }
    }

    /** The answer to a search, once it has the study with all its instances. */
    private JsonNode find(Expected study) {
        String identifier = URLEncoder.encode("urn:dicom:uid|urn:oid:" + study.uid, StandardCharsets.UTF_8);
        URI uri = URI.create(fhirUrl + "/ImagingStudy?_include=ImagingStudy:patient&identifier=" + identifier);
        try {
            HttpRequest request = HttpRequest.newBuilder(uri)
                    .header("Accept", "application/fhir+json")
                    .build();
            JsonNode bundle =
                    JSON.readTree(http.send(request, BodyHandlers.ofString()).body());
            boolean complete =
                    resource(bundle, "ImagingStudy").path("numberOfInstances").asInt() == study.instances;
            return complete ? bundle : MissingNode.getInstance();
        } catch (IOException e) {
            return MissingNode.getInstance();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return MissingNode.getInstance();
        }
    }

    private static JsonNode resource(JsonNode bundle, String type) {
        for (JsonNode entry : bundle.path("entry")) {
            if (entry.path("resource").path("resourceType").asText().equals(type)) {
                return entry.path("resource");
            }
        }
        return MissingNode.getInstance();
    }

    /**
     * The table: what was found, study by study.
     *
     * @param columns where the table is wider than this, each resource stands on a line of its own: what one copies is
     *     never cut
     */
    void print(PrintWriter out, int columns) {
        List<List<String>> rows = new ArrayList<>();
        rows.add(List.of("patient", "date", "modality", "series", "instances", "ms", "FHIR resource"));
        synchronized (studies) {
            studies.forEach(study -> rows.add(row(study)));
        }
        int last = rows.get(0).size() - 1;
        int[] widths = new int[last + 1];
        for (List<String> row : rows) {
            for (int i = 0; i <= last; i++) {
                widths[i] = Math.max(widths[i], width(row.get(i)));
            }
        }
        boolean wide = Arrays.stream(widths).sum() + 2 * last <= columns;
        // on a narrow terminal the patient, too, has a line of its own
        int first = Arrays.stream(widths, 0, last).sum() + 2 * (last - 1) <= columns ? 0 : 1;
        for (List<String> row : rows) {
            StringBuilder line = new StringBuilder();
            if (first > 0) {
                out.println(row.get(0));
                line.append("  ");
            }
            for (int i = first; i < last; i++) {
                line.append(row.get(i)).append(" ".repeat(widths[i] - width(row.get(i)) + 2));
            }
            if (wide) {
                out.println(line + row.get(last));
            } else {
                out.println(line.toString().stripTrailing());
                out.println("  " + row.get(last));
            }
        }
        out.println("ms: from the acknowledgement of the last instance until visible;");
        out.println("    200 ms of it are publish.quiet");
    }

    /** {@code modality} is ImagingStudy.modality; {@code series} the modality of each series, an SR among them. */
    private List<String> row(Expected study) {
        JsonNode resource = resource(study.found, "ImagingStudy");
        StringJoiner modalities = new StringJoiner(" ");
        resource.path("modality").forEach(m -> modalities.add(m.path("code").asText()));
        StringJoiner series = new StringJoiner(", ");
        resource.path("series").forEach(s -> series.add(s.at("/modality/code").asText()));
        return List.of(
                patient(resource(study.found, "Patient")),
                date(resource.path("started").asText()),
                modalities.toString(),
                series.toString(),
                resource.path("numberOfInstances").asText(),
                study.found.isMissingNode() ? "-" : Long.toString(study.millis),
                study.found.isMissingNode()
                        ? "not visible: " + study.uid
                        : fhirUrl + "/ImagingStudy/" + resource.path("id").asText());
    }

    private static String date(String started) {
        return started.substring(0, Math.min(started.length(), "2026-09-14".length()));
    }

    /** Every form of the first name: alphabetic, ideographic, phonetic. */
    private static String patient(JsonNode patient) {
        StringJoiner forms = new StringJoiner(" / ");
        for (JsonNode name : patient.path("name")) {
            StringJoiner words = new StringJoiner(" ");
            name.path("given").forEach(given -> words.add(given.asText()));
            forms.add(words.add(name.path("family").asText()).toString());
        }
        return forms.toString();
    }

    /** Columns on a terminal: East Asian letters take two. */
    private static int width(String text) {
        return text.codePoints()
                .map(c -> Character.isIdeographic(c)
                                || Character.UnicodeScript.of(c) == Character.UnicodeScript.HIRAGANA
                                || Character.UnicodeScript.of(c) == Character.UnicodeScript.KATAKANA
                        ? 2
                        : 1)
                .sum();
    }

    @Override
    public void close() {
        looks.cancel(true);
        looking.shutdownNow();
    }
}
