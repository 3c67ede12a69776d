package io.portolan.dicom.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.BufferedInputStream;
import java.io.Closeable;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.util.HexFormat;

/** A peer on loopback that does what a test says, byte by byte: sends, expects, hangs up. */
final class ScriptedPeer implements Closeable {

    private static final int WAIT_MAX_MILLIS = 20_000;

    private final Socket socket;
    private final DataInputStream in;

    /** Connects to a server under test. */
    static ScriptedPeer connect(int port) throws IOException {
        return new ScriptedPeer(new Socket(InetAddress.getLoopbackAddress(), port));
    }

    /** Waits for a client under test. */
    static ScriptedPeer accept(ServerSocket listening) throws IOException {
        return new ScriptedPeer(listening.accept());
    }

    /** @param socket a connection to or from whom is under test */
    ScriptedPeer(Socket socket) throws IOException {
        this.socket = socket;
        this.in = new DataInputStream(new BufferedInputStream(socket.getInputStream()));
        socket.setTcpNoDelay(true);
        socket.setSoTimeout(WAIT_MAX_MILLIS);
    }

    ScriptedPeer send(byte[] bytes) throws IOException {
        socket.getOutputStream().write(bytes);
        return this;
    }

    ScriptedPeer send(Pdu pdu) throws IOException {
        return send(PduWriter.bytes(pdu));
    }

    /** One P-DATA-TF with one presentation-data-value; control: 1 command, 2 last. */
    ScriptedPeer sendValue(int contextId, int control, byte[] fragment) throws IOException {
        return send(pData(contextId, control, fragment));
    }

    static byte[] pData(int contextId, int control, byte[] fragment) {
        return hex("04 00 %08x %08x %02x %02x %s"
                .formatted(
                        fragment.length + 6,
                        fragment.length + 2,
                        contextId,
                        control,
                        HexFormat.of().formatHex(fragment)));
    }

    /** The next PDU, header included. */
    byte[] receive() throws IOException {
        byte[] header = in.readNBytes(6);
        assertThat(header).as("a PDU header comes").hasSize(6);
        int length = (int) PduReader.uint32(header, 2);
        byte[] pdu = new byte[6 + length];
        System.arraycopy(header, 0, pdu, 0, 6);
        in.readFully(pdu, 6, length);
        return pdu;
    }

    /** The first byte of whatever comes; nothing can be received behind it. */
    int receiveType() throws IOException {
        return in.read();
    }

    ScriptedPeer expect(byte[] pdu) throws IOException {
        assertThat(receive())
                .asHexString()
                .isEqualTo(HexFormat.of().withUpperCase().formatHex(pdu));
        return this;
    }

    ScriptedPeer expect(Pdu pdu) throws IOException {
        return expect(PduWriter.bytes(pdu));
    }

    /** The next PDU is of this type; what it holds does not matter. */
    ScriptedPeer expectType(int type) throws IOException {
        assertThat(receive()[0]).isEqualTo((byte) type);
        return this;
    }

    /** The next PDU is P-DATA-TF with a whole command set. */
    CommandSet expectCommand() throws IOException {
        byte[] pdu = receive();
        assertThat(pdu[0]).isEqualTo((byte) 4);
        assertThat(pdu[11]).isEqualTo((byte) 3);
        return CommandSet.parse(java.util.Arrays.copyOfRange(pdu, 12, pdu.length), pdu.length - 12);
    }

    /** The other side closes the connection, and sends nothing more. */
    void expectEnd() throws IOException {
        assertThat(in.read()).isEqualTo(-1);
    }

    /** Nothing more came, and the other side has closed the connection or has left it open. */
    void expectNothing(boolean open) throws IOException {
        if (!open) {
            expectEnd();
            return;
        }
        // What was sent over loopback is here already.
        socket.setSoTimeout(1);
        assertThatThrownBy(in::read).isInstanceOf(SocketTimeoutException.class);
        socket.setSoTimeout(WAIT_MAX_MILLIS);
    }

    /** Says nothing for a while; whatever the other side does meanwhile ends it. */
    ScriptedPeer pause(int millis) throws IOException {
        isAnswered(millis);
        return this;
    }

    /** Sends the same again and again, little by little, until something comes. */
    ScriptedPeer sendUntilAnswered(byte[] bytes) throws IOException {
        do {
            send(bytes);
        } while (!isAnswered(20));
        return this;
    }

    private boolean isAnswered(int millis) throws IOException {
        in.mark(1);
        socket.setSoTimeout(millis);
        try {
            in.read();
            in.reset();
            return true;
        } catch (SocketTimeoutException e) {
            return false;
        } finally {
            socket.setSoTimeout(WAIT_MAX_MILLIS);
        }
    }

    /** Sends nothing more, and still reads. */
    void shutDown() throws IOException {
        socket.shutdownOutput();
    }

    /** Closes the connection in the middle of whatever it was. */
    void hangUp() throws IOException {
        socket.close();
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }

    /** Bytes written as hex; blanks and whatever follows a # are left out. */
    static byte[] hex(String text) {
        StringBuilder digits = new StringBuilder();
        text.lines().forEach(line -> digits.append(line.replaceAll("#.*|\\s", "")));
        return HexFormat.of().parseHex(digits);
    }
}
