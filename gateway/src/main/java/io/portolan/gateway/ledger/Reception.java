package io.portolan.gateway.ledger;

import io.portolan.dicom.Uid;
import io.portolan.mapping.study.Instance;
import org.jspecify.annotations.Nullable;

/**
 * An instance that came in, and from whom, with what the ledger keeps of its arrival.
 *
 * @param correction whether the sender corrects what others sent: it replaces what stands, also by nothing
 * @param file where its bytes are, relative to the storage directory, complete and synced; null: not kept
 * @param forward whether the file is to be sent on, and is not needed here afterwards
 */
public record Reception(
        Instance instance,
        Uid transferSyntax,
        boolean correction,
        @Nullable String file,
        boolean forward) {

    /** What is kept is not sent on. */
    public Reception(Instance instance, Uid transferSyntax, boolean correction, @Nullable String file) {
        this(instance, transferSyntax, correction, file, false);
    }

    /** Of an ordinary sender. */
    public Reception(Instance instance, Uid transferSyntax, @Nullable String file) {
        this(instance, transferSyntax, false, file);
    }
}
