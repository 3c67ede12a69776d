package io.portolan.gateway.access;

import io.portolan.gateway.FileReason;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A file that holds a secret: one line, and nothing else, or a key. What it holds is never shown. */
final class SecretFile {

    /** No secret is so long; a wrong file may be. */
    private static final int BYTES_MAX = 64 * 1024;

    private SecretFile() {}

    /** A bearer token. */
    static BearerToken token(Path file) throws AccessException {
        if (Files.isDirectory(file)) {
            throw AccessException.refused(file + " is a folder; it must be a file that holds a bearer token");
        }
        String text = text(file, "bearer token").strip();
        if (text.isEmpty()) {
            throw AccessException.refused(file + " is empty; it must hold a bearer token");
        }
        try {
            return new BearerToken(text);
        } catch (IllegalArgumentException e) {
            throw AccessException.refused(
                    file + " holds no bearer token: it must be one word of ASCII letters, digits and -._~+/=");
        }
    }

    /** A password, which may be any text on one line. */
    static String password(Path file) throws AccessException {
        String text = text(file, "password").strip();
        if (text.isEmpty() || text.chars().anyMatch(Character::isISOControl)) {
            throw AccessException.refused(file + " must hold a password, alone on its line");
        }
        return text;
    }

    /** @param what for whom it would be too long */
    static String text(Path file, String what) throws AccessException {
        requireShort(file, what);
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw unreadable(file, e);
        }
    }

    static byte[] bytes(Path file, String what) throws AccessException {
        requireShort(file, what);
        try {
            return Files.readAllBytes(file);
        } catch (IOException e) {
            throw unreadable(file, e);
        }
    }

    private static void requireShort(Path file, String what) throws AccessException {
        try {
            if (Files.size(file) > BYTES_MAX) {
                throw AccessException.refused(file + " is too long for a " + what);
            }
        } catch (AccessException e) {
            throw e;
        } catch (IOException e) {
            throw unreadable(file, e);
        }
    }

    private static AccessException unreadable(Path file, IOException e) {
        return AccessException.refused(file + " cannot be read: " + FileReason.of(e));
    }
}
