package io.portolan.cli;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.portolan.cli.Terminal.Colour;
import io.portolan.gateway.config.ConfigException;
import io.portolan.gateway.ledger.Amplification;
import io.portolan.gateway.ledger.CommitmentCounts;
import io.portolan.gateway.ledger.ForwardCounts;
import io.portolan.gateway.ledger.LedgerCounts;
import io.portolan.gateway.ledger.LedgerPlace;
import io.portolan.gateway.ledger.LedgerStatus;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.Locale;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** What the ledger holds, beside a running gateway or without one. */
@Command(
        name = "status",
        mixinStandardHelpOptions = true,
        versionProvider = Portolan.Version.class,
        description = {
            "Show what the ledger holds: studies, what waits to be published, forwarded or reported, what was parked and why.",
            "A gateway may be running; it is not disturbed: nothing is written. Exit code 1: something is parked or failing."
        },
        footer = {"%nExample:%n  portolan status -c portolan.yaml"})
final class StatusCommand implements Callable<Integer> {

    @Option(names = "--json", description = "As one JSON object.")
    private boolean json;

    @Option(
            names = "--errors",
            description =
                    "Show the last error of parked studies in full. It may quote what a FHIR server said of a patient.")
    private boolean errors;

    @Mixin
    @SuppressWarnings("NullAway.Init") // set by picocli
    private ConfigOptions options;

    @Spec
    @SuppressWarnings("NullAway.Init") // set by picocli
    private CommandSpec spec;

    @Override
    public Integer call() throws ConfigException, IOException, UsageException {
        LedgerFile file = LedgerFile.of(options);
        LedgerStatus status = file.read();
        PrintWriter out = spec.commandLine().getOut();
        if (json) {
            out.println(json(file.place(), status));
        } else {
            print(out, file.place(), status);
        }
        boolean fine = status.counts().parked() == 0
                && status.counts().failed().isEmpty()
                && status.forward().failed().isEmpty()
                && status.commitment().failed().isEmpty();
        return fine ? ExitCode.FINE : ExitCode.PROBLEMS;
    }

    private void print(PrintWriter out, LedgerPlace place, LedgerStatus status) {
        LedgerCounts counts = status.counts();
        out.println("ledger     " + place);
        out.println("studies    " + counts.studies());
        out.println("instances  " + counts.instances());
        long waiting = counts.dirty() - counts.parked();
        out.println("waiting    " + painted(waiting, Colour.YELLOW));
        out.println("parked     " + painted(counts.parked(), Colour.RED));
        new TreeMap<>(counts.failed())
                .forEach((category, studies) ->
                        out.println("failing    " + Terminal.OUT.paint(Colour.RED, studies + " " + category)));
        Amplification amplification = status.amplification();
        if (amplification.studies() > 0) {
            out.printf(
                    Locale.ROOT,
                    "published  %d: %.1f versions each, at most %d; sent %.2f times the bytes of the resources%n",
                    amplification.studies(),
                    (double) amplification.versions() / amplification.studies(),
                    amplification.versionsMax(),
                    (double) amplification.sentBytes() / amplification.resourceBytes());
        }
        printForward(out, status.forward());
        printCommitment(out, status.commitment());
        ParkedList.of(status, errors).print(out, "status");
    }

    /** Nothing where nothing is to be forwarded. */
    private static void printForward(PrintWriter out, ForwardCounts forward) {
        if (forward.waiting() + forward.parked() > 0) {
            String since = forward.oldest()
                    .map(oldest -> ", the oldest since " + oldest)
                    .orElse("");
            out.println("forward    " + painted(forward.waiting(), Colour.YELLOW) + " instances wait" + since
                    + "; parked " + painted(forward.parked(), Colour.RED));
            new TreeMap<>(forward.failed())
                    .forEach((category, files) ->
                            out.println("not sent   " + Terminal.OUT.paint(Colour.RED, files + " " + category)));
        }
    }

    /** Nothing where nothing is to be reported. */
    private static void printCommitment(PrintWriter out, CommitmentCounts commitment) {
        if (commitment.waiting() + commitment.parked() > 0) {
            String since = commitment
                    .oldest()
                    .map(oldest -> ", the oldest asked for " + oldest)
                    .orElse("");
            out.println("commitment " + painted(commitment.waiting(), Colour.YELLOW) + " reports wait" + since
                    + "; parked " + painted(commitment.parked(), Colour.RED));
            new TreeMap<>(commitment.failed())
                    .forEach((category, reports) ->
                            out.println("not told   " + Terminal.OUT.paint(Colour.RED, reports + " " + category)));
        }
    }

    /** None is well. */
    private static String painted(long studies, Colour otherwise) {
        return Terminal.OUT.paint(studies == 0 ? Colour.GREEN : otherwise, Long.toString(studies));
    }

    private String json(LedgerPlace place, LedgerStatus status) throws IOException {
        LedgerCounts counts = status.counts();
        ObjectMapper mapper = new ObjectMapper();
        ObjectNode root = mapper.createObjectNode()
                .put("ledger", place.toString())
                .put("studies", counts.studies())
                .put("instances", counts.instances())
                .put("waiting", counts.dirty() - counts.parked())
                .put("parked", counts.parked());
        ObjectNode failing = root.putObject("failing");
        new TreeMap<>(counts.failed()).forEach((category, studies) -> failing.put(category.name(), studies));
        Amplification amplification = status.amplification();
        root.putObject("published")
                .put("studies", amplification.studies())
                .put("versions", amplification.versions())
                .put("versionsMax", amplification.versionsMax())
                .put("sentBytes", amplification.sentBytes())
                .put("resourceBytes", amplification.resourceBytes());
        ForwardCounts forward = status.forward();
        ObjectNode sent =
                root.putObject("forward").put("waiting", forward.waiting()).put("parked", forward.parked());
        forward.oldest().ifPresent(oldest -> sent.put("oldest", oldest.toString()));
        ObjectNode notSent = sent.putObject("failing");
        new TreeMap<>(forward.failed()).forEach((category, files) -> notSent.put(category.name(), files));
        CommitmentCounts commitment = status.commitment();
        ObjectNode told = root.putObject("commitment")
                .put("waiting", commitment.waiting())
                .put("parked", commitment.parked());
        commitment.oldest().ifPresent(oldest -> told.put("oldest", oldest.toString()));
        ObjectNode notTold = told.putObject("failing");
        new TreeMap<>(commitment.failed()).forEach((category, reports) -> notTold.put(category.name(), reports));
        ParkedList.of(status, errors).addTo(root.putArray("parkedStudies"));
        return mapper.writeValueAsString(root);
    }
}
