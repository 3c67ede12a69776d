package io.portolan.dicom.engine;

import java.util.Map;

/**
 * A DIMSE status (PS3.7 annex C; for C-STORE PS3.4 table B.2-1): (0000,0900), an unsigned 16-bit number.
 *
 * @param code 0x0000 to 0xFFFF
 */
public record Status(int code) {

    // spotless:off
    public static final Status SUCCESS                        = new Status(0x0000);
    public static final Status NO_SUCH_ATTRIBUTE              = new Status(0x0105);
    public static final Status PROCESSING_FAILURE             = new Status(0x0110);
    public static final Status DUPLICATE_SOP_INSTANCE         = new Status(0x0111);
    public static final Status INVALID_OBJECT_INSTANCE        = new Status(0x0117);
    public static final Status NO_SUCH_SOP_CLASS              = new Status(0x0118);
    public static final Status SOP_CLASS_NOT_SUPPORTED        = new Status(0x0122);
    public static final Status NOT_AUTHORIZED                 = new Status(0x0124);
    public static final Status UNRECOGNIZED_OPERATION         = new Status(0x0211);
    public static final Status MISTYPED_ARGUMENT              = new Status(0x0212);
    public static final Status OUT_OF_RESOURCES               = new Status(0xA700);
    public static final Status DATA_SET_DOES_NOT_MATCH_CLASS  = new Status(0xA900);
    public static final Status CANNOT_UNDERSTAND              = new Status(0xC000);
    public static final Status COERCION_OF_DATA_ELEMENTS      = new Status(0xB000);
    public static final Status ELEMENTS_DISCARDED             = new Status(0xB006);
    public static final Status DATA_SET_DOES_NOT_MATCH_CLASS_WARNING = new Status(0xB007);

    private static final Map<Status, String> MEANING = Map.ofEntries(
            Map.entry(SUCCESS,                       "Success"),
            Map.entry(NO_SUCH_ATTRIBUTE,             "Failure: No such attribute"),
            Map.entry(PROCESSING_FAILURE,            "Failure: Processing failure"),
            Map.entry(DUPLICATE_SOP_INSTANCE,        "Failure: Duplicate SOP Instance"),
            Map.entry(INVALID_OBJECT_INSTANCE,       "Failure: Invalid object instance"),
            Map.entry(NO_SUCH_SOP_CLASS,             "Failure: No such SOP Class"),
            Map.entry(SOP_CLASS_NOT_SUPPORTED,       "Refused: SOP Class not supported"),
            Map.entry(NOT_AUTHORIZED,                "Refused: Not authorized"),
            Map.entry(UNRECOGNIZED_OPERATION,        "Failure: Unrecognized operation"),
            Map.entry(MISTYPED_ARGUMENT,             "Failure: Mistyped argument"),
            Map.entry(OUT_OF_RESOURCES,              "Refused: Out of resources"),
            Map.entry(DATA_SET_DOES_NOT_MATCH_CLASS, "Error: Data Set does not match SOP Class"),
            Map.entry(CANNOT_UNDERSTAND,             "Error: Cannot understand"),
            Map.entry(COERCION_OF_DATA_ELEMENTS,     "Warning: Coercion of Data Elements"),
            Map.entry(ELEMENTS_DISCARDED,            "Warning: Elements Discarded"),
            Map.entry(DATA_SET_DOES_NOT_MATCH_CLASS_WARNING, "Warning: Data Set does not match SOP Class"));
    // spotless:on

    /** @throws IllegalArgumentException when the code does not fit into 16 bits */
    public Status {
        if (code < 0 || code > 0xFFFF) {
            throw new IllegalArgumentException("a status has 16 bits");
        }
    }

    /** Whether the instance is the peer's now: success, or a warning of PS3.7 annex C. */
    public boolean isStored() {
        return code == 0 || isWarning();
    }

    /** PS3.7 C.4: 0x0001, 0x0107, 0x0116 and Bxxx. */
    public boolean isWarning() {
        return code == 0x0001 || code == 0x0107 || code == 0x0116 || code >> 12 == 0xB;
    }

    /** The code and its words, for example {@code 0xA700 Refused: Out of resources}. */
    @Override
    public String toString() {
        return "0x%04X %s".formatted(code, MEANING.getOrDefault(this, words()));
    }

    // PS3.4 table B.2-1 gives C-STORE whole ranges.
    private String words() {
        return switch (code >> 8) {
            case 0xA7 -> "Refused: Out of resources";
            case 0xA9 -> "Error: Data Set does not match SOP Class";
            default -> code >> 12 == 0xC ? "Error: Cannot understand" : isWarning() ? "Warning" : "Failure";
        };
    }
}
