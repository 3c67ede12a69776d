package io.portolan.cli;

/** What a command tells the script that called it. */
final class ExitCode {

    /** All fine. */
    static final int FINE = 0;
    /** Done, with problems that were named: an instance refused, a file unreadable, a peer out of reach. */
    static final int PROBLEMS = 1;
    /** Wrong use or a wrong configuration: nothing was done. */
    static final int USAGE = 2;

    private ExitCode() {}
}
