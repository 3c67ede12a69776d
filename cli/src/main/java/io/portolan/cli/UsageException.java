package io.portolan.cli;

/** Wrong use that only shows after parsing; the message says what would be right. */
final class UsageException extends Exception {

    private static final long serialVersionUID = 1;

    UsageException(String message) {
        super(message);
    }
}
