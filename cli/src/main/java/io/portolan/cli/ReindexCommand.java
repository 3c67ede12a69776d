package io.portolan.cli;

import io.portolan.gateway.LedgerRebuild;
import io.portolan.gateway.config.ConfigException;
import io.portolan.gateway.config.GatewayConfig;
import io.portolan.gateway.ledger.LedgerPlace;
import io.portolan.gateway.receive.Reindex;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The ledger from what is kept. */
@Command(
        name = "reindex",
        mixinStandardHelpOptions = true,
        versionProvider = Portolan.Version.class,
        description = {
            "Make the ledger anew from the kept files, when it is lost, damaged or an old backup. The gateway must not run.",
            "Where there is a ledger, the files that it does not name are added to it; else one is made. After the next start"
                    + " the studies are made and compared with the FHIR server, behind everything that arrives: what it says"
                    + " already is not sent again. Broken off, the same command does the rest."
        },
        footer = {
            "%nExamples:%n  portolan reindex -c portolan.yaml%n"
                    + "  portolan reindex -c portolan.yaml --unreferenced     # a new ledger had set the files aside%n"
                    + "  portolan reindex -c portolan.yaml --from-scratch     # the ledger is damaged",
            "",
            "Exit code 1: some files could not be recorded; they are named."
        })
final class ReindexCommand implements Callable<Integer> {

    @Option(
            names = "--from-scratch",
            description = "Take nothing of the present ledger; it is kept beside, its name ending in the time.")
    private boolean fromScratch;

    @Option(
            names = "--leave-out",
            description =
                    "Make a ledger although some files cannot be recorded; else it is not made then. The next start sets"
                            + " them aside.")
    private boolean leaveOut;

    @Option(
            names = "--unreferenced",
            description =
                    "Take in also what a start of the gateway set aside in unreferenced/, as the ledger did not name it.")
    private boolean unreferenced;

    @Mixin
    @SuppressWarnings("NullAway.Init") // set by picocli
    private ConfigOptions options;

    @Spec
    @SuppressWarnings("NullAway.Init") // set by picocli
    private CommandSpec spec;

    @Override
    public Integer call() throws ConfigException, UsageException {
        GatewayConfig config = options.load();
        LedgerRebuild.Result result;
        try (Watch watch = new Watch(spec.commandLine().getErr())) {
            result = new LedgerRebuild(config, fromScratch, leaveOut).run(unreferenced, watch);
        } catch (IOException e) {
            throw new UsageException(String.valueOf(e.getMessage()));
        }
        tell(result, config.ledger().place());
        return result.files().leftOut() == 0 ? ExitCode.FINE : ExitCode.PROBLEMS;
    }

    private void tell(LedgerRebuild.Result result, LedgerPlace ledger) {
        PrintWriter out = spec.commandLine().getOut();
        Reindex.Result files = result.files();
        if (result.made()) {
            out.println(files(files.recorded()) + " recorded in " + ledger
                    + (files.recorded() == 0 ? "" : "; their studies are published after the next start"));
        }
        result.kept().ifPresent(old -> out.println("the ledger of before is " + old));
        if (files.leftOut() > 0) {
            out.println(files(files.leftOut()) + " not to be recorded, see above"
                    + (result.made() ? "" : "; no ledger was made: mend or remove them, or --leave-out"));
        }
        if (files.unreferenced() > 0) {
            out.println(files(files.unreferenced()) + " in unreferenced/, not looked at; --unreferenced takes them in");
        }
    }

    private static String files(long count) {
        return count + (count == 1 ? " file is" : " files are");
    }

    /** Shows how far it is, and what is left out. */
    private static final class Watch implements Reindex.Listener, AutoCloseable {

        private final PrintWriter err;
        private @Nullable Progress progress; // null: not counted yet

        Watch(PrintWriter err) {
            this.err = err;
        }

        @Override
        public void found(long files) {
            progress = Progress.start(err, "Reading", files);
        }

        @Override
        public void done(int files) {
            for (int i = 0; progress != null && i < files; i++) {
                progress.done(0);
            }
        }

        @Override
        public void leftOut(Path name, String why) {
            if (progress != null) {
                progress.say(name + ": " + why);
            }
        }

        @Override
        public void close() {
            if (progress != null) {
                progress.close();
            }
        }
    }
}
