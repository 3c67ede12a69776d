package io.portolan.cli;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.util.RawValue;
import io.portolan.dicom.Uid;
import io.portolan.gateway.SyncSession;
import io.portolan.gateway.SyncSession.Listed;
import io.portolan.gateway.config.ConfigException;
import io.portolan.gateway.config.GatewayConfig;
import io.portolan.gateway.ledger.Ledger;
import io.portolan.gateway.ledger.LedgerException;
import io.portolan.gateway.ledger.LedgerPlace;
import io.portolan.gateway.ledger.ParkedStudy;
import io.portolan.gateway.ledger.SourceState;
import io.portolan.gateway.sync.Difference;
import io.portolan.gateway.sync.SyncReport;
import io.portolan.gateway.sync.SyncReportJson;
import io.portolan.gateway.sync.SyncRequest;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** A FHIR server in step with archives, once. */
@Command(
        name = "sync",
        mixinStandardHelpOptions = true,
        versionProvider = Portolan.Version.class,
        description = {
            "Compare what archives (PACS, folders) have with what is known of them, and publish what differs: studies that are"
                    + " new, grown, corrected, moved to another patient or deleted.",
            "The archives are those of sync.sources in the configuration; portolan serve runs them on their schedules. Without a"
                    + " running gateway the command publishes itself, and ends when all is published; beside one, that one"
                    + " publishes. Broken off at whatever moment, the next run goes on."
        },
        footer = {
            "%nExamples:%n  portolan sync -c portolan.yaml --dry-run            # what would be done%n"
                    + "  portolan sync -c portolan.yaml main-pacs --since 7d%n"
                    + "  portolan sync -c portolan.yaml main-pacs --study 1.2.840.113619.2.1%n"
                    + "  portolan sync -c portolan.yaml --list%n"
                    + "  portolan sync -c portolan.yaml main-pacs --forget      # another archive is to have the name",
            "",
            "Exit code 1: an archive could not be compared as a whole, or studies were parked; it is said which and why."
        })
final class SyncCommand implements Callable<Integer> {

    private static final Pattern AGO = Pattern.compile("([0-9]{1,5})(h|d|w)");

    @Parameters(
            paramLabel = "NAME",
            arity = "0..1",
            description = "Which archive of sync.sources; without it, one after the other.")
    private @Nullable String name;

    @Option(
            names = "--since",
            paramLabel = "WHEN",
            description = "Compare studies of this day and later only: a date such as 2026-11-30, or 12h, 7d, 4w ago.")
    private @Nullable String since;

    @Option(names = "--study", paramLabel = "UID", description = "Compare this study only (Study Instance UID).")
    private @Nullable String study;

    @Option(names = "--dry-run", description = "Print what differs, and change nothing.")
    private boolean dryRun;

    @Option(
            names = "--full",
            description = "Read every header again, also of what seems the same: finds what lists do not show.")
    private boolean full;

    @Option(
            names = "--allow-removals",
            description = "Take back all that is gone, even when it is more than removal-max-percent.")
    private boolean allowRemovals;

    @Option(names = "--list", description = "Show the archives: last and next run, how far, what came of it.")
    private boolean list;

    @Option(
            names = "--forget",
            description = "Forget what the archive has: nothing that only it had counts as deleted, or ever will.")
    private boolean forget;

    @Option(names = "--json", description = "Print reports, or the list, as JSON, one object a line.")
    private boolean json;

    @Mixin
    @SuppressWarnings("NullAway.Init") // set by picocli
    private ConfigOptions options;

    @Spec
    @SuppressWarnings("NullAway.Init") // set by picocli
    private CommandSpec spec;

    @Override
    public Integer call() throws ConfigException, IOException, UsageException, InterruptedException {
        GatewayConfig config = options.loadToStart();
        if (config.sync().sources().isEmpty()) {
            throw new UsageException("no archive is configured: sync.sources; see docs/sync.md");
        }
        if (name != null && !config.sync().sources().containsKey(name)) {
            throw new UsageException("no archive is called " + name + "; there are "
                    + String.join(", ", config.sync().sources().keySet()));
        }
        if (list) {
            return list(config);
        }
        if (forget) {
            return forget();
        }
        if (study != null && since != null) {
            throw new UsageException("--study and --since: give one of them");
        }
        SyncRequest request = new SyncRequest(day(), uid(), true, full, dryRun, allowRemovals);
        List<String> names = name == null ? List.copyOf(config.sync().sources().keySet()) : List.of(name);
        ServeCommand.logLevel(GatewayConfig.LogLevel.WARN);
        try (SyncSession session = open(config, names)) {
            Thread stop = new Thread(closer(session, Thread.currentThread()), "stop");
            Runtime.getRuntime().addShutdownHook(stop);
            boolean fine = runAll(session, names, request);
            if (!Shutdown.inProgress()) {
                Runtime.getRuntime().removeShutdownHook(stop);
            }
            return fine ? ExitCode.FINE : ExitCode.PROBLEMS;
        }
    }

    /** One after the other, until somebody says stop; then what differs is published. */
    private boolean runAll(SyncSession session, List<String> names, SyncRequest request) throws InterruptedException {
        boolean fine = true;
        for (String one : names) {
            SyncReport.Outcome outcome = run(session, one, request);
            fine &= outcome == SyncReport.Outcome.DONE;
            if (outcome == SyncReport.Outcome.INTERRUPTED || Shutdown.inProgress()) {
                return false;
            }
        }
        return (dryRun || published(session)) && fine;
    }

    /** What is being done ends in order; the next run goes on. */
    private static Runnable closer(SyncSession session, Thread running) {
        return () -> {
            running.interrupt();
            session.stopRun();
            try {
                running.join(Duration.ofSeconds(20).toMillis());
                session.close();
            } catch (InterruptedException | IOException e) {
                Thread.currentThread().interrupt();
            }
        };
    }

    private SyncSession open(GatewayConfig config, List<String> names) throws UsageException {
        try {
            return dryRun ? SyncSession.openToLook(config) : SyncSession.open(config, names);
        } catch (IOException | LedgerException e) {
            throw new UsageException(String.valueOf(e.getMessage()));
        }
    }

    private @Nullable LocalDate day() throws UsageException {
        if (since == null) {
            return null;
        }
        Matcher ago = AGO.matcher(since);
        if (ago.matches()) {
            long number = Long.parseLong(ago.group(1));
            Duration back = switch (ago.group(2)) {
                case "h" -> Duration.ofHours(number);
                case "d" -> Duration.ofDays(number);
                default -> Duration.ofDays(7 * number);
            };
            return LocalDate.ofInstant(Instant.now().minus(back), ZoneOffset.UTC);
        }
        try {
            return LocalDate.parse(since);
        } catch (DateTimeException e) {
            throw new UsageException("--since must be a date such as 2026-11-30, or 12h, 7d or 4w");
        }
    }

    private @Nullable Uid uid() throws UsageException {
        return study == null ? null : StudyUids.parse(List.of(study)).get(0);
    }

    private SyncReport.Outcome run(SyncSession session, String archive, SyncRequest request) {
        PrintWriter out = spec.commandLine().getOut();
        Optional<SyncReport> report;
        try (Progress progress =
                Progress.startUncounted(spec.commandLine().getErr(), "Comparing " + archive, Terminal.ERR.isLive())) {
            report = session.run(archive, request, difference -> {
                if (dryRun && !json) {
                    progress.say(line(difference));
                }
                if (difference.kind() == Difference.Kind.FAILED) {
                    progress.failed();
                } else {
                    progress.done(0);
                }
            });
        }
        if (report.isEmpty()) {
            Terminal.complain(spec.commandLine().getErr(), archive + ": another run of it is under way");
            return SyncReport.Outcome.UNAVAILABLE;
        }
        if (json) {
            out.println(SyncReportJson.format(report.get()));
        } else {
            out.println(archive + "  " + report.get().summary());
            report.get()
                    .problems()
                    .forEach(problem -> Terminal.complain(spec.commandLine().getErr(), problem));
        }
        return report.get().outcome();
    }

    private static String line(Difference difference) {
        return difference.kind().name().toLowerCase(Locale.ROOT) + "  " + difference.study()
                + (difference.detail().isEmpty() ? "" : "  " + difference.detail());
    }

    private boolean published(SyncSession session) throws InterruptedException {
        PrintWriter err = spec.commandLine().getErr();
        if (session.isBesideGateway()) {
            err.println("A gateway runs on this ledger; it publishes what differs.");
            return true;
        }
        List<ParkedStudy> parked;
        long[] known = {0}; // how many waited when it was looked last
        try (Progress progress = Progress.startUncounted(err, "Publishing", Terminal.ERR.isLive())) {
            parked = session.awaitPublished(left -> {
                progress.total(progress.doneCount() + left, true, "");
                for (long published = known[0] - left; published > 0; published--) {
                    progress.done(0);
                }
                known[0] = left;
                progress.show();
            });
        }
        if (!parked.isEmpty()) {
            Terminal.complain(err, StudyUids.count(parked.size()) + " parked; see portolan parked");
        }
        return parked.isEmpty();
    }

    private int forget() throws ConfigException, UsageException {
        if (name == null) {
            throw new UsageException("--forget: say which archive");
        }
        try (Ledger ledger = LedgerFile.of(options).open()) {
            if (!ledger.sources().forget(name)) {
                throw new UsageException(name + " was never asked, or is just being asked; nothing was done");
            }
        }
        spec.commandLine().getOut().println(name + " is forgotten; the next run reads everything");
        return ExitCode.FINE;
    }

    // ---- the list

    private int list(GatewayConfig config) throws UsageException {
        List<Listed> archives =
                isLedger(config.ledger().place()) ? listed(config) : SyncSession.listUnknown(config, Instant.now());
        PrintWriter out = spec.commandLine().getOut();
        for (Listed archive : archives) {
            if (name != null && !archive.name().equals(name)) {
                continue;
            }
            out.println(json ? json(archive) : text(archive));
        }
        return ExitCode.FINE;
    }

    private static boolean isLedger(LedgerPlace place) {
        return place.file().isEmpty() || Files.exists(place.file().get());
    }

    private List<Listed> listed(GatewayConfig config) throws UsageException {
        try (Ledger ledger = LedgerFile.of(options).open()) {
            return SyncSession.list(config, ledger, Instant.now());
        } catch (ConfigException e) {
            throw new IllegalStateException("it was read before", e);
        }
    }

    private static String text(Listed archive) {
        StringBuilder text = new StringBuilder(archive.name())
                .append("  ")
                .append(archive.source().connection().place());
        Optional<SourceState> state = archive.state();
        text.append("\n  last run   ").append(state.map(SyncCommand::lastRun).orElse("never"));
        text.append("\n  next run   ")
                .append(archive.next().map(Instant::toString).orElse("by hand only"));
        text.append("\n  compared   ").append(state.map(SyncCommand::compared).orElse("never"));
        text.append("\n  studies    ").append(archive.studies());
        return text.toString();
    }

    private static String lastRun(SourceState state) {
        if (state.running()) {
            return "running since " + state.started();
        }
        if (state.started() == null) {
            return "never";
        }
        return state.outcome() == null
                ? "broken off, begun at " + state.started()
                : state.outcome() + " at " + state.ended();
    }

    private static String compared(SourceState state) {
        SourceState.Pass pass = state.pass();
        String last = pass.done() == null ? "not yet as a whole" : "as a whole at " + pass.done();
        return pass.day() == null ? last : last + "; under way, done back to " + pass.day();
    }

    private static String json(Listed archive) {
        ObjectNode root = new ObjectMapper()
                .createObjectNode()
                .put("name", archive.name())
                .put("place", archive.source().connection().place())
                .put("next", archive.next().map(Instant::toString).orElse(null))
                .put("studies", archive.studies());
        archive.state().ifPresent(state -> {
            LocalDate cursor = state.pass().day();
            root.put("running", state.running())
                    .put("started", text(state.started()))
                    .put("ended", text(state.ended()))
                    .put("outcome", state.outcome())
                    .put("compared", text(state.pass().done()))
                    .put("cursor", cursor == null ? null : cursor.toString())
                    .putRawValue("report", new RawValue(state.report() == null ? "null" : state.report()));
        });
        return root.toString();
    }

    private static @Nullable String text(@Nullable Instant instant) {
        return instant == null ? null : instant.toString();
    }
}
