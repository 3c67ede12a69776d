package io.portolan.gateway.receive;

import java.io.IOException;

/** The disk that instances are kept on did not do what it was told; not to be taken for a fault of the sender's stream. */
final class StorageException extends IOException {

    private static final long serialVersionUID = 1;

    StorageException(String what, IOException cause) {
        super("cannot " + what + ": " + cause.getClass().getSimpleName() + " " + cause.getMessage(), cause);
    }
}
