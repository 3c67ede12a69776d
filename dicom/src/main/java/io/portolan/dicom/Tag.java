package io.portolan.dicom;

import java.util.Locale;

/**
 * Data element tags as numbers: group in the upper 16 bits, element in the lower (PS3.5 7.1.1). Tags compare unsigned.
 *
 * <p>Only those that the encoding itself needs have a name here; attributes with a meaning are in {@link Attribute}.
 */
public final class Tag {

    /** Items and delimiters (PS3.5 7.5). */
    public static final int ITEM = 0xFFFE_E000;

    public static final int ITEM_DELIMITATION_ITEM = 0xFFFE_E00D;
    public static final int SEQUENCE_DELIMITATION_ITEM = 0xFFFE_E0DD;

    /** File Meta Information (PS3.10 7.1). */
    public static final int FILE_META_INFORMATION_GROUP_LENGTH = 0x0002_0000;

    public static final int FILE_META_INFORMATION_VERSION = 0x0002_0001;
    public static final int MEDIA_STORAGE_SOP_CLASS_UID = 0x0002_0002;
    public static final int MEDIA_STORAGE_SOP_INSTANCE_UID = 0x0002_0003;
    public static final int TRANSFER_SYNTAX_UID = 0x0002_0010;
    public static final int IMPLEMENTATION_CLASS_UID = 0x0002_0012;
    public static final int IMPLEMENTATION_VERSION_NAME = 0x0002_0013;
    public static final int SOURCE_APPLICATION_ENTITY_TITLE = 0x0002_0016;

    /** The last element that a gateway would want to look behind. */
    public static final int PIXEL_DATA = 0x7FE0_0010;

    private Tag() {}

    public static int group(int tag) {
        return tag >>> 16;
    }

    /** Private attributes have an odd group (PS3.5 7.8). */
    public static boolean isPrivate(int tag) {
        return (tag & 0x0001_0000) != 0;
    }

    /** {@code (0010,0020)}, as the standard prints tags. */
    public static String format(int tag) {
        String hex = String.format(Locale.ROOT, "%08X", tag);
        return "(" + hex.substring(0, 4) + "," + hex.substring(4) + ")";
    }

    /**
     * Reads {@code (0010,0020)}, {@code 0010,0020} or {@code 00100020}.
     *
     * @throws IllegalArgumentException when the text is none of them
     */
    public static int parse(String text) {
        String hex = text.replaceAll("[(),]", "");
        if (!hex.matches("[0-9A-Fa-f]{8}")) {
            throw new IllegalArgumentException("not a tag");
        }
        return Integer.parseUnsignedInt(hex, 16);
    }
}
