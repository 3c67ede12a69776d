package io.portolan.gateway;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** How much must be free before something is taken. Safe for use by several threads. */
public final class FreeSpace {

    /** So long an answer of the disks counts: to ask them is a good part of what a small instance costs. */
    private static final Duration ASKED_EVERY = Duration.ofMillis(20);

    private final List<Path> directories;
    private final long minBytes;
    private volatile Answer last = new Answer(false, System.nanoTime() - ASKED_EVERY.toNanos());

    private record Answer(boolean enough, long nanoTime) {}

    /**
     * @param directories on the disks that count; none: there is always enough
     * @param minBytes of each disk
     */
    public FreeSpace(List<Path> directories, long minBytes) {
        this.directories = List.copyOf(directories);
        this.minBytes = minBytes;
    }

    public long minBytes() {
        return minBytes;
    }

    public boolean isEnough() {
        Answer answer = last;
        long now = System.nanoTime();
        if (now - answer.nanoTime >= ASKED_EVERY.toNanos()) {
            answer = new Answer(directories.stream().allMatch(d -> d.toFile().getUsableSpace() >= minBytes), now);
            last = answer;
        }
        return answer.enough;
    }
}
