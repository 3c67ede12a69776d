package io.portolan.bench;

import java.io.EOFException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * One association that sends {@link EncodedInstances} and does nothing else: TCP_NODELAY, one writev for a message, the next
 * message after the response (PS3.7 9.3.1). It costs the machine as little as a sender can.
 */
final class RawSender implements AutoCloseable {

    private static final String EXPLICIT_VR_LITTLE_ENDIAN = "1.2.840.10008.1.2.1";
    private static final byte[] RELEASE_RQ = {5, 0, 0, 0, 0, 4, 0, 0, 0, 0};
    private static final int ASSOCIATE_AC = 2;
    private static final int P_DATA_TF = 4;
    private static final int MAXIMUM_LENGTH = 0x51;

    private final SocketChannel channel;
    private final ByteBuffer received = ByteBuffer.allocateDirect(64 * 1024);

    RawSender(int port, String calledAe) throws IOException {
        channel = SocketChannel.open(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
        channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
        write(associateRequest(calledAe));
        ByteBuffer answer = receive(ASSOCIATE_AC);
        requireLength(answer);
    }

    /** Sends until all are sent or the time is over. */
    void send(EncodedInstances instances, List<Integer> share, long endNanos, List<Long> latencies) throws IOException {
        for (int instance : share) {
            long start = System.nanoTime();
            if (start >= endNanos) {
                return;
            }
            ByteBuffer[] message = instances.message(instance);
            while (message[1].hasRemaining() || message[0].hasRemaining()) {
                channel.write(message);
            }
            requireSuccess(receive(P_DATA_TF));
            latencies.add(System.nanoTime() - start);
        }
    }

    @Override
    public void close() throws IOException {
        write(ByteBuffer.wrap(RELEASE_RQ));
        channel.close();
    }

    private void write(ByteBuffer bytes) throws IOException {
        while (bytes.hasRemaining()) {
            channel.write(bytes);
        }
    }

    /** The body of the next PDU, which must be of this type. */
    private ByteBuffer receive(int type) throws IOException {
        received.clear().limit(6);
        fill();
        if (received.get(0) != type) {
            throw new IOException("the receiver answers with a PDU of type " + received.get(0));
        }
        received.limit(6 + received.getInt(2));
        fill();
        return received.slice(6, received.limit() - 6);
    }

    private void fill() throws IOException {
        while (received.hasRemaining()) {
            if (channel.read(received) < 0) {
                throw new EOFException("the receiver closed the connection");
            }
        }
    }

    // PS3.7 C: (0000,0900) Status
    private static void requireSuccess(ByteBuffer body) throws IOException {
        ByteBuffer command = body.slice(6, body.limit() - 6).order(ByteOrder.LITTLE_ENDIAN);
        while (command.remaining() >= 8) {
            int tag = command.getInt(); // of group 0: the element in the upper half
            int length = command.getInt();
            if (tag == 0x0900_0000) {
                int status = command.getShort() & 0xFFFF;
                if (status != 0) {
                    throw new IOException("refused: 0x%04X".formatted(status));
                }
                return;
            }
            command.position(command.position() + length);
        }
        throw new IOException("a response without status");
    }

    /** The instances are cut for PDUs of {@link EncodedInstances#PDU_LENGTH_BYTES}, which the receiver must take. */
    private static void requireLength(ByteBuffer acceptance) throws IOException {
        int at = 68;
        while (acceptance.get(at) != 0x50) {
            at += 4 + acceptance.getShort(at + 2);
        }
        for (int sub = at + 4; sub < acceptance.limit(); sub += 4 + acceptance.getShort(sub + 2)) {
            int maximum = acceptance.getInt(sub + 4);
            if (acceptance.get(sub) == MAXIMUM_LENGTH && maximum != 0 && maximum < EncodedInstances.PDU_LENGTH_BYTES) {
                throw new IOException("the receiver takes PDUs of " + maximum + " bytes only");
            }
        }
    }

    // PS3.8 9.3.2
    private static ByteBuffer associateRequest(String calledAe) {
        ByteBuffer pdu = ByteBuffer.allocate(512);
        pdu.put((byte) 1).put((byte) 0).putInt(0).putShort((short) 1).putShort((short) 0);
        pdu.put("%-16s%-16s".formatted(calledAe, "BENCH").getBytes(StandardCharsets.US_ASCII))
                .put(new byte[32]);
        item(pdu, 0x10, "1.2.840.10008.3.1.1.1");
        int context = begin(pdu, 0x20);
        pdu.put((byte) EncodedInstances.CONTEXT_ID).put(new byte[3]);
        item(pdu, 0x30, EncodedInstances.SOP_CLASS);
        item(pdu, 0x40, EXPLICIT_VR_LITTLE_ENDIAN);
        end(pdu, context);
        int user = begin(pdu, 0x50);
        int maximumLength = begin(pdu, MAXIMUM_LENGTH);
        pdu.putInt(16 * 1024);
        end(pdu, maximumLength);
        item(pdu, 0x52, "2.25.74958311748622426806976126255300537305");
        end(pdu, user);
        pdu.putInt(2, pdu.position() - 6);
        return pdu.flip();
    }

    private static void item(ByteBuffer pdu, int type, String text) {
        int at = begin(pdu, type);
        pdu.put(text.getBytes(StandardCharsets.US_ASCII));
        end(pdu, at);
    }

    private static int begin(ByteBuffer pdu, int type) {
        int at = pdu.position();
        pdu.put((byte) type).put((byte) 0).putShort((short) 0);
        return at;
    }

    private static void end(ByteBuffer pdu, int at) {
        pdu.putShort(at + 2, (short) (pdu.position() - at - 4));
    }
}
