package io.portolan.dicom.net;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class PortTest {

    private static final int AT_ONCE = 300;
    private static final int CONNECT_MAX_MILLIS = 500; // below the second after which a caller tries again
    private static final Path KERNEL_BACKLOG_MAX = Path.of("/proc/sys/net/core/somaxconn");

    @Test
    void holdsThoseThatCallWhileNoneIsAccepted() throws Exception {
        assumeTrue(kernelBacklogMax() >= AT_ONCE, "this kernel does not say that it holds so many connections");
        Port port = new Port(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), socket -> {});
        List<Socket> callers = new ArrayList<>();
        try {
            for (int i = 0; i < AT_ONCE; i++) {
                Socket caller = new Socket();
                callers.add(caller);
                assertThatCode(() -> connect(caller, port)).doesNotThrowAnyException();
            }
        } finally {
            port.close();
            for (Socket caller : callers) {
                caller.close();
            }
        }
    }

    // In one read: such a file gives nothing to a second one.
    private static int kernelBacklogMax() throws IOException {
        if (!Files.exists(KERNEL_BACKLOG_MAX)) {
            return 0;
        }
        try (Stream<String> lines = Files.lines(KERNEL_BACKLOG_MAX)) {
            return Integer.parseInt(lines.findFirst().orElseThrow());
        }
    }

    private static void connect(Socket caller, Port port) throws IOException {
        caller.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port.number()), CONNECT_MAX_MILLIS);
    }
}
