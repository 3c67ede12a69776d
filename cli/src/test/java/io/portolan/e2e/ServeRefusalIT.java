package io.portolan.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What does not mend itself ends with exit code 2, which systemd is told not to try again, and with one line. */
class ServeRefusalIT {

    @TempDir
    private Path directory;

    @Test
    void refusesPortsThatOthersHave() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            String port = Integer.toString(taken.getLocalPort());
            assertRefused("cannot listen on http 127.0.0.1:" + port, "http.port=" + port);
            assertRefused("cannot listen for DICOM on 127.0.0.1:" + port, "dicom.port=" + port);
        }
    }

    @Test
    void refusesAStorageThatIsAFileAndALedgerThatIsNone() throws Exception {
        Path file = Files.writeString(directory.resolve("file"), "x".repeat(2_000));
        assertRefused("storage.dir: " + file + " is a file", "storage.dir=" + file);
        assertRefused("file is not a database", "ledger.url=jdbc:sqlite:" + file);
        Path foreign = directory.resolve("foreign.db");
        try (Connection other = DriverManager.getConnection("jdbc:sqlite:" + foreign)) {
            other.createStatement().execute("CREATE TABLE thing (a)");
        }
        assertRefused("it is a database of another program", "ledger.url=jdbc:sqlite:" + foreign);
    }

    private void assertRefused(String words, String setting) throws Exception {
        List<String> arguments = new ArrayList<>(List.of("serve"));
        for (String one : List.of("dicom.bind=127.0.0.1", "dicom.port=0", "http.port=0", setting)) {
            arguments.addAll(List.of("--set", one));
        }
        try (ChildProcess serve = Programs.portolan(directory, List.of(), arguments.toArray(String[]::new))) {
            assertThat(serve.awaitEnd(Duration.ofSeconds(60)))
                    .as("%s", serve.lines())
                    .isEqualTo(2);
            assertThat(serve.lines())
                    .hasSize(1)
                    .first()
                    .asString()
                    .startsWith("portolan: ")
                    .contains(words);
        }
    }
}
