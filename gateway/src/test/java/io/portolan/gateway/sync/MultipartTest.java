package io.portolan.gateway.sync;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class MultipartTest {

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            multipart/related; boundary=abc                          | abc
            multipart/related;boundary="a b;c"; type=x               | a b;c
            Multipart/Related; type="application/dicom"; BOUNDARY=x  | x
            multipart/related                                        |
            """)
    void findsTheBoundary(String contentType, String boundary) {
        assertThat(Multipart.boundary(contentType).orElse(null)).isEqualTo(boundary);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "--b\r\nA: 1\r\n\r\none\r\n--b\r\n\r\ntwo\r\n--b--",
                "\r\n--b\r\na: 1\r\n\r\none\r\n--b  \r\n\r\ntwo\r\n--b--\r\n",
                "preamble\r\n--b\r\na: 1\r\n\r\none\r\n--b\r\n\r\ntwo\r\n--b--\r\nepilogue\r\n--b\r\n"
            })
    void findsTheParts(String body) throws IOException {
        Multipart parts = new Multipart(new ByteArrayInputStream(bytes(body)), "b");
        Multipart.Part one = parts.next().orElseThrow();
        assertThat(one.headers()).containsEntry("a", "1");
        assertThat(text(one)).isEqualTo("one");
        assertThat(text(parts.next().orElseThrow())).isEqualTo("two");
        assertThat(parts.next()).isEmpty();
    }

    @Test
    void findsPartsThatHaveNothingOrAlmostABoundary() throws IOException {
        String almost = "\r\n--\r\n--a\r\n-b--b\r\n\r\n";
        String body = "--b\r\n\r\n\r\n--b\r\nx: y\r\n\r\n" + almost + "\r\n--b\r\n\r\n\r\n--b--";
        Multipart parts = new Multipart(new ByteArrayInputStream(bytes(body)), "b");
        assertThat(text(parts.next().orElseThrow())).isEmpty();
        assertThat(text(parts.next().orElseThrow())).isEqualTo(almost);
        assertThat(text(parts.next().orElseThrow())).isEmpty();
        assertThat(parts.next()).isEmpty();
    }

    @Test
    void passesOverWhatIsNotRead() throws IOException {
        Multipart parts =
                new Multipart(new ByteArrayInputStream(bytes("--b\r\n\r\none\r\n--b\r\n\r\ntwo\r\n--b--")), "b");
        assertThat(parts.next().orElseThrow().content().read()).isEqualTo('o');
        assertThat(text(parts.next().orElseThrow())).isEqualTo("two");
    }

    /** Sizes around that of the buffer, in pieces of any size. */
    @Test
    void findsPartsOfAnySize() throws IOException {
        Random random = new Random(7);
        List<byte[]> contents = new ArrayList<>();
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        for (int size : new int[] {0, 1, 65_530, 65_536, 65_537, 131_072, 200_000, 3}) {
            byte[] content = new byte[size];
            random.nextBytes(content);
            for (int i = 0; i + 3 < size; i += 1 + random.nextInt(50)) {
                System.arraycopy(bytes("\r\n--"), 0, content, Math.min(i, size - 4), 4);
            }
            contents.add(content);
            body.writeBytes(bytes("\r\n--boundary\r\nContent-Type: x\r\n\r\n"));
            body.writeBytes(content);
        }
        body.writeBytes(bytes("\r\n--boundary--"));
        for (int pieces : new int[] {1, 7, 4096, 1 << 20}) {
            Multipart parts = new Multipart(new Pieces(body.toByteArray(), pieces), "boundary");
            for (byte[] content : contents) {
                assertThat(parts.next().orElseThrow().content().readAllBytes()).isEqualTo(content);
            }
            assertThat(parts.next()).isEmpty();
        }
    }

    @Test
    void noticesABodyThatIsCutOffAnywhere() {
        byte[] whole = bytes("--b\r\na: 1\r\n\r\none\r\n--b\r\n\r\ntwo\r\n--b--");
        for (int length = 0; length < whole.length; length++) {
            Multipart parts = new Multipart(new ByteArrayInputStream(whole, 0, length), "b");
            assertThatThrownBy(() -> readAll(parts)).as("cut off at %d", length).isInstanceOf(EOFException.class);
        }
    }

    @Test
    void refusesHeadersWithoutEnd() {
        Multipart line = new Multipart(new ByteArrayInputStream(bytes("--b\r\n" + "x".repeat(20_000))), "b");
        assertThatThrownBy(line::next).isInstanceOf(BoundedStream.TooLongException.class);
        Multipart lines = new Multipart(new ByteArrayInputStream(bytes("--b\r\n" + "x: y\r\n".repeat(5_000))), "b");
        assertThatThrownBy(lines::next).isInstanceOf(BoundedStream.TooLongException.class);
    }

    private static void readAll(Multipart parts) throws IOException {
        for (Optional<Multipart.Part> part = parts.next(); part.isPresent(); part = parts.next()) {
            text(part.get());
        }
    }

    private static String text(Multipart.Part part) throws IOException {
        return new String(part.content().readAllBytes(), StandardCharsets.ISO_8859_1);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    /** Gives so many bytes at once at most. */
    private static final class Pieces extends ByteArrayInputStream {

        private final int bytesMax;

        private Pieces(byte[] bytes, int bytesMax) {
            super(bytes);
            this.bytesMax = bytesMax;
        }

        @Override
        public int read(byte[] bytes, int offset, int length) {
            return super.read(bytes, offset, Math.min(length, bytesMax));
        }
    }
}
