package io.portolan.dicom.engine;

/** AE titles (PS3.5 6.2, VR AE): 1 to 16 printable ASCII characters, no backslash, not only spaces. */
public final class AeTitles {

    private static final int LENGTH_MAX_CHARACTERS = 16;

    private AeTitles() {}

    public static boolean isValid(String title) {
        boolean printable = title.chars().allMatch(c -> c >= ' ' && c < 0x7F && c != '\\');
        return printable && !title.isBlank() && title.length() <= LENGTH_MAX_CHARACTERS;
    }

    /** @throws IllegalArgumentException when the text is no AE title */
    static void check(String title) {
        if (!isValid(title)) {
            throw new IllegalArgumentException(
                    "an AE title has 1 to 16 printable ASCII characters and no backslash: " + title);
        }
    }
}
