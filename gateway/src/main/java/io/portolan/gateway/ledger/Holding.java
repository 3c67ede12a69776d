package io.portolan.gateway.ledger;

import io.portolan.dicom.Uid;
import java.util.List;
import java.util.Optional;

/**
 * What the ledger knows of an instance in one study.
 *
 * @param sopClass empty: it was recorded without
 * @param confirmed whether a PACS has confirmed the last of its files that was forwarded
 */
public record Holding(Optional<Uid> sopClass, boolean confirmed, List<HeldFile> files) {

    /**
     * A file of it.
     *
     * @param path in its storage folder
     * @param ours whether that is the folder of this gateway
     * @param forward whether it is still to be forwarded, parked or not; not when the PACS has a newer one
     */
    public record HeldFile(String path, boolean ours, boolean forward) {}

    public Holding {
        files = List.copyOf(files);
    }
}
