package io.portolan.cli;

/** Whether this JVM has been told to end, by a signal or by itself: what fails from then on is no news. */
final class Shutdown {

    private Shutdown() {}

    /** The JVM itself is asked: it takes no change of its hooks any more. */
    static boolean inProgress() {
        try {
            Runtime.getRuntime().removeShutdownHook(new Thread());
            return false;
        } catch (IllegalStateException e) {
            return true;
        }
    }
}
