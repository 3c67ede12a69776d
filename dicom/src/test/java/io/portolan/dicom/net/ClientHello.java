package io.portolan.dicom.net;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.util.HexFormat;

/** The first message of a TLS client (RFC 5246 7.4.1.2), byte by byte: the JDK's own offers nothing that is old enough to be refused. */
final class ClientHello {

    static final int TLS_1_0 = 0x0301;
    static final int TLS_1_1 = 0x0302;
    static final int TLS_1_2 = 0x0303;

    private static final int WAIT_MAX_MILLIS = 20_000;

    // supported_groups secp256r1, ffdhe2048; ec_point_formats uncompressed; signature_algorithms ECDSA and RSA with
    // SHA-256
    private static final String EXTENSIONS =
            "0021" + "000a 0006 0004 0017 0100" + "000b 0002 0100" + "000d 0008 0006 0403 0401 0804" + "ff01 0001 00";

    private ClientHello() {}

    static byte[] of(int version, int... suites) {
        ByteArrayOutputStream hello = new ByteArrayOutputStream();
        hello.writeBytes(bytes("%04x".formatted(version) + "00".repeat(32) + "00"));
        hello.writeBytes(bytes("%04x".formatted(2 * suites.length)));
        for (int suite : suites) {
            hello.writeBytes(bytes("%04x".formatted(suite)));
        }
        hello.writeBytes(bytes("0100" + EXTENSIONS));
        String header = "16 0301 %04x 01 %06x".formatted(hello.size() + 4, hello.size());
        ByteArrayOutputStream record = new ByteArrayOutputStream();
        record.writeBytes(bytes(header));
        record.writeBytes(hello.toByteArray());
        return record.toByteArray();
    }

    /** What a server says to it: {@code alert 70}, or the suite that it chose as four hexadecimal digits. */
    static String answer(int port, byte[] hello) throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.setSoTimeout(WAIT_MAX_MILLIS);
            socket.getOutputStream().write(hello);
            DataInputStream in = new DataInputStream(socket.getInputStream());
            int type = in.read();
            in.skipNBytes(2);
            byte[] record = in.readNBytes(in.readUnsignedShort());
            if (type == 0x15) {
                return "alert " + record[1];
            }
            int sessionBytes = record[38];
            return HexFormat.of().formatHex(record, 39 + sessionBytes, 41 + sessionBytes);
        }
    }

    private static byte[] bytes(String hex) {
        return HexFormat.of().parseHex(hex.replace(" ", ""));
    }
}
