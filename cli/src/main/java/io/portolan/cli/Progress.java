package io.portolan.cli;

import java.io.PrintWriter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * How far long work is: a live line on a terminal, a plain line every few seconds elsewhere. Owned by one thread, which
 * closes it before it prints anything else.
 *
 * <p>Both go to standard error, so that what a command prints can be piped. The live line is drawn with a carriage return
 * and one erasing sequence, and never wraps: a terminal library would take over the signals of the JVM.
 *
 * <pre>
 * Sending [##############............]  46 %  134/s  22.5 MB/s  2 failed  0:12 left
 * </pre>
 */
final class Progress implements AutoCloseable {

    private static final Duration PLAIN_LINE_INTERVAL = Duration.ofSeconds(5);
    private static final Duration LIVE_LINE_INTERVAL = Duration.ofMillis(100);
    private static final String ERASE_LINE = "\r\u001b[K";
    private static final int BAR_MIN = 10;
    private static final int BAR_MAX = 40;

    private final PrintWriter err;
    private final String task;
    private final boolean live;
    /** So that what a shell says after Ctrl-C begins on a line of its own. */
    private final Thread newLine;

    private final long start = System.nanoTime();
    private long nextLine;
    private boolean drawn;
    private long total;
    private boolean totalIsKnown = true;
    private String more = "";
    private int done;
    private int failed;
    private long bytes;

    private Progress(PrintWriter err, String task, long total, boolean live) {
        this.err = err;
        this.task = task;
        this.total = total;
        this.live = live;
        this.newLine = new Thread(err::println, "new-line");
        this.nextLine = start + (live ? Duration.ZERO : PLAIN_LINE_INTERVAL).toNanos();
    }

    /** @param total how many instances there are to do */
    static Progress start(PrintWriter err, String task, long total) {
        return start(err, task, total, Terminal.ERR.isLive());
    }

    static Progress start(PrintWriter err, String task, long total, boolean live) {
        return start(new Progress(err, task, total, live && total > 0));
    }

    /** Of something that is being counted while it is done, see {@link #total}. */
    static Progress startUncounted(PrintWriter err, String task, boolean live) {
        Progress progress = new Progress(err, task, 0, live);
        progress.totalIsKnown = false;
        return start(progress);
    }

    private static Progress start(Progress progress) {
        if (progress.live) {
            Runtime.getRuntime().addShutdownHook(progress.newLine);
        }
        progress.show();
        return progress;
    }

    /**
     * How much there is.
     *
     * @param known whether that is all; until then there is no bar
     * @param other what else is to be told, in a few words
     */
    void total(long now, boolean known, String other) {
        total = now;
        totalIsKnown = known && now > 0;
        more = other;
    }

    void done(long bytesOfIt) {
        done++;
        bytes += bytesOfIt;
        show();
    }

    void failed() {
        failed++;
        show();
    }

    /** A line of its own, above the live one. */
    void say(String line) {
        if (Shutdown.inProgress()) {
            return;
        }
        erase();
        err.println(line);
        err.flush();
        if (live) {
            nextLine = System.nanoTime();
            show();
        }
    }

    /** The line, if it is time for one. */
    void show() {
        boolean complete = live && totalIsKnown && done + failed == total;
        if ((System.nanoTime() < nextLine && !complete) || Shutdown.inProgress()) {
            return;
        }
        nextLine = System.nanoTime() + (live ? LIVE_LINE_INTERVAL : PLAIN_LINE_INTERVAL).toNanos();
        if (live) {
            err.print(ERASE_LINE + liveLine(Terminal.columns()));
            drawn = true;
        } else {
            err.println(plainLine());
        }
        err.flush();
    }

    private String plainLine() {
        return String.format(
                Locale.ROOT,
                "%s: %d%s, %d failed, %s%.0f/s, %.1f MB/s%s",
                task,
                done + failed,
                totalIsKnown ? " of " + total : total == 0 ? "" : " of " + total + " and more",
                failed,
                more.isEmpty() ? "" : more + ", ",
                rate(done + failed),
                rate(bytes) / 1e6,
                totalIsKnown ? String.format(Locale.ROOT, ", about %.0f s left", secondsLeft()) : "");
    }

    /** What fits into one column less than there are: in the last one some terminals wrap. What matters most is first. */
    String liveLine(int columns) {
        List<String> parts = new ArrayList<>();
        parts.add(
                totalIsKnown
                        ? String.format(Locale.ROOT, "%3d %%", 100L * (done + failed) / total)
                        : Integer.toString(done + failed));
        if (failed > 0) {
            parts.add(failed + " failed");
        }
        if (done + failed > 0) {
            if (totalIsKnown) {
                parts.add(clock(Math.round(secondsLeft())) + " left");
            }
            parts.add(String.format(Locale.ROOT, "%.0f/s", rate(done + failed)));
            parts.add(String.format(Locale.ROOT, "%.1f MB/s", rate(bytes) / 1e6));
        }
        if (!more.isEmpty()) {
            parts.add(more);
        }
        int room = columns - 1 - task.length() - 1;
        StringBuilder text = new StringBuilder();
        for (String part : parts) {
            if (text.length() + 2 + part.length() <= room) {
                text.append("  ").append(part);
            }
        }
        int bar = Math.min(BAR_MAX, room - text.length() - 2);
        if (bar < BAR_MIN || !totalIsKnown) {
            return task + text;
        }
        int filled = (int) ((long) bar * (done + failed) / total);
        return task + " [" + "#".repeat(filled) + ".".repeat(bar - filled) + "]" + text.substring(1);
    }

    private static String clock(long seconds) {
        return seconds < 3600
                ? String.format(Locale.ROOT, "%d:%02d", seconds / 60, seconds % 60)
                : String.format(Locale.ROOT, "%d:%02d:%02d", seconds / 3600, seconds / 60 % 60, seconds % 60);
    }

    private double secondsLeft() {
        return (total - done - failed) / Math.max(rate(done + failed), 1e-3);
    }

    /** Of something that has grown since the start, per second. */
    private double rate(long amount) {
        return (double) amount / seconds();
    }

    double seconds() {
        return Math.max((System.nanoTime() - start) / 1e9, 1e-3);
    }

    int doneCount() {
        return done;
    }

    int failedCount() {
        return failed;
    }

    long bytes() {
        return bytes;
    }

    private void erase() {
        if (drawn) {
            err.print(ERASE_LINE);
            err.flush();
            drawn = false;
        }
    }

    /** Leaves no trace of the live line; the figures stay. */
    @Override
    public void close() {
        if (!Shutdown.inProgress()) {
            Runtime.getRuntime().removeShutdownHook(newLine);
            erase();
        }
    }
}
