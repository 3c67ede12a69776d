package io.portolan.gateway.ledger;

/** Whether an instance is kept safely, as storage commitment asks (PS3.4 J.1). */
public enum Custody {
    /** It cannot be said yet. */
    UNDECIDED,
    /** It cannot be said here: its files are in the folder of another gateway. */
    ELSEWHERE,
    /** It is kept here, or a PACS has confirmed it. */
    COMMITTED,
    /** It is neither. */
    NO_SUCH_OBJECT_INSTANCE,
    /** There is one, of another SOP class. */
    CLASS_INSTANCE_CONFLICT,
    /** It could not be found out in time. */
    PROCESSING_FAILURE;

    /** Whether it is still to be decided. */
    public boolean isOpen() {
        return this == UNDECIDED || this == ELSEWHERE;
    }
}
