package io.portolan.gateway.receive;

import io.portolan.dicom.engine.Status;
import io.portolan.gateway.Category;

/** The one table from why an instance was not taken to the status of its C-STORE-RSP (PS3.4 table B.2-1). */
final class StoreStatus {

    private StoreStatus() {}

    static Status of(Category category) {
        return switch (category) {
            case PEER_VIOLATION, UNMAPPABLE -> Status.DATA_SET_DOES_NOT_MATCH_CLASS; // 0xA900
            case MALFORMED_DATA -> Status.CANNOT_UNDERSTAND; // 0xC000
            case OUT_OF_RESOURCES, INTERRUPTED -> Status.OUT_OF_RESOURCES; // 0xA700: worth another try
            case FHIR_REJECTED,
                    FHIR_UNAVAILABLE,
                    PACS_REJECTED,
                    PACS_UNAVAILABLE,
                    PEER_REJECTED,
                    PEER_UNAVAILABLE,
                    BUG -> Status.PROCESSING_FAILURE; // 0x0110
        };
    }
}
