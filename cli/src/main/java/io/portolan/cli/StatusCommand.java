package io.portolan.cli;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.portolan.cli.Terminal.Colour;
import io.portolan.gateway.config.ConfigException;
import io.portolan.gateway.config.GatewayConfig;
import io.portolan.gateway.ledger.LedgerCounts;
import io.portolan.gateway.ledger.LedgerException;
import io.portolan.gateway.ledger.LedgerStatus;
import io.portolan.gateway.ledger.ParkedStudy;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
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
            "Show what the ledger holds: studies, what waits to be published, what was parked and why.",
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
        GatewayConfig config = options.load();
        Path file = config.ledger().file();
        if (!Files.exists(file)) {
            throw new UsageException(
                    "there is no ledger " + file
                            + "; portolan serve makes it. Give the configuration that serve was given: -c FILE, or --set ledger.url");
        }
        LedgerStatus status = read(file);
        PrintWriter out = spec.commandLine().getOut();
        if (json) {
            out.println(json(file, status.counts(), status.parked()));
        } else {
            print(out, file, status.counts(), status.parked());
        }
        return status.counts().parked() == 0 && status.counts().failed().isEmpty() ? ExitCode.FINE : ExitCode.PROBLEMS;
    }

    /** A ledger that cannot be read says nothing about studies, so it is not exit code 1. */
    private static LedgerStatus read(Path file) throws UsageException {
        try {
            return LedgerStatus.read(file);
        } catch (LedgerException e) {
            throw new UsageException(String.valueOf(e.getMessage()));
        }
    }

    private void print(PrintWriter out, Path file, LedgerCounts counts, List<ParkedStudy> parked) {
        out.println("ledger     " + file);
        out.println("studies    " + counts.studies());
        out.println("instances  " + counts.instances());
        long waiting = counts.dirty() - counts.parked();
        out.println("waiting    " + painted(waiting, Colour.YELLOW));
        out.println("parked     " + painted(counts.parked(), Colour.RED));
        new TreeMap<>(counts.failed())
                .forEach((category, studies) ->
                        out.println("failing    " + Terminal.OUT.paint(Colour.RED, studies + " " + category)));
        for (ParkedStudy study : parked) {
            out.printf(
                    Locale.ROOT,
                    "%nparked     %s%n           %s after %d attempts, %d instances, the last arrived %s%n",
                    study.study(),
                    study.category(),
                    study.attempts(),
                    study.instances(),
                    study.lastArrival());
            if (errors) {
                out.println("           " + study.error());
            }
        }
        if (!parked.isEmpty() && !errors) {
            out.printf("%nWhy: portolan status --errors (may quote a patient's data)%n");
        }
    }

    /** None is well. */
    private static String painted(long studies, Colour otherwise) {
        return Terminal.OUT.paint(studies == 0 ? Colour.GREEN : otherwise, Long.toString(studies));
    }

    private String json(Path file, LedgerCounts counts, List<ParkedStudy> parked) throws IOException {
        ObjectMapper mapper = new ObjectMapper();
        ObjectNode root = mapper.createObjectNode()
                .put("ledger", file.toString())
                .put("studies", counts.studies())
                .put("instances", counts.instances())
                .put("waiting", counts.dirty() - counts.parked())
                .put("parked", counts.parked());
        ObjectNode failing = root.putObject("failing");
        new TreeMap<>(counts.failed()).forEach((category, studies) -> failing.put(category.name(), studies));
        ArrayNode studies = root.putArray("parkedStudies");
        for (ParkedStudy study : parked) {
            ObjectNode node = studies.addObject()
                    .put("study", study.study().value())
                    .put("category", study.category().name())
                    .put("attempts", study.attempts())
                    .put("instances", study.instances())
                    .put("lastArrival", study.lastArrival().toString());
            if (errors) {
                node.put("lastError", study.error());
            }
        }
        return mapper.writeValueAsString(root);
    }
}
