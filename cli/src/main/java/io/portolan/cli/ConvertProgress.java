package io.portolan.cli;

import io.portolan.cli.convert.Conversion;
import io.portolan.gateway.convert.StudyReport;
import java.io.PrintWriter;
import org.jspecify.annotations.Nullable;

/** Shows how far a conversion is: reading, writing, and publishing where that takes longer. */
final class ConvertProgress implements Conversion.Listener, AutoCloseable {

    private final PrintWriter err;
    private final boolean named;
    private final boolean quiet;
    private final boolean resumable;
    private final long start = System.nanoTime();
    private @Nullable Progress progress; // null: quiet, or between two
    private int problemStudies;
    private long toPublish;

    /** @param named whether every problem is named here */
    ConvertProgress(PrintWriter err, boolean named, boolean quiet, boolean resumable) {
        this.err = err;
        this.named = named;
        this.quiet = quiet;
        this.resumable = resumable;
        this.progress = quiet ? null : Progress.startUncounted(err, "Reading", Terminal.ERR.isLive());
    }

    @Override
    public void read(long size) {
        if (progress != null) {
            progress.done(size);
        }
    }

    @Override
    public void problem(String line) {
        if (named) {
            say(line);
        }
    }

    @Override
    public void found(long files, boolean complete, int studies) {
        if (progress != null) {
            progress.total(files, complete, studies + " studies");
        }
    }

    @Override
    public void writing(int studies) {
        next("Writing", studies);
    }

    @Override
    public void written(StudyReport study) {
        if (study.problem() != null) {
            problemStudies++;
            if (named) {
                say("study " + study.study() + ": not converted: " + study.problem());
            }
        }
        if (progress != null) {
            progress.done(0);
        }
    }

    /** So many studies are left to be published. */
    void left(long studies) {
        if (toPublish == 0) {
            toPublish = studies;
            next("Publishing", studies);
        }
        if (progress != null) {
            while (progress.doneCount() < toPublish - studies) {
                progress.done(0);
            }
            progress.show();
        }
    }

    private void next(String task, long total) {
        close();
        if (!quiet) {
            progress = Progress.start(err, task, total);
        }
    }

    /** A file may be called anything: what a terminal would obey is shown as a question mark. */
    private void say(String text) {
        String line = text.replaceAll("\\p{Cc}", "?");
        if (progress != null) {
            progress.say(line);
        } else if (!Shutdown.inProgress()) {
            err.println(line);
        }
    }

    /** The JVM was told to end. */
    void brokenOff() {
        if (!quiet) {
            err.println("broken off" + (resumable ? "; the same command with --resume goes on" : ""));
            err.flush();
        }
    }

    int problemStudies() {
        return problemStudies;
    }

    double seconds() {
        return Math.max((System.nanoTime() - start) / 1e9, 1e-3);
    }

    @Override
    public void close() {
        if (progress != null) {
            progress.close();
            progress = null;
        }
    }
}
