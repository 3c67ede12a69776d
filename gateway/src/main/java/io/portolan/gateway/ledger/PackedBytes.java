package io.portolan.gateway.ledger;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.UUID;

/**
 * Numbers and texts one behind the other.
 *
 * <pre>
 * count    7 bits a byte, lowest first; the highest bit says that more follow
 * number   as a count: 0, -1, 1, -2, ... are 0, 1, 2, 3, ...
 * text     count of its bytes, UTF-8
 * uuid     16 bytes
 * </pre>
 */
final class PackedBytes {

    private PackedBytes() {}

    static final class Writer {

        private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

        void count(long value) {
            long left = value;
            while ((left & ~0x7FL) != 0) {
                bytes.write((int) (left & 0x7F | 0x80));
                left >>>= 7;
            }
            bytes.write((int) left);
        }

        void number(long value) {
            count(value << 1 ^ value >> 63);
        }

        void text(String text) {
            byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
            count(utf8.length);
            bytes.writeBytes(utf8);
        }

        void bytes(byte[] some) {
            bytes.writeBytes(some);
        }

        void uuid(UUID uuid) {
            bytes.writeBytes(ByteBuffer.allocate(16)
                    .putLong(uuid.getMostSignificantBits())
                    .putLong(uuid.getLeastSignificantBits())
                    .array());
        }

        byte[] toBytes() {
            return bytes.toByteArray();
        }
    }

    static final class Reader {

        private final byte[] bytes;
        private int position;

        Reader(byte[] bytes) {
            this.bytes = bytes;
        }

        long count() {
            long value = 0;
            for (int shift = 0; ; shift += 7) {
                byte next = bytes[position++];
                value |= (next & 0x7FL) << shift;
                if (next >= 0) {
                    return value;
                }
            }
        }

        /** Of things that take a byte each at least, so that a wrong one reserves no memory. */
        int size() {
            return Math.toIntExact(count());
        }

        long number() {
            long value = count();
            return value >>> 1 ^ -(value & 1);
        }

        String text() {
            int length = size();
            String text = new String(bytes, position, length, StandardCharsets.UTF_8);
            position += length;
            return text;
        }

        UUID uuid() {
            ByteBuffer uuid = ByteBuffer.wrap(bytes, position, 16);
            position += 16;
            return new UUID(uuid.getLong(), uuid.getLong());
        }

        boolean isAtEnd() {
            return position == bytes.length;
        }
    }
}
