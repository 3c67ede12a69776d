package io.portolan.gateway.sync;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The parts of a multipart body (RFC 2046 5.1.1), one after the other, none of them held.
 *
 * <pre>
 * preamble CRLF --boundary CRLF header: value CRLF CRLF content CRLF --boundary CRLF ... CRLF --boundary-- epilogue
 * </pre>
 *
 * <p>Deviation from RFC 2046 5.1.1: the first boundary needs no line end before it, when nothing is. A body that ends
 * without its last boundary was cut off: {@link EOFException}. One thread.
 */
final class Multipart {

    static final int HEADER_BYTES_MAX = 16 * 1024;

    private static final int BUFFER_BYTES = 64 * 1024;
    private static final Pattern BOUNDARY = Pattern.compile(
            ";\\s*boundary\\s*=\\s*(?:\"([^\"]{1,200})\"|([^\\s;\"]{1,200}))", Pattern.CASE_INSENSITIVE);

    /** One part: its headers by name, and its content, which ends where the next part is asked for. */
    record Part(Map<String, String> headers, InputStream content) {

        /** In lower case, without parameters; empty: it has none. */
        String mediaType() {
            return Multipart.mediaType(headers.getOrDefault("Content-Type", ""));
        }
    }

    private final InputStream in;
    private final byte[] delimiter;
    private final byte[] buffer = new byte[BUFFER_BYTES];
    private int start;
    private int end;
    private Content content = new Content(0); // first the preamble

    /** @param boundary of the Content-Type */
    Multipart(InputStream in, String boundary) {
        this.in = in;
        this.delimiter = ("\r\n--" + boundary).getBytes(StandardCharsets.ISO_8859_1);
        buffer[end++] = '\r'; // the first delimiter may be the very first bytes
        buffer[end++] = '\n';
    }

    /** The boundary that a Content-Type names. */
    static Optional<String> boundary(String contentType) {
        Matcher matcher = BOUNDARY.matcher(contentType);
        return matcher.find()
                ? Optional.of(matcher.group(1) == null ? matcher.group(2) : matcher.group(1))
                : Optional.empty();
    }

    /** In lower case, without parameters. */
    static String mediaType(String contentType) {
        return contentType.replaceFirst(";.*", "").strip().toLowerCase(Locale.ROOT);
    }

    /** The next part; empty: there are no more. What was not read of the one before is passed over. */
    Optional<Part> next() throws IOException {
        content.skipRest();
        String rest = line(); // of the boundary line
        if (rest.startsWith("--")) {
            return Optional.empty();
        }
        Map<String, String> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        int bytes = 0;
        for (String line = line(); !line.isEmpty(); line = line()) {
            bytes += line.length();
            if (bytes > HEADER_BYTES_MAX) {
                throw new BoundedStream.TooLongException(HEADER_BYTES_MAX);
            }
            int colon = line.indexOf(':');
            if (colon > 0) {
                headers.put(
                        line.substring(0, colon).strip(),
                        line.substring(colon + 1).strip());
            }
        }
        // an empty content has the line end of its headers before its boundary
        start -= 2;
        buffer[start] = '\r';
        buffer[start + 1] = '\n';
        content = new Content(2);
        return Optional.of(new Part(headers, content));
    }

    /** To the line end, which is not in it; the last line needs none. */
    private String line() throws IOException {
        StringBuilder line = new StringBuilder();
        while (true) {
            if (start == end && !fill()) {
                if (line.toString().startsWith("--")) {
                    return line.toString();
                }
                throw cutOff();
            }
            char c = (char) (buffer[start++] & 0xFF);
            if (c == '\n') {
                return line.toString().stripTrailing();
            }
            line.append(c);
            if (line.length() > HEADER_BYTES_MAX) {
                throw new BoundedStream.TooLongException(HEADER_BYTES_MAX);
            }
        }
    }

    /** More bytes behind those that are there; what has been read makes room. */
    private boolean fill() throws IOException {
        if (start > 2) { // two bytes stay free before what is read, see next()
            System.arraycopy(buffer, start, buffer, 2, end - start);
            end = end - start + 2;
            start = 2;
        }
        int read = in.read(buffer, end, buffer.length - end);
        if (read > 0) {
            end += read;
        }
        return read > 0;
    }

    private static EOFException cutOff() {
        return new EOFException("a multipart body without its last boundary");
    }

    /** All up to the next delimiter. */
    private final class Content extends InputStream {

        private boolean ended;
        private int sure; // bytes of the buffer that are content
        private int before; // bytes that are none, unless they begin the delimiter

        private Content(int before) {
            this.before = before;
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
        }

        @Override
        public int read(byte[] bytes, int offset, int length) throws IOException {
            Objects.checkFromIndexSize(offset, length, bytes.length);
            if (length == 0) {
                return 0;
            }
            if (!look()) {
                return -1;
            }
            int read = Math.min(sure, length);
            System.arraycopy(buffer, start, bytes, offset, read);
            pass(read);
            return read;
        }

        private void skipRest() throws IOException {
            while (look()) {
                pass(sure);
            }
        }

        private void pass(int bytes) {
            start += bytes;
            sure -= bytes;
        }

        /** Whether there is content; if not, the delimiter has been passed. */
        private boolean look() throws IOException {
            while (sure == 0 && !ended) {
                int found = indexOfDelimiter();
                if (found == start) {
                    start += delimiter.length;
                    ended = true;
                } else if (found > start || end - start >= delimiter.length) {
                    sure = (found > start ? found : end - delimiter.length + 1) - start;
                    int none = Math.min(before, sure);
                    before -= none;
                    pass(none);
                } else if (!fill()) {
                    throw cutOff();
                }
            }
            return sure > 0;
        }

        private int indexOfDelimiter() {
            for (int i = start; i <= end - delimiter.length; i++) {
                if (buffer[i] == '\r'
                        && Arrays.equals(buffer, i, i + delimiter.length, delimiter, 0, delimiter.length)) {
                    return i;
                }
            }
            return -1;
        }
    }
}
