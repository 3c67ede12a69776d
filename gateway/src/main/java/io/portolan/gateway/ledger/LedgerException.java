package io.portolan.gateway.ledger;

import io.portolan.gateway.Category;
import org.jspecify.annotations.Nullable;

/** Something that the ledger could not do, and so has not done. Never carries a value of a row. */
public final class LedgerException extends RuntimeException {

    private static final long serialVersionUID = 1;

    private final Category category;

    LedgerException(Category category, String message, @Nullable Throwable cause) {
        super(message, cause);
        this.category = category;
    }

    /** {@link Category#OUT_OF_RESOURCES}, {@link Category#INTERRUPTED} (closed) or {@link Category#BUG}. */
    public Category category() {
        return category;
    }
}
