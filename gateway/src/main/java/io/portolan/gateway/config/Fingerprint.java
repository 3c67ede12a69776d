package io.portolan.gateway.config;

import io.portolan.gateway.config.Keys.Section;
import io.portolan.mapping.StudyMapper;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * What studies are made with, in a few characters: the version of the mapping, and of the sections {@code mapping} and
 * {@code sharing} and of {@code sync.deleted} whatever is not the default. A key that is new and left alone changes nothing.
 */
final class Fingerprint {

    private static final int CHARACTERS = 16;

    private Fingerprint() {}

    static String of(Settings settings) {
        StringBuilder made = new StringBuilder().append(StudyMapper.VERSION);
        for (Section section : Keys.SECTIONS) {
            boolean whole = section.name().equals("mapping") || section.name().equals("sharing");
            section.keys().stream()
                    .filter(key -> whole || key.equals(Keys.SYNC_DELETED))
                    .filter(settings::isChanged)
                    .forEach(key ->
                            made.append('\n').append(key.path()).append('=').append(settings.get(key)));
        }
        return hash(made.toString());
    }

    private static String hash(String text) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest).substring(0, CHARACTERS);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
