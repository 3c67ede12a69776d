package io.portolan.gateway.receive;

import io.portolan.dicom.engine.Status;
import io.portolan.gateway.Category;

/** The one table from category to the DIMSE status of C-STORE (PS3.4 table B.2-1, PS3.7 annex C). */
final class Refusal {

    private Refusal() {}

    static Status status(Category category) {
        return switch (category) {
            case MALFORMED_DATA -> Status.CANNOT_UNDERSTAND;
            case UNMAPPABLE, PEER_VIOLATION -> Status.DATA_SET_DOES_NOT_MATCH_CLASS;
            case OUT_OF_RESOURCES, INTERRUPTED -> Status.OUT_OF_RESOURCES;
            case BUG, FHIR_REJECTED, FHIR_UNAVAILABLE -> Status.PROCESSING_FAILURE;
        };
    }
}
