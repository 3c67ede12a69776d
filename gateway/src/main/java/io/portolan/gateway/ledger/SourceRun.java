package io.portolan.gateway.ledger;

/** The right to a run, and of which archive it is. */
public final class SourceRun {

    final long id;
    final String token;
    private final int bit;

    SourceRun(long id, int bit, String token) {
        this.id = id;
        this.bit = bit;
        this.token = token;
    }

    /** The archive's bit of {@code instance.listed}. */
    long mask() {
        return 1L << bit;
    }
}
