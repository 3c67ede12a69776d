package io.portolan.gateway.convert;

import java.io.ByteArrayOutputStream;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.regex.Pattern;

/**
 * Names of files, whatever encoding they are in. A file system holds bytes; Java shows them in the encoding of the locale, and
 * what does not fit as question marks, though it opens the file all the same.
 */
public final class Names {

    /** A percent sign before what would be read as a byte, or as such a sign. */
    private static final Pattern ESCAPED = Pattern.compile("%(?=[89A-F][0-9A-F]|25)");

    private Names() {}

    /**
     * The path as given, as UTF-8; bytes that are none are shown as {@code %FF}, and what only looks so as {@code %25FF}: no
     * two files have one name.
     */
    public static String of(Path path) {
        String text = path.toString();
        return isPlain(text) ? text : show(bytes(path));
    }

    /** A path by its bytes; relative if they are. */
    public static Path path(byte[] bytes) {
        String text = new String(bytes, StandardCharsets.ISO_8859_1);
        if (isPlain(text)) {
            return Path.of(text);
        }
        StringBuilder uri = new StringBuilder("file:///");
        for (byte b : bytes) {
            boolean plain =
                    b >= '0' && b <= '9' || b >= 'a' && b <= 'z' || b >= 'A' && b <= 'Z' || b == '/' || b == '.';
            uri.append(plain ? String.valueOf((char) b) : String.format("%%%02X", b & 0xFF));
        }
        Path path = Path.of(URI.create(uri.toString()));
        return bytes[0] == '/' ? path : path.subpath(0, path.getNameCount());
    }

    /** Printable ASCII; a question mark may stand for something else, and a percent sign may have to be told from one. */
    private static boolean isPlain(String text) {
        return text.chars().allMatch(c -> c >= ' ' && c < 0x7F && c != '?' && c != '%');
    }

    private static byte[] bytes(Path path) {
        String raw = Path.of("/").resolve(path).toUri().getRawPath();
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        for (int i = path.isAbsolute() ? 0 : 1; i < raw.length(); i++) {
            if (raw.charAt(i) == '%') {
                bytes.write(Integer.parseInt(raw, i + 1, i + 3, 16));
                i += 2;
            } else {
                bytes.write(raw.charAt(i));
            }
        }
        byte[] all = bytes.toByteArray();
        boolean folder = all.length > 1 && all[all.length - 1] == '/';
        return folder ? Arrays.copyOf(all, all.length - 1) : all;
    }

    private static String show(byte[] bytes) {
        String text;
        try {
            text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
            return ESCAPED.matcher(text).replaceAll("%25");
        } catch (CharacterCodingException e) {
            text = new String(bytes, StandardCharsets.ISO_8859_1);
        }
        StringBuilder shown = new StringBuilder();
        ESCAPED.matcher(text)
                .replaceAll("%25")
                .chars()
                .forEach(c -> shown.append(c < 0x80 ? String.valueOf((char) c) : String.format("%%%02X", c)));
        return shown.toString();
    }
}
