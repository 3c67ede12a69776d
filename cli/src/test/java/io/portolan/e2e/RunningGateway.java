package io.portolan.e2e;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;

/** {@code portolan serve} as a process, on ports that the system chose. */
public final class RunningGateway implements AutoCloseable {

    private static final HttpClient HTTP = HttpClient.newHttpClient();
    private static final Duration START_MAX = Duration.ofSeconds(60);

    private final ChildProcess process;
    private final int dicomPort;
    private final String http;

    /** Waits until it is ready. */
    RunningGateway(ChildProcess process) throws Exception {
        this.process = process;
        this.dicomPort = Integer.parseInt(process.awaitLine("ready: .*DICOM \\S+ on \\S+:(\\d+)", START_MAX));
        this.http = process.awaitLine("ready: .*(http://127\\.0\\.0\\.1:\\d+/health)", START_MAX);
    }

    /**
     * Starts, and waits until it is ready.
     *
     * @param settings {@code key=value}, over those that a test needs: loopback, free ports, short delays
     */
    static RunningGateway start(Path directory, String fhirUrl, String... settings) throws Exception {
        return start(directory, fhirUrl, List.of("-Xmx128m"), settings);
    }

    /** As the other, with options of the JVM. */
    public static RunningGateway start(Path directory, String fhirUrl, List<String> jvmOptions, String... settings)
            throws Exception {
        return new RunningGateway(launch(directory, fhirUrl, jvmOptions, settings));
    }

    /** With a configuration file in its directory, and what is set over that. */
    static RunningGateway start(Path config, List<String> settings) throws Exception {
        List<String> arguments = new ArrayList<>(List.of("serve", "-c", config.toString()));
        settings.forEach(setting -> arguments.addAll(List.of("--set", setting)));
        return new RunningGateway(
                Programs.portolan(config.getParent(), List.of("-Xmx128m"), arguments.toArray(String[]::new)));
    }

    /** Starts, and does not wait until it is ready. */
    static ChildProcess launch(Path directory, String fhirUrl, List<String> jvmOptions, String... settings)
            throws IOException {
        List<String> all = new ArrayList<>(List.of(
                "fhir.url=" + fhirUrl,
                "dicom.bind=127.0.0.1",
                "dicom.port=0",
                "http.port=0",
                "publish.quiet=300ms",
                "publish.max-delay=2s",
                "publish.retry-delay-min=100ms",
                "publish.retry-delay-max=1s",
                "mapping.patient=create",
                "mapping.patient-id-system=urn:oid:2.25.900",
                "ledger.free-space-min=1MB"));
        all.addAll(List.of(settings));
        List<String> arguments = new ArrayList<>(List.of("serve"));
        for (String setting : all) {
            arguments.add("--set");
            arguments.add(setting);
        }
        return Programs.portolan(directory, jvmOptions, arguments.toArray(String[]::new));
    }

    public int dicomPort() {
        return dicomPort;
    }

    /** With TLS. */
    int securePort() throws Exception {
        return Integer.parseInt(process.awaitLine("ready: .*:(\\d+) \\(TLS\\)", START_MAX));
    }

    int httpPort() {
        return URI.create(http).getPort();
    }

    String peer() {
        return "PORTOLAN@127.0.0.1:" + dicomPort;
    }

    HttpResponse<String> health(String what) throws IOException, InterruptedException {
        return HTTP.send(HttpRequest.newBuilder(URI.create(http + "/" + what)).build(), BodyHandlers.ofString());
    }

    /** A page of the gateway; what is sent is sent as JSON. */
    HttpResponse<String> http(String method, String page, String json) throws IOException, InterruptedException {
        URI uri = URI.create(http.replace("/health", "/" + page));
        HttpRequest request = HttpRequest.newBuilder(uri)
                .header("Content-Type", "application/json")
                .method(
                        method,
                        json.isEmpty()
                                ? HttpRequest.BodyPublishers.noBody()
                                : HttpRequest.BodyPublishers.ofString(json))
                .build();
        return HTTP.send(request, BodyHandlers.ofString());
    }

    /** A value of /metrics, by its name and labels; empty: there is none. */
    public OptionalDouble metric(String name) throws IOException, InterruptedException {
        return metrics().stream()
                .filter(line -> line.startsWith(name + " "))
                .mapToDouble(line -> Double.parseDouble(line.substring(name.length() + 1)))
                .findFirst();
    }

    /** Waits until nothing is left to publish. */
    public void awaitPublished(Duration limit) throws Exception {
        Await.until(
                "everything is published",
                limit,
                () -> metric("portolan_studies_dirty").orElseThrow() == 0);
    }

    public long pid() {
        return process.pid();
    }

    /** Every line of /metrics that is no comment. */
    public List<String> metrics() throws IOException, InterruptedException {
        URI uri = URI.create(http.replace("/health", "/metrics"));
        return HTTP.send(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofString())
                .body()
                .lines()
                .filter(line -> !line.startsWith("#"))
                .toList();
    }

    List<String> log() {
        return process.lines();
    }

    /** SIGTERM, and waits for the end; the exit code. */
    public int stop() throws InterruptedException {
        process.terminate();
        return process.awaitEnd(Duration.ofSeconds(60));
    }

    /** SIGKILL. */
    void kill() {
        process.kill();
    }

    @Override
    public void close() {
        process.close();
    }
}
