package io.portolan.dicom.engine;

import java.util.Map;

/**
 * A DIMSE status (PS3.7 annex C; for C-STORE PS3.4 table B.2-1, for Query/Retrieve tables C.4-1 to C.4-3): (0000,0900), an unsigned 16-bit number.
 *
 * @param code 0x0000 to 0xFFFF
 */
public record Status(int code) {

    // spotless:off
    public static final Status SUCCESS                        = new Status(0x0000);
    public static final Status NO_SUCH_ATTRIBUTE              = new Status(0x0105);
    public static final Status PROCESSING_FAILURE             = new Status(0x0110);
    public static final Status DUPLICATE_SOP_INSTANCE         = new Status(0x0111);
    public static final Status NO_SUCH_OBJECT_INSTANCE        = new Status(0x0112);
    public static final Status NO_SUCH_EVENT_TYPE             = new Status(0x0113);
    public static final Status NO_SUCH_ARGUMENT               = new Status(0x0114);
    public static final Status INVALID_ARGUMENT_VALUE         = new Status(0x0115);
    public static final Status INVALID_OBJECT_INSTANCE        = new Status(0x0117);
    public static final Status NO_SUCH_SOP_CLASS              = new Status(0x0118);
    public static final Status CLASS_INSTANCE_CONFLICT        = new Status(0x0119);
    public static final Status SOP_CLASS_NOT_SUPPORTED        = new Status(0x0122);
    public static final Status NO_SUCH_ACTION                 = new Status(0x0123);
    public static final Status NOT_AUTHORIZED                 = new Status(0x0124);
    public static final Status UNRECOGNIZED_OPERATION         = new Status(0x0211);
    public static final Status MISTYPED_ARGUMENT              = new Status(0x0212);
    public static final Status RESOURCE_LIMITATION            = new Status(0x0213);
    public static final Status OUT_OF_RESOURCES               = new Status(0xA700);
    public static final Status DATA_SET_DOES_NOT_MATCH_CLASS  = new Status(0xA900);
    public static final Status CANNOT_UNDERSTAND              = new Status(0xC000);
    public static final Status COERCION_OF_DATA_ELEMENTS      = new Status(0xB000);
    public static final Status ELEMENTS_DISCARDED             = new Status(0xB006);
    public static final Status DATA_SET_DOES_NOT_MATCH_CLASS_WARNING = new Status(0xB007);

    public static final Status UNABLE_TO_CALCULATE_MATCHES    = new Status(0xA701);
    public static final Status UNABLE_TO_PERFORM_SUB_OPERATIONS = new Status(0xA702);
    public static final Status MOVE_DESTINATION_UNKNOWN       = new Status(0xA801);
    public static final Status CANCEL                         = new Status(0xFE00);
    public static final Status PENDING                        = new Status(0xFF00);
    public static final Status PENDING_WITHOUT_OPTIONAL_KEYS  = new Status(0xFF01);

    /** Of C-GET and C-MOVE; the code that C-STORE has for {@link #COERCION_OF_DATA_ELEMENTS}, by whose words it is shown. */
    public static final Status SUB_OPERATIONS_FAILED          = COERCION_OF_DATA_ELEMENTS;

    private static final Map<Status, String> MEANING = Map.ofEntries(
            Map.entry(SUCCESS,                       "Success"),
            Map.entry(NO_SUCH_ATTRIBUTE,             "Failure: No such attribute"),
            Map.entry(PROCESSING_FAILURE,            "Failure: Processing failure"),
            Map.entry(DUPLICATE_SOP_INSTANCE,        "Failure: Duplicate SOP Instance"),
            Map.entry(NO_SUCH_OBJECT_INSTANCE,       "Failure: No such object instance"),
            Map.entry(NO_SUCH_EVENT_TYPE,            "Failure: No such event type"),
            Map.entry(NO_SUCH_ARGUMENT,              "Failure: No such argument"),
            Map.entry(INVALID_ARGUMENT_VALUE,        "Failure: Invalid argument value"),
            Map.entry(INVALID_OBJECT_INSTANCE,       "Failure: Invalid object instance"),
            Map.entry(NO_SUCH_SOP_CLASS,             "Failure: No such SOP Class"),
            Map.entry(CLASS_INSTANCE_CONFLICT,       "Failure: Class-instance conflict"),
            Map.entry(SOP_CLASS_NOT_SUPPORTED,       "Refused: SOP Class not supported"),
            Map.entry(NO_SUCH_ACTION,                "Failure: No such action"),
            Map.entry(NOT_AUTHORIZED,                "Refused: Not authorized"),
            Map.entry(UNRECOGNIZED_OPERATION,        "Failure: Unrecognized operation"),
            Map.entry(MISTYPED_ARGUMENT,             "Failure: Mistyped argument"),
            Map.entry(RESOURCE_LIMITATION,           "Failure: Resource limitation"),
            Map.entry(OUT_OF_RESOURCES,              "Refused: Out of resources"),
            Map.entry(DATA_SET_DOES_NOT_MATCH_CLASS, "Error: Data Set does not match SOP Class"),
            Map.entry(CANNOT_UNDERSTAND,             "Error: Cannot understand"),
            Map.entry(COERCION_OF_DATA_ELEMENTS,     "Warning: Coercion of Data Elements"),
            Map.entry(UNABLE_TO_CALCULATE_MATCHES,   "Refused: Out of resources, unable to calculate number of matches"),
            Map.entry(UNABLE_TO_PERFORM_SUB_OPERATIONS, "Refused: Out of resources, unable to perform sub-operations"),
            Map.entry(MOVE_DESTINATION_UNKNOWN,      "Refused: Move Destination unknown"),
            Map.entry(CANCEL,                        "Cancel"),
            Map.entry(PENDING,                       "Pending"),
            Map.entry(PENDING_WITHOUT_OPTIONAL_KEYS, "Pending: optional keys not supported"),
            Map.entry(ELEMENTS_DISCARDED,            "Warning: Elements Discarded"),
            Map.entry(DATA_SET_DOES_NOT_MATCH_CLASS_WARNING, "Warning: Data Set does not match SOP Class"));
    // spotless:on

    /** @throws IllegalArgumentException when the code does not fit into 16 bits */
    public Status {
        if (code < 0 || code > 0xFFFF) {
            throw new IllegalArgumentException("a status has 16 bits");
        }
    }

    public boolean isSuccess() {
        return code == 0;
    }

    /** Whether more answers follow (PS3.7 C.2): 0xFF00 and 0xFF01. */
    public boolean isPending() {
        return code == 0xFF00 || code == 0xFF01;
    }

    /** Whether the instance is the peer's now: success, or a warning of PS3.7 annex C. */
    public boolean isStored() {
        return isSuccess() || isWarning();
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
