package io.portolan.gateway.forward;

import io.portolan.dicom.engine.Status;

/**
 * What a status of C-STORE (PS3.4 table B.2-1, PS3.7 annex C) means for an instance.
 *
 * <pre>
 *   0000, B000, B006, B007, other warnings    CONFIRMED   the PACS has it
 *   0111, 0124, A9xx, Cxxx                    REFUSED     asking again will not help
 *   A7xx, 0110, 0122 and all others           LATER       for ever: what is not known may heal
 * </pre>
 */
enum Verdict {
    CONFIRMED,
    LATER,
    REFUSED;

    static Verdict of(Status status) {
        if (status.isStored()) {
            return CONFIRMED;
        }
        // 0111: it has one of this UID, perhaps this very one; with other bytes it would be lost if that counted as
        // confirmed
        boolean refused = status.equals(Status.NOT_AUTHORIZED)
                || status.equals(Status.DUPLICATE_SOP_INSTANCE)
                || status.code() >> 8 == 0xA9
                || status.code() >> 12 == 0xC;
        return refused ? REFUSED : LATER;
    }
}
