package io.portolan.dicom.net;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A listening TCP port, with a thread that accepts connections and hands them on. */
final class Port {

    private static final Logger LOG = LoggerFactory.getLogger(Port.class);

    /**
     * Connections that the kernel holds until they are accepted, fewer where it allows no more. Who finds no room there tries
     * again a second or more later, as often as its connect timeout lets it; and a busy machine may accept nothing for seconds.
     */
    private static final int BACKLOG = 1024;

    /** Pause after a failure to accept, such as no file descriptor left. */
    private static final Duration ACCEPT_PAUSE = Duration.ofMillis(100);

    private final ServerSocket serverSocket;
    private final Consumer<Socket> connections;
    private final Thread accepting = new Thread(this::accept, "dicom-accept");

    /** Listens; accepts nothing yet. */
    Port(InetSocketAddress bind, Consumer<Socket> connections) throws IOException {
        this.connections = connections;
        this.serverSocket = new ServerSocket();
        try {
            serverSocket.setReuseAddress(true);
            serverSocket.bind(bind, BACKLOG);
        } catch (IOException e) {
            serverSocket.close();
            throw e;
        }
    }

    /** Starts to accept; once. */
    void start() {
        accepting.start();
    }

    int number() {
        return serverSocket.getLocalPort();
    }

    private void accept() {
        while (!serverSocket.isClosed()) {
            try {
                connections.accept(serverSocket.accept());
            } catch (IOException | OutOfMemoryError e) { // also where no thread can be made
                if (!serverSocket.isClosed()) {
                    LOG.error("cannot accept connections: {}", e.getMessage());
                    LockSupport.parkNanos(ACCEPT_PAUSE.toNanos());
                }
            }
        }
    }

    /** Takes no more connections; one that comes at this moment may still be taken. */
    void close() {
        try {
            serverSocket.close();
        } catch (IOException e) {
            LOG.warn("cannot close the listening socket: {}", e.getMessage());
        }
    }

    /** As the other, and returns when none is taken any more, or after the limit, of a millisecond at least. */
    void close(Duration limit) {
        close();
        // A thread within accept() holds the closed socket until it has woken: till then the kernel still takes
        // connections.
        try {
            accepting.join(limit.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
