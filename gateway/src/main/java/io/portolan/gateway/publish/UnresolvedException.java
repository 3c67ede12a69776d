package io.portolan.gateway.publish;

/** The server has not just one resource that a study is of; somebody must mend that first. Its text is fit for a log. */
final class UnresolvedException extends Exception {

    private static final long serialVersionUID = 1;

    UnresolvedException(String reason) {
        super(reason, null, false, false);
    }

    String reason() {
        return String.valueOf(getMessage());
    }
}
