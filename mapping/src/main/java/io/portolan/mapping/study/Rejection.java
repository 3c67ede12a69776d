package io.portolan.mapping.study;

import java.util.Arrays;
import java.util.Optional;

/** Why a note rejects instances: the document titles of IHE RAD TF-1, Imaging Object Change Management (PS3.16 CID 7010). */
public enum Rejection {
    /** Rejected for Quality Reasons. */
    QUALITY("113001"),
    /** Rejected for Patient Safety Reasons. */
    PATIENT_SAFETY("113037"),
    /** Incorrect Modality Worklist Entry. */
    WORKLIST("113038"),
    /** Data Retention Policy Expired. */
    RETENTION("113039");

    private final String code;

    Rejection(String code) {
        this.code = code;
    }

    /** Code of the title, of the coding scheme DCM. */
    public String code() {
        return code;
    }

    static Optional<Rejection> find(String code) {
        return Arrays.stream(values()).filter(one -> one.code.equals(code)).findFirst();
    }
}
