package io.portolan.cli.convert;

import java.io.ByteArrayOutputStream;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/**
 * Names of files, whatever encoding they are in. A file system holds bytes; Java shows them in the encoding of the locale, and
 * what does not fit as question marks, though it opens the file all the same.
 */
final class Names {

    private Names() {}

    /** The path as given, as UTF-8; bytes that are none are shown as {@code %FF}. */
    static String of(Path path) {
        String text = path.toString();
        if (isPlain(text)) {
            return text;
        }
        byte[] absolute = bytes(path);
        byte[] prefix = path.isAbsolute() ? new byte[0] : bytes(Path.of("").toAbsolutePath());
        int from = prefix.length == 0 ? 0 : prefix.length + 1;
        return show(absolute, Math.min(from, absolute.length));
    }

    /** A path by its bytes. */
    static Path path(byte[] bytes) {
        StringBuilder uri = new StringBuilder("file://");
        byte[] absolute = bytes;
        if (bytes.length == 0 || bytes[0] != '/') {
            byte[] folder = bytes(Path.of("").toAbsolutePath());
            absolute = new byte[folder.length + 1 + bytes.length];
            System.arraycopy(folder, 0, absolute, 0, folder.length);
            absolute[folder.length] = '/';
            System.arraycopy(bytes, 0, absolute, folder.length + 1, bytes.length);
        }
        for (byte b : absolute) {
            boolean plain =
                    b >= '0' && b <= '9' || b >= 'a' && b <= 'z' || b >= 'A' && b <= 'Z' || b == '/' || b == '.';
            uri.append(plain ? String.valueOf((char) b) : String.format("%%%02X", b & 0xFF));
        }
        Path path = Path.of(URI.create(uri.toString()));
        return absolute == bytes ? path : Path.of("").toAbsolutePath().relativize(path);
    }

    /** Printable ASCII; a question mark may stand for something else. */
    private static boolean isPlain(String text) {
        return text.chars().allMatch(c -> c >= ' ' && c < 0x7F && c != '?');
    }

    private static byte[] bytes(Path path) {
        String raw = path.toUri().getRawPath();
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        for (int i = 0; i < raw.length(); i++) {
            if (raw.charAt(i) == '%') {
                bytes.write(Integer.parseInt(raw, i + 1, i + 3, 16));
                i += 2;
            } else {
                bytes.write(raw.charAt(i));
            }
        }
        byte[] all = bytes.toByteArray();
        boolean folder = all.length > 1 && all[all.length - 1] == '/';
        return folder ? java.util.Arrays.copyOf(all, all.length - 1) : all;
    }

    private static String show(byte[] bytes, int from) {
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes, from, bytes.length - from))
                    .toString();
        } catch (CharacterCodingException e) {
            StringBuilder text = new StringBuilder();
            for (int i = from; i < bytes.length; i++) {
                text.append(bytes[i] >= 0 ? String.valueOf((char) bytes[i]) : String.format("%%%02X", bytes[i] & 0xFF));
            }
            return text.toString();
        }
    }
}
