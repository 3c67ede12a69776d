package io.portolan.dicom.net;

import io.portolan.dicom.Certificates;
import io.portolan.dicom.KeyFiles;
import io.portolan.dicom.TransferSyntax;
import io.portolan.dicom.engine.AssociationClient;
import io.portolan.dicom.engine.AssociationServer;
import io.portolan.dicom.engine.CommitmentScp;
import io.portolan.dicom.engine.DicomEngine;
import io.portolan.dicom.engine.RequestOptions;
import io.portolan.dicom.engine.ServerOptions;
import io.portolan.dicom.engine.ServerOptions.SecurePort;
import io.portolan.dicom.engine.StoreScp;
import io.portolan.dicom.engine.Tls;
import io.portolan.dicom.io.HeaderReader;
import io.portolan.dicom.io.ReadLimits;
import io.portolan.dicom.io.Selection;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;

/** An engine with TLS on every connection, and peers for it by the JDK's own sockets, which know nothing of it. */
final class SecuredEngine implements DicomEngine {

    private final PortolanEngine engine = new PortolanEngine();
    private final SSLContext context;
    private final Tls tls;
    private final String protocol;

    /** @param protocol the one version that its peers speak */
    SecuredEngine(String protocol) {
        this.context = context();
        this.tls = Tls.of(() -> context);
        this.protocol = protocol;
    }

    private static SSLContext context() {
        try {
            return new Certificates("Test CA")
                    .issue("peer", KeyFiles.ec("secp256r1"))
                    .context();
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    ScriptedPeer connect(int port) throws IOException {
        SSLSocket socket = (SSLSocket) context.getSocketFactory().createSocket(InetAddress.getLoopbackAddress(), port);
        return shakenHands(socket);
    }

    ScriptedPeer accept(ServerSocket listening) throws IOException {
        Socket socket = listening.accept();
        return shakenHands((SSLSocket) context.getSocketFactory().createSocket(socket, null, true));
    }

    private ScriptedPeer shakenHands(SSLSocket socket) throws IOException {
        socket.setEnabledProtocols(new String[] {protocol});
        socket.startHandshake();
        return new ScriptedPeer(socket);
    }

    @Override
    public HeaderReader read(InputStream in, Selection selection, ReadLimits limits) throws IOException {
        return engine.read(in, selection, limits);
    }

    @Override
    public HeaderReader readDataSet(
            InputStream in, TransferSyntax transferSyntax, Selection selection, ReadLimits limits) throws IOException {
        return engine.readDataSet(in, transferSyntax, selection, limits);
    }

    @Override
    public AssociationServer serve(ServerOptions options, StoreScp store, Optional<CommitmentScp> commitment)
            throws IOException {
        SecurePort port = new SecurePort(options.bind().orElseThrow(), tls);
        return new Secured(engine.serve(options.withPorts(Optional.empty(), Optional.of(port)), store));
    }

    @Override
    public AssociationClient request(RequestOptions options) throws IOException {
        return engine.request(options.withTls(Optional.of(tls)));
    }

    private record Secured(AssociationServer server) implements AssociationServer {

        @Override
        public int port() {
            return securePort().orElseThrow();
        }

        @Override
        public OptionalInt securePort() {
            return server.securePort();
        }

        @Override
        public int openAssociations() {
            return server.openAssociations();
        }

        @Override
        public long totalAssociations() {
            return server.totalAssociations();
        }

        @Override
        public void stop(Duration limit) {
            server.stop(limit);
        }
    }
}
