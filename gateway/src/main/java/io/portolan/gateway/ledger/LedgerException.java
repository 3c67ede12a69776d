package io.portolan.gateway.ledger;

import io.portolan.gateway.Category;
import org.jspecify.annotations.Nullable;

/** Something that the ledger could not do, and so has not done. Never carries a value of a row. */
public final class LedgerException extends RuntimeException {

    private static final long serialVersionUID = 1;

    private final Category category;
    private final boolean damage;

    LedgerException(Category category, String message, @Nullable Throwable cause) {
        this(category, message, cause, false);
    }

    private LedgerException(Category category, String message, @Nullable Throwable cause, boolean damage) {
        super(message, cause);
        this.category = category;
        this.damage = damage;
    }

    /** The file is no database, or not a whole one. */
    static LedgerException damaged(String message, @Nullable Throwable cause) {
        return new LedgerException(Category.OUT_OF_RESOURCES, message, cause, true);
    }

    /** {@link Category#OUT_OF_RESOURCES}, {@link Category#INTERRUPTED} (closed) or {@link Category#BUG}. */
    public Category category() {
        return category;
    }

    /** Whether the ledger is damaged: it does not mend itself. */
    public boolean isDamage() {
        return damage;
    }
}
