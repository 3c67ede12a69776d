package io.portolan.dicom.net;

import io.portolan.dicom.engine.AssociationServer;
import io.portolan.dicom.engine.CommitmentScp;
import io.portolan.dicom.engine.ServerOptions;
import io.portolan.dicom.engine.StoreScp;
import java.io.Closeable;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Listens on a port, and gives each connection an {@link Scp} and a thread of a bounded pool. */
final class Listener implements AssociationServer {

    private static final Logger LOG = LoggerFactory.getLogger(Listener.class);

    /** Connections above the limit of associations that are served far enough to be rejected politely. */
    private static final int REJECTING_MAX = 16;

    private static final int BACKLOG = 128;
    private static final Duration THREAD_IDLE = Duration.ofSeconds(30);

    /** After the end of a stop's limit, until connections are cut. */
    private static final Duration ABORT_GRACE = Duration.ofSeconds(2);

    /** Pause after a failure to accept, such as no file descriptor left. */
    private static final Duration ACCEPT_PAUSE = Duration.ofMillis(100);

    private final ServerOptions options;
    private final StoreScp store;
    private final Optional<CommitmentScp> commitment;
    private final ServerSocket serverSocket;
    private final Admission admission;
    private final ThreadPoolExecutor pool;
    private final Thread accepting = new Thread(this::accept, "dicom-accept");
    private final Set<Scp> running = ConcurrentHashMap.newKeySet();
    private final AtomicBoolean stopped = new AtomicBoolean();

    Listener(ServerOptions options, StoreScp store, Optional<CommitmentScp> commitment) throws IOException {
        this.options = options;
        this.store = store;
        this.commitment = commitment;
        this.admission = new Admission(options.limits().associationsMax());
        this.serverSocket = new ServerSocket();
        try {
            serverSocket.setReuseAddress(true);
            serverSocket.bind(options.bind(), BACKLOG);
        } catch (IOException e) {
            serverSocket.close();
            throw e;
        }
        this.pool = new ThreadPoolExecutor(
                0,
                options.limits().associationsMax() + REJECTING_MAX,
                THREAD_IDLE.toSeconds(),
                TimeUnit.SECONDS,
                new SynchronousQueue<>(),
                task -> new Thread(task, "dicom-association"));
    }

    /** Starts to accept; once. */
    void start() {
        accepting.start();
    }

    @Override
    public int port() {
        return serverSocket.getLocalPort();
    }

    @Override
    public int openAssociations() {
        return admission.open();
    }

    @Override
    public long totalAssociations() {
        return admission.total();
    }

    @Override
    public void stop(Duration limit) {
        if (!stopped.compareAndSet(false, true)) {
            return;
        }
        closeQuietly(serverSocket);
        awaitDeaf();
        pool.shutdown();
        running.forEach(Scp::stop);
        if (!terminates(limit)) {
            running.forEach(Scp::stopNow);
            pool.shutdownNow();
            if (!terminates(ABORT_GRACE)) {
                running.forEach(Scp::cut);
            }
        }
    }

    private void accept() {
        while (!stopped.get()) {
            try {
                serve(serverSocket.accept());
            } catch (IOException e) {
                if (!stopped.get()) {
                    LOG.error("cannot accept connections: {}", e.getMessage());
                    LockSupport.parkNanos(ACCEPT_PAUSE.toNanos());
                }
            }
        }
    }

    private void serve(Socket socket) throws IOException {
        try {
            pool.execute(() -> run(socket));
        } catch (RejectedExecutionException e) {
            if (!stopped.get()) {
                LOG.warn("closed a connection from {}: too many are open", socket.getRemoteSocketAddress());
            }
            socket.close();
        }
    }

    private void run(Socket socket) {
        InetSocketAddress peer = (InetSocketAddress) socket.getRemoteSocketAddress();
        // In this thread, since a name server may be asked.
        if (!options.rules().hosts().holds(peer.getAddress())) {
            LOG.warn("closed a connection from {}: its host may not connect", peer);
            closeQuietly(socket);
            return;
        }
        try (socket;
                Association association = Association.accepted(socket, options.limits())) {
            Scp scp = new Scp(association, peer, options, store, commitment, admission);
            running.add(scp);
            try {
                if (stopped.get()) {
                    scp.stop();
                }
                scp.run();
            } finally {
                running.remove(scp);
            }
        } catch (IOException e) {
            LOG.info("connection from {} ended before it began: {}", peer, e.getMessage());
        }
    }

    // A thread within accept() holds the closed socket until it has woken: till then the kernel still takes
    // connections.
    private void awaitDeaf() {
        try {
            accepting.join(ABORT_GRACE.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private boolean terminates(Duration limit) {
        try {
            return pool.awaitTermination(limit.toNanos(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private static void closeQuietly(Closeable socket) {
        try {
            socket.close();
        } catch (IOException e) {
            LOG.warn("cannot close a socket: {}", e.getMessage());
        }
    }
}
