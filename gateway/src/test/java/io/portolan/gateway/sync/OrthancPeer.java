package io.portolan.gateway.sync;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.portolan.dicom.DataSet;
import io.portolan.dicom.Uid;
import io.portolan.gateway.access.HttpCredentials;
import io.portolan.testdata.SyntheticStudies;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Orthanc with its DICOMweb plugin, as a child process that keeps its data in a folder of its own. Where it is not installed
 * a test is skipped, with a message, or fails where peers are required.
 */
public final class OrthancPeer implements AutoCloseable {

    public static final String AE_TITLE = "ORTHANC";

    private static final List<Path> PROGRAMS = List.of(Path.of("/usr/sbin/Orthanc"), Path.of("/usr/bin/Orthanc"));
    private static final List<Path> PLUGINS = List.of(
            Path.of("/usr/share/orthanc/plugins/libOrthancDicomWeb.so"),
            Path.of("/usr/lib/orthanc/libOrthancDicomWeb.so"));
    private static final Duration START_MAX = Duration.ofSeconds(60);
    private static final long POLL_NANOS = 20_000_000;
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Path folder;
    private final HttpCredentials credentials;
    private final int httpPort;
    private final int dicomPort;
    private final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private @Nullable Process process;

    private OrthancPeer(Path folder, HttpCredentials credentials, int httpPort, int dicomPort) {
        this.folder = folder;
        this.credentials = credentials;
        this.httpPort = httpPort;
        this.dicomPort = dicomPort;
    }

    /** With its own defaults: anybody may read and write, and an instance that comes again replaces the one before. */
    public static OrthancPeer start(Path folder) throws Exception {
        return start(folder, HttpCredentials.NONE, Map.of());
    }

    /** Settings with which it lets one AE query and retrieve, also by C-MOVE, and keeps its answers so short. */
    public static Map<String, Object> dimse(String ae, int port, int findResultsMax) {
        return Map.of(
                "DicomAlwaysAllowFind",
                true,
                "DicomAlwaysAllowGet",
                true,
                "DicomAlwaysAllowMove",
                true,
                "DicomModalities",
                Map.of("peer", List.of(ae, "127.0.0.1", port)),
                "LimitFindResults",
                findResultsMax);
    }

    /**
     * Starts one, and waits until it answers.
     *
     * @param folder for its data, its configuration and what it says
     * @param credentials of the helpers here, where {@code more} has RegisteredUsers
     * @param more of its configuration, which may be lists and maps; replaces what is set here
     */
    public static OrthancPeer start(Path folder, HttpCredentials credentials, Map<String, ?> more) throws Exception {
        require();
        int[] ports = freePorts();
        OrthancPeer peer = new OrthancPeer(folder, credentials, ports[0], ports[1]);
        Map<String, Object> config = new LinkedHashMap<>();
        config.put("Name", "peer");
        config.put("StorageDirectory", folder.resolve("data").toString());
        config.put("IndexDirectory", folder.resolve("data").toString());
        config.put("HttpPort", ports[0]);
        config.put("RemoteAccessAllowed", false);
        config.put("AuthenticationEnabled", more.containsKey("RegisteredUsers"));
        config.put("DicomPort", ports[1]);
        config.put("DicomAet", AE_TITLE);
        config.put("OverwriteInstances", true);
        config.put("Plugins", List.of(installed(PLUGINS).toString()));
        config.put("DicomWeb", Map.of("Enable", true, "Root", "/dicom-web/"));
        config.putAll(more);
        Files.createDirectories(folder);
        JSON.writeValue(folder.resolve("orthanc.json").toFile(), config);
        peer.restart();
        return peer;
    }

    /** Skips the test when it is not installed; fails it when the property portolan.peers.required is true. */
    public static void require() {
        boolean installed =
                Stream.of(PROGRAMS, PLUGINS).allMatch(paths -> paths.stream().anyMatch(Files::isReadable));
        if (Boolean.getBoolean("portolan.peers.required")) {
            assertThat(installed)
                    .as("Orthanc and its DICOMweb plugin must be installed")
                    .isTrue();
        }
        assumeTrue(installed, "Orthanc is not installed; on Debian: apt-get install orthanc orthanc-dicomweb");
    }

    private static Path installed(List<Path> paths) {
        return paths.stream().filter(Files::isReadable).findFirst().orElseThrow();
    }

    private static int[] freePorts() throws IOException {
        InetAddress loopback = InetAddress.getLoopbackAddress();
        try (ServerSocket one = new ServerSocket(0, 1, loopback);
                ServerSocket other = new ServerSocket(0, 1, loopback)) {
            return new int[] {one.getLocalPort(), other.getLocalPort()};
        }
    }

    /** Where it speaks DICOMweb. */
    public URI dicomWeb() {
        return rest("/dicom-web");
    }

    /** Where it speaks DIMSE, on loopback, as {@link #AE_TITLE}. */
    public int dicomPort() {
        return dicomPort;
    }

    private URI rest(String path) {
        return URI.create("http://127.0.0.1:" + httpPort + path);
    }

    // ---- its life

    /** Ends it, so that nobody answers; its data stay. */
    public void stop() throws InterruptedException {
        Process running = process;
        if (running != null) {
            running.destroy();
            if (!running.waitFor(30, TimeUnit.SECONDS)) {
                running.destroyForcibly().waitFor();
            }
            process = null;
        }
    }

    /** Ends it if it runs, and starts it with the same data and ports. */
    public void restart() throws Exception {
        stop();
        Path output = folder.resolve("orthanc.log");
        process = new ProcessBuilder(
                        installed(PROGRAMS).toString(),
                        folder.resolve("orthanc.json").toString())
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(output.toFile()))
                .start();
        long end = System.nanoTime() + START_MAX.toNanos();
        while (process.isAlive() && !answers() && System.nanoTime() < end) {
            LockSupport.parkNanos(POLL_NANOS);
        }
        assertThat(process.isAlive() && answers())
                .as("Orthanc answers; it said: %s", Files.readString(output))
                .isTrue();
    }

    private boolean answers() throws InterruptedException {
        try {
            return send("GET", "/system", new byte[0]).statusCode() == 200;
        } catch (IOException e) {
            return false;
        }
    }

    @Override
    public void close() {
        try {
            stop();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    // ---- what it has

    /** Stores an instance, as a file in Explicit VR Little Endian; one with its SOPInstanceUID is replaced. */
    public void upload(DataSet instance) throws Exception {
        upload(SyntheticStudies.toFile(instance));
    }

    public void upload(Collection<DataSet> instances) throws Exception {
        for (DataSet instance : instances) {
            upload(instance);
        }
    }

    /** Stores a PS3.10 file. */
    public void upload(byte[] file) throws Exception {
        rest("POST", "/instances", file);
    }

    /** Deletes the study, series or instance with a UID. */
    public void delete(Uid uid) throws Exception {
        rest("DELETE", path(uid), new byte[0]);
    }

    /**
     * Changes attributes of all instances of a study or series, which keep their UIDs. Not the PatientID, which Orthanc
     * before 1.11.2 refuses.
     *
     * @param replace keyword to value
     */
    public void modify(Uid uid, Map<String, String> replace) throws Exception {
        Map<String, Object> request = Map.of(
                "Replace",
                replace,
                "Keep",
                List.of("StudyInstanceUID", "SeriesInstanceUID", "SOPInstanceUID"),
                "KeepSource",
                true, // which the changed ones have replaced
                "Force",
                true);
        rest("POST", path(uid) + "/modify", JSON.writeValueAsBytes(request));
        reconstruct(uid);
    }

    /**
     * Has it read its files again: what it lists of a study or series is what its first instance said, however often that
     * is replaced.
     */
    public void reconstruct(Uid uid) throws Exception {
        rest("POST", path(uid) + "/reconstruct", new byte[0]);
    }

    /** All its instances, as PS3.10 files. */
    public List<byte[]> files() throws Exception {
        List<byte[]> files = new ArrayList<>();
        for (JsonNode id : rest("GET", "/instances", new byte[0])) {
            files.add(send("GET", "/instances/" + id.asText() + "/file", new byte[0])
                    .body());
        }
        return files;
    }

    /** Its own path of what has a UID. */
    private String path(Uid uid) throws Exception {
        JsonNode found = rest("POST", "/tools/lookup", uid.value().getBytes(java.nio.charset.StandardCharsets.UTF_8));
        assertThat(found).as("what Orthanc has as %s", uid).hasSize(1);
        return found.at("/0/Path").asText();
    }

    /** Asks its own REST interface. */
    public JsonNode rest(String method, String path, byte[] body) throws Exception {
        HttpResponse<byte[]> response = send(method, path, body);
        assertThat(response.statusCode()).as("%s %s", method, path).isEqualTo(200);
        try {
            return JSON.readTree(response.body());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private HttpResponse<byte[]> send(String method, String path, byte[] body)
            throws IOException, InterruptedException {
        HttpRequest.Builder request =
                HttpRequest.newBuilder(rest(path)).timeout(START_MAX).method(method, BodyPublishers.ofByteArray(body));
        credentials.header().ifPresent(value -> request.header("Authorization", value));
        return http.send(request.build(), BodyHandlers.ofByteArray());
    }
}
