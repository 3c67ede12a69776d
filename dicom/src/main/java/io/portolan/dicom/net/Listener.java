package io.portolan.dicom.net;

import io.portolan.dicom.engine.AssociationServer;
import io.portolan.dicom.engine.CommitmentScp;
import io.portolan.dicom.engine.ConnectionLimits;
import io.portolan.dicom.engine.Hosts;
import io.portolan.dicom.engine.ServerOptions;
import io.portolan.dicom.engine.ServerOptions.SecurePort;
import io.portolan.dicom.engine.StoreScp;
import io.portolan.dicom.engine.Tls;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import javax.net.ssl.SSLException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Listens on a port without TLS, one with it, or both, and gives each connection an {@link Scp} and a thread of a bounded pool.
 * Handshakes of TLS run in that thread.
 */
final class Listener implements AssociationServer {

    private static final Logger LOG = LoggerFactory.getLogger(Listener.class);

    /** Threads of connections that are at their end, or whose host is looked up. */
    private static final int ENDING_MAX = 16;

    private static final Duration THREAD_IDLE = Duration.ofSeconds(30);

    /** After the end of a stop's limit, until connections are cut. */
    private static final Duration ABORT_GRACE = Duration.ofSeconds(2);

    private final ServerOptions options;
    private final StoreScp store;
    private final Optional<CommitmentScp> commitment;
    private final Optional<Port> plain;
    private final Optional<Port> secure;
    private final Admission<Connection> admission;
    private final ThreadPoolExecutor pool;
    private final Set<Connection> shakingHands = ConcurrentHashMap.newKeySet();
    private final Set<Scp> running = ConcurrentHashMap.newKeySet();
    private final Semaphore lookups = new Semaphore(ENDING_MAX);
    private final AtomicBoolean stopped = new AtomicBoolean();

    Listener(ServerOptions options, StoreScp store, Optional<CommitmentScp> commitment) throws IOException {
        this.options = options;
        this.store = store;
        this.commitment = commitment;
        this.admission = new Admission<>(options.limits().connections());
        ConnectionLimits connections = options.limits().connections();
        this.pool = new ThreadPoolExecutor(
                0,
                connections.associationsMax() + connections.waitingMax() + ENDING_MAX,
                THREAD_IDLE.toSeconds(),
                TimeUnit.SECONDS,
                new SynchronousQueue<>(),
                task -> new Thread(task, "dicom-association"));
        this.plain = options.bind().isPresent()
                ? Optional.of(new Port(options.bind().get(), socket -> serve(socket, Optional.empty())))
                : Optional.empty();
        this.secure = options.secure().isPresent()
                ? Optional.of(securePort(options.secure().get()))
                : Optional.empty();
    }

    private Port securePort(SecurePort port) throws IOException {
        try {
            return new Port(port.bind(), socket -> serve(socket, Optional.of(port.tls())));
        } catch (IOException e) {
            plain.ifPresent(Port::close);
            throw e;
        }
    }

    /** Starts to accept; once. */
    void start() {
        plain.ifPresent(Port::start);
        secure.ifPresent(Port::start);
    }

    @Override
    public int port() {
        return plain.orElseThrow(() -> new IllegalStateException("there is no port without TLS"))
                .number();
    }

    @Override
    public OptionalInt securePort() {
        return secure.stream().mapToInt(Port::number).findFirst();
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
        plain.ifPresent(port -> port.close(ABORT_GRACE));
        secure.ifPresent(port -> port.close(ABORT_GRACE));
        pool.shutdown();
        shakingHands.forEach(Connection::cut);
        running.forEach(Scp::stop);
        if (!terminates(limit)) {
            running.forEach(Scp::stopNow);
            pool.shutdownNow();
            if (!terminates(ABORT_GRACE)) {
                running.forEach(Scp::cut);
            }
        }
    }

    private void serve(Socket socket, Optional<Tls> tls) {
        try {
            pool.execute(() -> run(socket, tls));
        } catch (RejectedExecutionException e) {
            if (!stopped.get()) {
                LOG.warn("closed a connection from {}: too many are open", socket.getRemoteSocketAddress());
            }
            Connection.of(socket).cut();
        } catch (OutOfMemoryError e) { // no thread can be made
            Connection.of(socket).cut();
            throw e;
        }
    }

    private void run(Socket socket, Optional<Tls> tls) {
        Connection connection = Connection.of(socket);
        if (!mayConnect(connection)) {
            connection.cut();
            return;
        }
        admission.connected(connection).ifPresent(this::makeWay);
        try (socket) {
            if (tls.isPresent()) {
                try (TlsSocket secured = shakeHands(connection, tls.get())) {
                    run(secured, connection, secured.toString());
                }
            } else {
                run(socket, connection, "without TLS");
            }
        } catch (IOException e) {
            LOG.info("connection from {} ended before it began: {}", connection.peer(), e.getMessage());
        } finally {
            admission.disconnected(connection);
        }
    }

    /** In the connection's own thread, since a name server may be asked: for few at once, so that others come by. */
    private boolean mayConnect(Connection connection) {
        Hosts hosts = options.rules().hosts();
        InetAddress address = connection.peer().getAddress();
        if (hosts.holdsUnasked(address)) {
            return true;
        }
        if (!lookups.tryAcquire()) {
            LOG.warn("closed a connection from {}: too many hosts are being looked up", connection.peer());
            return false;
        }
        try {
            boolean held = hosts.holds(address);
            if (!held) {
                LOG.warn("closed a connection from {}: its host may not connect", connection.peer());
            }
            return held;
        } finally {
            lookups.release();
        }
    }

    private void makeWay(Connection oldest) {
        LOG.warn(
                "closed a connection from {}, the oldest of {} without an association",
                oldest.peer(),
                options.limits().connections().waitingMax() + 1);
        oldest.cut();
    }

    private TlsSocket shakeHands(Connection connection, Tls tls) throws IOException {
        shakingHands.add(connection);
        try {
            if (stopped.get()) {
                throw new SocketException("this side is stopping");
            }
            return TlsSocket.secure(
                    connection.socket(), tls.acceptor(), options.limits().artimTimeout());
        } catch (SSLException e) {
            throw new IOException("no TLS: " + TlsFailure.ofCaller(e), e);
        } finally {
            shakingHands.remove(connection);
        }
    }

    private void run(Socket socket, Connection connection, String security) throws IOException {
        try (Association association = Association.accepted(socket, options.limits())) {
            Scp scp = new Scp(association, connection, security, options, store, commitment, admission);
            running.add(scp);
            try {
                if (stopped.get()) {
                    scp.stop();
                }
                scp.run();
            } finally {
                running.remove(scp);
            }
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
}
