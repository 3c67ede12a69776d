package io.portolan.dicom.io;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.Deflater;

/** Bytes written by hand: {@code 08 00 60 00 'CS' 02 00 'CT'}, with comments behind # up to the end of a line. */
final class Fixture {

    private static final Pattern TOKEN = Pattern.compile("#[^\n]*|'([^']*)'|(\\p{XDigit}{2})|\\s+");

    private Fixture() {}

    static byte[] bytes(String text) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        Matcher token = TOKEN.matcher(text);
        int end = 0;
        while (token.find()) {
            if (token.start() != end) {
                throw new AssertionError("neither hex nor 'text' at " + end);
            }
            end = token.end();
            if (token.group(1) != null) {
                out.writeBytes(token.group(1).getBytes(StandardCharsets.ISO_8859_1));
            } else if (token.group(2) != null) {
                out.write(Integer.parseInt(token.group(2), 16));
            }
        }
        if (end != text.length()) {
            throw new AssertionError("neither hex nor 'text' at " + end);
        }
        return out.toByteArray();
    }

    static byte[] concat(byte[]... parts) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            out.writeBytes(part);
        }
        return out.toByteArray();
    }

    /** PS3.10 7.1, with nothing but the transfer syntax. */
    static byte[] file(String transferSyntax, byte[] dataSet) {
        String uid = transferSyntax.length() % 2 == 0 ? transferSyntax : transferSyntax + "\0";
        return concat(
                new byte[128], bytes("'DICM' 02 00 10 00 'UI'"), u16(uid.length()), bytes("'" + uid + "'"), dataSet);
    }

    static byte[] u16(int value) {
        return new byte[] {(byte) value, (byte) (value >>> 8)};
    }

    static byte[] u32(long value) {
        return concat(u16((int) value), u16((int) (value >>> 16)));
    }

    /** PS3.5 A.5: without the zlib header. */
    static byte[] deflate(byte[] bytes) {
        return deflate(bytes, true);
    }

    /** With the header and the checksum of RFC 1950. */
    static byte[] zlib(byte[] bytes) {
        return deflate(bytes, false);
    }

    private static byte[] deflate(byte[] bytes, boolean bare) {
        Deflater deflater = new Deflater(9, bare);
        deflater.setInput(bytes);
        deflater.finish();
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        byte[] buffer = new byte[8192];
        while (!deflater.finished()) {
            out.write(buffer, 0, deflater.deflate(buffer));
        }
        deflater.end();
        return out.toByteArray();
    }

    /** Counts what is taken from it, and can give as little at a time as the contract allows, and less. */
    static final class SlowStream extends InputStream {

        private final InputStream in;
        private final int atATime;
        long taken;

        SlowStream(InputStream in, int atATime) {
            this.in = in;
            this.atATime = atATime;
        }

        @Override
        public int read() throws IOException {
            int b = in.read();
            taken += b < 0 ? 0 : 1;
            return b;
        }

        @Override
        public int read(byte[] bytes, int offset, int length) throws IOException {
            int read = in.read(bytes, offset, Math.min(length, atATime));
            taken += Math.max(read, 0);
            return read;
        }

        @Override
        public long skip(long n) {
            return 0;
        }
    }

    /** A stream that cannot be read. */
    static InputStream failing(IOException failure) {
        return new InputStream() {
            @Override
            public int read() throws IOException {
                throw failure;
            }

            @Override
            public int read(byte[] bytes, int offset, int length) throws IOException {
                throw failure;
            }
        };
    }

    /** n bytes that nobody holds. */
    static InputStream zeros(long n) {
        return new InputStream() {
            private long left = n;

            @Override
            public int read() {
                return left-- > 0 ? 0 : -1;
            }

            @Override
            public int read(byte[] bytes, int offset, int length) {
                if (left <= 0) {
                    return -1;
                }
                int read = (int) Math.min(left, length);
                left -= read;
                return read;
            }
        };
    }
}
