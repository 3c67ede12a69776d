package io.portolan.e2e;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Random;

/** A peer on loopback that does what a good one does not, by bytes of its own. */
final class BadPeer implements AutoCloseable {

    /** How it stalls. */
    enum Stall {
        /** Never sends its whole A-ASSOCIATE-RQ. */
        HALF_OPEN,
        /** Falls silent within a P-DATA-TF. */
        MID_PDU,
        /** Goes on with a byte or two now and then. */
        TRICKLING,
        /** Asks, and does not read the answers. */
        NOT_READING
    }

    private static final int WAIT_MAX_MILLIS = 60_000;
    private static final int TRICKLE_MILLIS = 200;
    private static final int ECHOES_AT_ONCE = 500;
    private static final HexFormat HEX = HexFormat.of();

    /** PS3.7 9.3.5.1, Verification. */
    private static final byte[] ECHO = pData(3, hex("""
            00000000 04000000 38000000
            00000200 12000000 312e322e3834302e31303030382e312e3100
            00000001 02000000 3000
            00001001 02000000 0100
            00000008 02000000 0101
            """));

    /** PS3.7 9.3.1.1, of no class in particular: whatever is wrong with it is said when its data set has ended. */
    private static final byte[] STORE = pData(3, hex("""
            00000001 02000000 0100
            00001001 02000000 0100
            00000007 02000000 0000
            00000008 02000000 0000
            """));

    private final Socket socket;

    BadPeer(int port) throws IOException {
        this.socket = new Socket(InetAddress.getLoopbackAddress(), port);
        socket.setTcpNoDelay(true);
        socket.setSoTimeout(WAIT_MAX_MILLIS);
    }

    /** Stalls until the gateway has enough of it, and says whether it had. */
    boolean stall(Stall stall) throws IOException {
        byte[] request = request(1);
        if (stall == Stall.HALF_OPEN) {
            send(Arrays.copyOf(request, request.length / 2));
            return isEnded();
        }
        send(request);
        if (!isAccepted()) {
            return false;
        }
        return switch (stall) {
            case MID_PDU -> {
                send(STORE);
                send(Arrays.copyOf(pData(0, new byte[60_000]), 30_000));
                yield isEnded();
            }
            case TRICKLING -> {
                send(STORE);
                yield trickle();
            }
            default -> ask();
        };
    }

    // The pause is the time that the gateway may use to end it.
    private boolean trickle() throws IOException {
        socket.setSoTimeout(TRICKLE_MILLIS);
        byte[] little = pData(0, new byte[2]);
        while (true) {
            try {
                send(little);
                return isEnd(socket.getInputStream().read());
            } catch (SocketTimeoutException e) {
                // not yet
            } catch (IOException e) {
                return true;
            }
        }
    }

    private boolean ask() {
        ByteArrayOutputStream echoes = new ByteArrayOutputStream();
        for (int i = 0; i < ECHOES_AT_ONCE; i++) {
            echoes.writeBytes(ECHO);
        }
        try {
            while (true) {
                send(echoes.toByteArray());
            }
        } catch (IOException e) {
            return true;
        }
    }

    /** Sends something malformed, and waits until the gateway has said what it thinks of it. */
    void malformed(Random random) throws IOException {
        try {
            send(malformedBytes(random));
            socket.shutdownOutput();
            socket.getInputStream().transferTo(OutputStream.nullOutputStream());
        } catch (IOException e) {
            // it hung up in the middle
        }
    }

    private static byte[] malformedBytes(Random random) {
        byte[] noise = new byte[1 + random.nextInt(4096)];
        random.nextBytes(noise);
        return switch (random.nextInt(8)) {
            case 0 -> noise;
            case 1 -> hex("01 00 ffffffff");
            case 2 -> hex("04 00 00000010");
            case 3 -> manyItems();
            case 4 -> concat(request(1), hex("04 00 ffffffff"));
            case 5 -> concat(request(1), hex("04 00 00000006 ffffffff 01 03"));
            case 6 -> concat(request(1), STORE, noise);
            default -> {
                byte[] damaged = request(1 + random.nextInt(60));
                for (int i = 0; i < 8; i++) {
                    damaged[6 + random.nextInt(damaged.length - 6)] = (byte) random.nextInt();
                }
                yield damaged;
            }
        };
    }

    // 65,000 empty items
    private static byte[] manyItems() {
        ByteBuffer pdu = ByteBuffer.allocate(6 + 68 + 4 * 65_000);
        pdu.put((byte) 1).put((byte) 0).putInt(68 + 4 * 65_000).putShort((short) 1);
        pdu.position(6 + 68);
        while (pdu.hasRemaining()) {
            pdu.put((byte) 0x77).put((byte) 0).putShort((short) 0);
        }
        return pdu.array();
    }

    /** PS3.8 9.3.2 with so many contexts, Verification in Implicit VR Little Endian each. */
    private static byte[] request(int contexts) {
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        body.writeBytes(hex("0001 0000"));
        body.writeBytes("PORTOLAN        BAD             ".getBytes(StandardCharsets.US_ASCII));
        body.writeBytes(new byte[32]);
        item(body, 0x10, ascii("1.2.840.10008.3.1.1.1"));
        for (int i = 0; i < contexts; i++) {
            ByteArrayOutputStream context = new ByteArrayOutputStream();
            context.writeBytes(new byte[] {(byte) (2 * i + 1), 0, 0, 0});
            item(context, 0x30, ascii("1.2.840.10008.1.1"));
            item(context, 0x40, ascii("1.2.840.10008.1.2"));
            item(body, 0x20, context.toByteArray());
        }
        item(body, 0x50, hex("51 00 0004 00004000"));
        return concat(hex("01 00 %08x".formatted(body.size())), body.toByteArray());
    }

    private static void item(ByteArrayOutputStream to, int type, byte[] content) {
        to.writeBytes(hex("%02x 00 %04x".formatted(type, content.length)));
        to.writeBytes(content);
    }

    private static byte[] pData(int control, byte[] fragment) {
        return concat(
                hex("04 00 %08x %08x 01 %02x".formatted(fragment.length + 6, fragment.length + 2, control)), fragment);
    }

    private static byte[] concat(byte[]... parts) {
        ByteArrayOutputStream whole = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            whole.writeBytes(part);
        }
        return whole.toByteArray();
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    private static byte[] hex(String digits) {
        return HEX.parseHex(digits.replaceAll("\\s", ""));
    }

    private void send(byte[] bytes) throws IOException {
        socket.getOutputStream().write(bytes);
    }

    private boolean isAccepted() throws IOException {
        InputStream in = socket.getInputStream();
        byte[] header = in.readNBytes(6);
        if (header.length < 6 || header[0] != 2) {
            return false;
        }
        in.skipNBytes(ByteBuffer.wrap(header, 2, 4).getInt());
        return true;
    }

    private boolean isEnded() {
        try {
            return isEnd(socket.getInputStream().read());
        } catch (SocketTimeoutException e) {
            return false;
        } catch (IOException e) {
            return true;
        }
    }

    // Without a word, or by A-ABORT.
    private static boolean isEnd(int first) {
        return first < 0 || first == 7;
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
