package io.portolan.dicom.net;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class TransportTest {

    private static final int WINDOW_MILLIS = 50;
    private static final Duration ENOUGH = Duration.ofSeconds(20);

    /** Nothing is owed while it is only looked whether something comes: that is no slowness, and what comes is not lost. */
    @Test
    void losesNothingOfAPeerThatComesBackAfterAPause() throws Exception {
        try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                Socket socket = new Socket(server.getInetAddress(), server.getLocalPort());
                ScriptedPeer peer = new ScriptedPeer(server.accept());
                Transport transport =
                        new Transport(socket, 1024, 1_000_000, Duration.ofMillis(WINDOW_MILLIS), ENOUGH)) {
            peer.send(new byte[] {1});
            assertThat(transport.await()).isEqualTo(1);
            byte[] read = new byte[3];
            transport.readFully(read, 0, 1);
            Thread later = new Thread(() -> {
                try {
                    peer.pause(5 * WINDOW_MILLIS).send(new byte[] {2, 3});
                } catch (Exception e) {
                    throw new IllegalStateException(e);
                }
            });
            later.start();
            assertThat(transport.isReadable(ENOUGH)).isTrue();
            transport.readFully(read, 1, 2);
            assertThat(read).containsExactly(1, 2, 3);
            later.join();
        }
    }
}
