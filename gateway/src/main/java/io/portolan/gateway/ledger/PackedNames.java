package io.portolan.gateway.ledger;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Puts a sign in place of UIDs that stand elsewhere in a packed study, and of a UUID, whose 16 bytes are told apart: the
 * SOPInstanceUID is in the attributes of its instance, and in the path of its file.
 */
final class PackedNames {

    /** Signs that no text has: DicomJson escapes them, and no UID, AE title or path has any. Should one all the same: {@link #QUOTE}. */
    private static final char STUDY = 2;

    private static final char SERIES = 3;
    private static final char SOP_INSTANCE = 4;
    private static final char UUID_SIGN = 5;

    /** Before a sign that stands for itself, raised by {@link #QUOTED}. */
    private static final char QUOTE = 6;

    private static final char QUOTED = '@';

    private static final Pattern UUID_FORM =
            Pattern.compile("[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}");

    private final String study;
    private final Deque<UUID> uuids = new ArrayDeque<>();

    PackedNames(String study) {
        this.study = study;
    }

    /**
     * Shortens a text.
     *
     * @param series empty: not known there; likewise the instance
     */
    String shorten(String text, String series, String sopInstance) {
        String shorter = quote(text);
        shorter = sopInstance.isEmpty() ? shorter : shorter.replace(sopInstance, String.valueOf(SOP_INSTANCE));
        shorter = series.isEmpty() ? shorter : shorter.replace(series, String.valueOf(SERIES));
        return withoutUuids(shorter.replace(study, String.valueOf(STUDY)));
    }

    private static String quote(String text) {
        if (text.chars().noneMatch(PackedNames::isSign)) {
            return text;
        }
        StringBuilder quoted = new StringBuilder();
        for (int i = 0; i < text.length(); i++) {
            char sign = text.charAt(i);
            if (isSign(sign)) {
                quoted.append(QUOTE).append((char) (sign + QUOTED));
            } else {
                quoted.append(sign);
            }
        }
        return quoted.toString();
    }

    private static boolean isSign(int sign) {
        return sign >= PackedColumn.GAP && sign <= QUOTE;
    }

    private String withoutUuids(String text) {
        if (text.indexOf('-') < 0) {
            return text;
        }
        Matcher matcher = UUID_FORM.matcher(text);
        return matcher.replaceAll(found -> {
            uuids.add(UUID.fromString(found.group()));
            return String.valueOf(UUID_SIGN);
        });
    }

    /** Undoes {@link #shorten}, in the same order of texts. */
    String restore(String text, String series, String sopInstance) {
        if (text.chars().noneMatch(PackedNames::isSign)) {
            return text;
        }
        StringBuilder whole = new StringBuilder();
        for (int i = 0; i < text.length(); i++) {
            char sign = text.charAt(i);
            switch (sign) {
                case STUDY -> whole.append(study);
                case SERIES -> whole.append(series);
                case SOP_INSTANCE -> whole.append(sopInstance);
                case UUID_SIGN -> whole.append(uuids.remove());
                case QUOTE -> whole.append((char) (text.charAt(++i) - QUOTED));
                default -> whole.append(sign);
            }
        }
        return whole.toString();
    }

    void write(PackedBytes.Writer out) {
        out.count(uuids.size());
        uuids.forEach(out::uuid);
    }

    void read(PackedBytes.Reader in) {
        int count = in.size();
        List<UUID> read = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            read.add(in.uuid());
        }
        uuids.addAll(read);
    }
}
