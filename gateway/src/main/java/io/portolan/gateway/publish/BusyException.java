package io.portolan.gateway.publish;

/** Another publication is about to write a resource that this one shares with it; it will be there in a moment. */
final class BusyException extends Exception {

    private static final long serialVersionUID = 1;

    BusyException(String type) {
        super("another publication is writing the " + type, null, false, false);
    }
}
