package io.portolan.dicom.net;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;

/** A TCP connection that a peer has opened, from the first moment on: TLS and an association may come of it. */
record Connection(Socket socket, InetSocketAddress peer) {

    static Connection of(Socket socket) {
        return new Connection(socket, (InetSocketAddress) socket.getRemoteSocketAddress());
    }

    /** Closes it without a word. For any thread. */
    void cut() {
        try {
            socket.close();
        } catch (IOException e) {
            // Nothing is left to do with a socket that cannot be closed.
        }
    }
}
