package io.portolan.gateway.receive;

import io.portolan.gateway.Category;

/** An instance that is refused. Never carries a value of it. */
final class ReceiveException extends Exception {

    private static final long serialVersionUID = 1;

    private final Category category;

    ReceiveException(Category category, String reason) {
        super(reason);
        this.category = category;
    }

    Category category() {
        return category;
    }
}
