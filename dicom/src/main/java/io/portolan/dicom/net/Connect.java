package io.portolan.dicom.net;

import io.portolan.dicom.engine.DicomNetworkException;
import io.portolan.dicom.engine.DicomNetworkException.Kind;
import io.portolan.dicom.engine.NetworkLimits;
import io.portolan.dicom.engine.Tls;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.util.Optional;
import javax.net.ssl.SSLEngine;

/** The TRANSPORT CONNECT request of PS3.8 9.1.1, with the handshake of TLS where the connection is to be secured (PS3.15 B). */
final class Connect {

    private Connect() {}

    /** @throws DicomNetworkException nobody is there, is there in time, or speaks TLS as wanted */
    static Socket to(InetSocketAddress address, NetworkLimits limits, Optional<Tls> tls) throws IOException {
        Optional<SSLEngine> engine = tls.map(how -> how.requestor(address.getHostString(), address.getPort()));
        Socket socket = open(address, limits);
        return engine.isPresent() ? secure(socket, address, limits, engine.get()) : socket;
    }

    private static Socket open(InetSocketAddress address, NetworkLimits limits) throws IOException {
        Socket socket = new Socket();
        try {
            socket.connect(address, (int) limits.connectTimeout().toMillis());
            return socket;
        } catch (SocketTimeoutException e) {
            socket.close();
            throw new DicomNetworkException(Kind.TIMEOUT, "connecting to " + address, e);
        } catch (IOException e) {
            socket.close();
            throw new DicomNetworkException(Kind.UNREACHABLE, address + ": " + e.getMessage(), e);
        }
    }

    private static Socket secure(Socket socket, InetSocketAddress address, NetworkLimits limits, SSLEngine engine)
            throws IOException {
        try {
            return TlsSocket.secure(socket, engine, limits.connectTimeout());
        } catch (SocketTimeoutException e) {
            throw new DicomNetworkException(Kind.NO_TLS, address + ": " + e.getMessage(), e);
        } catch (IOException e) {
            throw new DicomNetworkException(Kind.NO_TLS, address + ": " + TlsFailure.ofCalled(e), e);
        }
    }
}
