package io.portolan.dicom.net;

/** How many associations are open, and how many there may be. Safe for use by several threads. */
final class Admission {

    /** What {@link #admit} says when the limit is reached. */
    static final long FULL = 0;

    private final int associationsMax;
    private int open;
    private long total;

    Admission(int associationsMax) {
        this.associationsMax = associationsMax;
    }

    /** The number of the new association, counted from 1; or {@link #FULL}. */
    synchronized long admit() {
        if (open == associationsMax) {
            return FULL;
        }
        open++;
        return ++total;
    }

    synchronized void leave() {
        open--;
    }

    synchronized int open() {
        return open;
    }

    synchronized long total() {
        return total;
    }
}
