package io.portolan.dicom.net;

import static org.assertj.core.api.Assertions.assertThat;

import io.portolan.dicom.net.MemorySocket.Peer;
import java.io.IOException;
import java.lang.ref.WeakReference;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class WatchTest {

    private static final Duration A_DAY = Duration.ofDays(1);
    private static final int COLLECTIONS_MAX = 50;

    @Test
    void letsGoOfAConnectionThatIsClosed() throws Exception {
        WeakReference<MemorySocket> connection = closedBehindAWrite();
        for (int i = 0; i < COLLECTIONS_MAX && connection.get() != null; i++) {
            System.gc();
        }
        assertThat(connection.get()).as("held by what looks after it").isNull();
    }

    private static WeakReference<MemorySocket> closedBehindAWrite() throws IOException {
        MemorySocket socket = new MemorySocket(new byte[0], Peer.HANGS_UP);
        try (Transport transport = new Transport(socket, 1024, 0, A_DAY, A_DAY)) {
            transport.write(new byte[] {1}, 0, 1);
        }
        assertThat(socket.received()).hasSize(1);
        return new WeakReference<>(socket);
    }
}
