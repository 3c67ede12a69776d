package io.portolan.cli;

import java.io.PrintWriter;
import java.time.Duration;
import java.util.Locale;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Help.Ansi;

/**
 * How far long work is: a live bar on a terminal, a plain line every few seconds elsewhere. Owned by one thread.
 *
 * <p>Both go to standard error, so that what a command prints can be piped.
 */
final class Progress implements AutoCloseable {

    private static final Duration PLAIN_LINE_INTERVAL = Duration.ofSeconds(5);
    private static final int BAR_INTERVAL_MILLIS = 200;

    private final PrintWriter err;
    private final String task;
    private final int total;
    private final @Nullable ProgressBar bar;
    private final long start = System.nanoTime();
    private long nextPlainLine = start + PLAIN_LINE_INTERVAL.toNanos();
    private int done;
    private int failed;
    private long bytes;

    private Progress(PrintWriter err, String task, int total, @Nullable ProgressBar bar) {
        this.err = err;
        this.task = task;
        this.total = total;
        this.bar = bar;
    }

    /** @param total how many instances there are to do */
    static Progress start(PrintWriter err, String task, int total) {
        ProgressBar bar = !isTerminal() || total == 0
                ? null
                : new ProgressBarBuilder()
                        .setTaskName(task)
                        .setInitialMax(total)
                        .setStyle(ProgressBarStyle.COLORFUL_UNICODE_BAR)
                        .setUpdateIntervalMillis(BAR_INTERVAL_MILLIS)
                        .clearDisplayOnFinish()
                        .build();
        return new Progress(err, task, total, bar);
    }

    /** Whether a person is looking at a terminal that can do more than lines. */
    static boolean isTerminal() {
        return Ansi.AUTO.enabled();
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

    /** A line of its own, above the bar. */
    void say(String line) {
        if (bar != null) {
            // erases the bar, which draws itself again with the next step
            err.print("\r\u001b[2K");
        }
        err.println(line);
        err.flush();
    }

    private void show() {
        if (bar != null) {
            bar.stepTo(done + failed);
            bar.setExtraMessage(String.format(
                    Locale.ROOT, "%.1f MB/s%s", rate(bytes) / 1e6, failed == 0 ? "" : ", " + failed + " failed"));
        } else if (System.nanoTime() > nextPlainLine) {
            nextPlainLine = System.nanoTime() + PLAIN_LINE_INTERVAL.toNanos();
            double perSecond = rate(done + failed);
            err.printf(
                    Locale.ROOT,
                    "%s: %d of %d, %d failed, %.1f MB/s, about %.0f s left%n",
                    task,
                    done + failed,
                    total,
                    failed,
                    rate(bytes) / 1e6,
                    (total - done - failed) / perSecond);
            err.flush();
        }
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

    @Override
    public void close() {
        if (bar != null) {
            bar.close();
        }
    }
}
