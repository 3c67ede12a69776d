package io.portolan.bench;

import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * What this machine can take at most: a bare C-STORE SCP that looks at the heads of PDUs alone and answers with success. A
 * program of its own; it prints its port and runs until it is killed.
 */
final class SinkReceiver {

    /** What it does before it answers. */
    enum Mode {
        /** Nothing. */
        COUNT,
        /** Appends 8 KB to a file of the association's, and syncs it. */
        SYNC,
        /** Writes what came into a file of its own, and syncs that. */
        FILES
    }

    private static final int SYNC_BYTES = 8 * 1024;
    private static final AtomicLong NAMES = new AtomicLong();

    private final Mode mode;
    private final Path folder;
    private final DataInputStream in;
    private final OutputStream out;
    private final byte[] pdu = new byte[EncodedInstances.PDU_LENGTH_BYTES + 16];
    private final byte[] response = response();
    private @Nullable FileChannel file;

    private SinkReceiver(Mode mode, Path folder, Socket socket) throws IOException {
        this.mode = mode;
        this.folder = folder;
        this.in = new DataInputStream(socket.getInputStream());
        this.out = socket.getOutputStream();
    }

    public static void main(String[] args) throws IOException {
        Mode mode = Mode.valueOf(args[0].toUpperCase(Locale.ROOT));
        Path folder = Path.of(args[1]);
        try (ServerSocket server = new ServerSocket(0, 64, InetAddress.getLoopbackAddress())) {
            System.out.println("port " + server.getLocalPort());
            while (true) {
                Socket socket = server.accept();
                socket.setTcpNoDelay(true);
                new Thread(() -> serve(mode, folder, socket)).start();
            }
        }
    }

    private static void serve(Mode mode, Path folder, Socket socket) {
        try (socket) {
            new SinkReceiver(mode, folder, socket).run();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void run() throws IOException {
        while (true) {
            in.readFully(pdu, 0, 6);
            int length = ByteBuffer.wrap(pdu).getInt(2);
            in.readFully(pdu, 6, length);
            switch (pdu[0]) {
                case 1 -> out.write(acceptance(length));
                case 4 -> data(length);
                default -> {
                    out.write(new byte[] {6, 0, 0, 0, 0, 4, 0, 0, 0, 0});
                    return;
                }
            }
        }
    }

    // The sender puts one presentation-data-value into a PDU.
    private void data(int length) throws IOException {
        boolean command = (pdu[11] & 1) != 0;
        boolean last = (pdu[11] & 2) != 0;
        if (command) {
            return;
        }
        if (mode == Mode.FILES) {
            file().write(ByteBuffer.wrap(pdu, 12, length - 6));
        }
        if (last) {
            keep();
            out.write(response);
        }
    }

    private void keep() throws IOException {
        if (mode == Mode.COUNT) {
            return;
        }
        if (mode == Mode.SYNC) {
            file().write(ByteBuffer.wrap(pdu, 0, SYNC_BYTES));
        }
        file().force(false);
        if (mode == Mode.FILES) {
            file().close();
            file = null;
        }
    }

    private FileChannel file() throws IOException {
        FileChannel open = file;
        if (open == null) {
            Path path = folder.resolve("sink-" + NAMES.incrementAndGet());
            open = FileChannel.open(path, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
            file = open;
        }
        return open;
    }

    /** Accepts the one presentation context of {@link RawSender}, and any length. */
    private byte[] acceptance(int length) {
        ByteBuffer request = ByteBuffer.wrap(pdu, 0, 6 + length);
        int context = 6 + 68;
        while (request.get(context) != 0x20) {
            context += 4 + request.getShort(context + 2);
        }
        int syntax = context + 8;
        while (request.get(syntax) != 0x40) {
            syntax += 4 + request.getShort(syntax + 2);
        }
        byte[] item = Arrays.copyOfRange(pdu, syntax, syntax + 4 + request.getShort(syntax + 2));
        ByteBuffer answer = ByteBuffer.allocate(512);
        answer.put((byte) 2).put((byte) 0).putInt(0).put(pdu, 6, 68);
        answer.put((byte) 0x21).put((byte) 0).putShort((short) (4 + item.length));
        answer.put(pdu[context + 4]).put(new byte[3]).put(item);
        answer.put((byte) 0x50).put((byte) 0).putShort((short) 8);
        answer.put((byte) 0x51).put((byte) 0).putShort((short) 4).putInt(0);
        answer.putInt(2, answer.position() - 6);
        return Arrays.copyOf(answer.array(), answer.position());
    }

    /** C-STORE-RSP with status and message ID only: it need not say of which class and instance. */
    private static byte[] response() {
        ByteBuffer pdu = ByteBuffer.allocate(12 + 12 + 4 * 10);
        pdu.put((byte) 4).put((byte) 0).putInt(pdu.capacity() - 6).putInt(pdu.capacity() - 10);
        pdu.put((byte) EncodedInstances.CONTEXT_ID).put((byte) 3);
        pdu.order(ByteOrder.LITTLE_ENDIAN);
        pdu.putInt(0).putInt(4).putInt(4 * 10);
        for (int[] element : new int[][] {{0x0100, 0x8001}, {0x0120, 7}, {0x0800, 0x0101}, {0x0900, 0}}) {
            pdu.putShort((short) 0).putShort((short) element[0]).putInt(2).putShort((short) element[1]);
        }
        return pdu.array();
    }
}
