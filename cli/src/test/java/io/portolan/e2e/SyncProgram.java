package io.portolan.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import io.portolan.gateway.config.GatewayConfig;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** {@code portolan sync} as a program, with a ledger and a configuration file in a folder of its own. */
final class SyncProgram {

    static final Duration RUN_MAX = Duration.ofMinutes(8);

    /** Of a source that is asked over DICOMweb. */
    static String dicomWeb(URI base) {
        return "type: dicomweb, url: \"" + base + "\"";
    }

    /** Of a source that is asked over the DICOM network, on loopback. */
    static String dimse(String ae, int port, String retrieve) {
        return "type: dimse, called-ae: " + ae + ", host: 127.0.0.1, port: " + port + ", retrieve: " + retrieve;
    }

    private static final ObjectMapper JSON = new ObjectMapper();

    private final Path directory;
    private final Path configuration;
    private final String fhirUrl;
    private final int dicomPort;
    private final Map<String, String> archives = new LinkedHashMap<>();

    /**
     * An end of a run.
     *
     * @param report of the archive; missing: there was none
     */
    record Run(int code, JsonNode report, List<String> lines) {

        String outcome() {
            return report.path("outcome").asText();
        }

        long number(String name) {
            return report.path(name).asLong();
        }

        /** How many studies differed in this way, such as {@code new}. */
        long differing(String kind) {
            return report.path("differences").path(kind).asLong();
        }

        long differing() {
            long all = 0;
            for (JsonNode count : report.path("differences")) {
                all += count.asLong();
            }
            return all;
        }

        Run requireDone() {
            assertThat(code).as("%s", lines).isZero();
            assertThat(outcome()).as("%s", lines).isEqualTo("DONE");
            return this;
        }
    }

    /**
     * Writes the configuration.
     *
     * @param dicomPort where archives send what they are told to
     * @param archive the members of the source {@code pacs}, in the flow style of YAML
     */
    SyncProgram(Path directory, String fhirUrl, int dicomPort, String archive) throws IOException {
        this.directory = Files.createDirectories(directory);
        this.configuration = directory.resolve("portolan.yaml");
        this.fhirUrl = fhirUrl;
        this.dicomPort = dicomPort;
        archives.put("pacs", archive);
        atMost(0);
    }

    /** Another source. */
    SyncProgram with(String name, String archive) throws IOException {
        archives.put(name, archive);
        atMost(0);
        return this;
    }

    /** From now on archives are asked so often in a second at most; 0: as often as they answer. */
    void atMost(int requestsPerSecond) throws IOException {
        Files.writeString(
                configuration,
                """
                fhir:
                  url: %s
                dicom:
                  bind: 127.0.0.1
                  port: %d
                http:
                  port: 0
                publish:
                  quiet: 300ms
                  max-delay: 2s
                  retry-delay-min: 100ms
                  retry-delay-max: 1s
                mapping:
                  patient: create
                  patient-id-system: urn:oid:2.25.900
                ledger:
                  free-space-min: 1MB
                sync:
                  sources:
                """.formatted(fhirUrl, dicomPort)
                        + archives.entrySet().stream()
                                .map(one -> "    %s: { %s, requests-per-second: %d }%n"
                                        .formatted(one.getKey(), one.getValue(), requestsPerSecond))
                                .collect(Collectors.joining()));
    }

    GatewayConfig config() throws Exception {
        return GatewayConfig.load(Optional.of(configuration), Map.of(), Map.of());
    }

    /** Starts {@code portolan} with the configuration; does not wait. */
    ChildProcess start(String command, String... more) throws IOException {
        List<String> arguments = new ArrayList<>(List.of(command, "-c", configuration.toString()));
        arguments.addAll(List.of(more));
        return Programs.portolan(directory, List.of("-Xmx256m"), arguments.toArray(String[]::new));
    }

    /** Starts {@code portolan serve}, and waits until it is ready. */
    RunningGateway serve() throws Exception {
        return new RunningGateway(start("serve"));
    }

    /** Syncs, and waits for the end. */
    Run run(String... more) throws Exception {
        List<String> arguments = new ArrayList<>(List.of("--json"));
        arguments.addAll(List.of(more));
        try (ChildProcess sync = start("sync", arguments.toArray(String[]::new))) {
            return end(sync);
        }
    }

    /** Of a sync that was started with {@code --json}. */
    static Run end(ChildProcess sync) throws Exception {
        int code = sync.awaitEnd(RUN_MAX);
        JsonNode report = MissingNode.getInstance();
        for (String line : sync.lines()) {
            if (line.startsWith("{")) {
                report = JSON.readTree(line);
            }
        }
        System.out.println("sync: " + code + " " + report);
        return new Run(code, report, sync.lines());
    }

    static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }
}
