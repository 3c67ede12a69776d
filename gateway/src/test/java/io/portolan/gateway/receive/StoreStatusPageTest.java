package io.portolan.gateway.receive;

import static io.portolan.dicom.PageTables.heading;
import static io.portolan.dicom.PageTables.row;

import io.portolan.dicom.PageTables;
import io.portolan.dicom.engine.Status;
import io.portolan.gateway.Category;
import java.io.IOException;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Holds the statuses of C-STORE in {@code docs/conformance.md} to the table of the receiver. */
class StoreStatusPageTest {

    @Test
    void holdsThePageToTheTableOfStatuses() throws IOException {
        PageTables.hold("conformance.md", Map.of("store-statuses", statuses()));
    }

    private static String statuses() {
        return heading("status", "when", "sender should")
                + row(
                        Status.SUCCESS,
                        "the instance is on disk: file, directory and ledger are synced; in `discard` the ledger",
                        "forget it")
                + row(
                        StoreStatus.of(Category.OUT_OF_RESOURCES),
                        "the limit of disk, backlog or header is reached, or the gateway stops",
                        "send again later")
                + row(
                        StoreStatus.of(Category.UNMAPPABLE),
                        "Study, Series or SOP Instance UID is missing or no UID, or class or instance are not those of the command",
                        "be mended")
                + row(StoreStatus.of(Category.MALFORMED_DATA), "the data set is cut off or cannot be read", "be mended")
                + row(StoreStatus.of(Category.BUG), "a fault of the gateway; its log has it", "send again")
                + row(
                        Status.SOP_CLASS_NOT_SUPPORTED,
                        "the SOP class is not that of the presentation context",
                        "be mended")
                + row(Status.NO_SUCH_SOP_CLASS, "AffectedSOPClassUID is missing or no UID", "be mended")
                + row(Status.INVALID_OBJECT_INSTANCE, "AffectedSOPInstanceUID is missing or no UID", "be mended")
                + row(Status.MISTYPED_ARGUMENT, "the command announces no data set", "be mended")
                + row(Status.UNRECOGNIZED_OPERATION, "of any other request on the association", "not ask for it");
    }
}
