package io.portolan.gateway.ledger;

import io.portolan.dicom.Uid;
import io.portolan.mapping.study.Instance;
import org.jspecify.annotations.Nullable;

/**
 * An instance that came in, with what the ledger keeps of its arrival.
 *
 * @param callingAe the sender's AE title, or the name of the source
 * @param file where its bytes are, relative to the storage directory, complete and synced; null: not kept
 */
public record Reception(
        Instance instance,
        String callingAe,
        Uid transferSyntax,
        @Nullable String file) {}
