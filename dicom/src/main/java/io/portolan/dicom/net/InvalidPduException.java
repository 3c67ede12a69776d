package io.portolan.dicom.net;

import java.io.IOException;

/** A PDU that is unrecognized or invalid: event 19 of PS3.8 table 9-10. The message names the PDU and the field. */
final class InvalidPduException extends IOException {

    private static final long serialVersionUID = 1L;

    private final int abortReason;

    /** @param abortReason the reason that A-ABORT gives (PS3.8 table 9-26) */
    InvalidPduException(int abortReason, String message) {
        super(message);
        this.abortReason = abortReason;
    }

    int abortReason() {
        return abortReason;
    }
}
