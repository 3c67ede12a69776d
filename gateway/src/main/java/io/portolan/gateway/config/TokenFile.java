package io.portolan.gateway.config;

import io.portolan.gateway.BearerToken;
import io.portolan.gateway.FileReason;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** The file that holds a bearer token: one line, and nothing else. Read at start; what it holds is never shown. */
public final class TokenFile {

    /** No token is so long; a wrong file may be. */
    private static final int BYTES_MAX = 64 * 1024;

    private TokenFile() {}

    /**
     * Reads the token.
     *
     * @throws IOException with a message that says what is wrong with the file
     */
    public static BearerToken read(Path file) throws IOException {
        if (Files.isDirectory(file)) {
            throw new IOException(file + " is a folder; it must be a file that holds a bearer token");
        }
        String text = text(file);
        if (text.isEmpty()) {
            throw new IOException(file + " is empty; it must hold a bearer token");
        }
        try {
            return new BearerToken(text);
        } catch (IllegalArgumentException e) {
            throw new IOException(
                    file + " holds no bearer token: it must be one word of ASCII letters, digits and -._~+/=");
        }
    }

    /**
     * Reads a password, which may be any text on one line.
     *
     * @throws IOException with a message that says what is wrong with the file
     */
    public static String readPassword(Path file) throws IOException {
        String text = text(file);
        if (text.isEmpty() || text.chars().anyMatch(Character::isISOControl)) {
            throw new IOException(file + " must hold a password, alone on its line");
        }
        return text;
    }

    /** What is wrong, if anything. */
    static Optional<String> problem(Path file) {
        try {
            read(file);
            return Optional.empty();
        } catch (IOException e) {
            return Optional.of(String.valueOf(e.getMessage()));
        }
    }

    /** The same of a password. */
    static Optional<String> problemOfPassword(Path file) {
        try {
            readPassword(file);
            return Optional.empty();
        } catch (IOException e) {
            return Optional.of(String.valueOf(e.getMessage()));
        }
    }

    private static String text(Path file) throws IOException {
        try {
            if (Files.size(file) > BYTES_MAX) {
                throw new IOException(file + " is too long for a bearer token");
            }
            return Files.readString(file).strip();
        } catch (FileSystemException | CharacterCodingException e) {
            throw new IOException(file + " cannot be read: " + FileReason.of(e), e);
        }
    }
}
