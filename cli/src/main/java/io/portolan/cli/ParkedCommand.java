package io.portolan.cli;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import io.portolan.gateway.Category;
import io.portolan.gateway.config.ConfigException;
import io.portolan.gateway.ledger.LedgerStatus;
import io.portolan.gateway.ledger.ParkedFiles;
import io.portolan.gateway.ledger.ParkedReport;
import io.portolan.gateway.ledger.ParkedStudy;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The studies that were given up for now, and the instances that a PACS did not take. */
@Command(
        name = "parked",
        mixinStandardHelpOptions = true,
        versionProvider = Portolan.Version.class,
        description = {
            "List the studies that were given up for now, the instances that the PACS did not take, and the reports of storage"
                    + " commitment that could not be made, and why.",
            "A gateway may be running; nothing is written. Exit code 1: there are some."
        },
        footer = {"%nExample:%n  portolan parked -c portolan.yaml --category FHIR_REJECTED --errors"})
final class ParkedCommand implements Callable<Integer> {

    @Option(names = "--category", paramLabel = "CATEGORY", description = "Only these: ${COMPLETION-CANDIDATES}.")
    private @Nullable Category category;

    @Option(names = "--json", description = "As one JSON array.")
    private boolean json;

    @Option(
            names = "--errors",
            description = "Show the last error in full. It may quote what a FHIR server said of a patient.")
    private boolean errors;

    @Mixin
    @SuppressWarnings("NullAway.Init") // set by picocli
    private ConfigOptions options;

    @Spec
    @SuppressWarnings("NullAway.Init") // set by picocli
    private CommandSpec spec;

    @Override
    public Integer call() throws ConfigException, IOException, UsageException {
        LedgerStatus status = LedgerFile.of(options).read();
        List<ParkedStudy> studies = status.parked().stream()
                .filter(study -> category == null || study.category() == category)
                .toList();
        List<ParkedFiles> files = status.parkedFiles().stream()
                .filter(one -> category == null || one.category() == category)
                .toList();
        List<ParkedReport> reports = status.parkedReports().stream()
                .filter(one -> category == null || one.category() == category)
                .toList();
        ParkedList list = new ParkedList(studies, files, reports, errors);
        PrintWriter out = spec.commandLine().getOut();
        if (json) {
            ObjectMapper mapper = new ObjectMapper();
            ArrayNode array = mapper.createArrayNode();
            list.addTo(array);
            out.println(mapper.writeValueAsString(array));
        } else {
            out.println(studies.size() + (studies.size() == 1 ? " study is parked" : " studies are parked"));
            if (!files.isEmpty()) {
                long instances = files.stream().mapToLong(ParkedFiles::files).sum();
                out.println(instances + (instances == 1 ? " instance is" : " instances are") + " not forwarded");
            }
            if (!reports.isEmpty()) {
                out.println(reports.size()
                        + (reports.size() == 1
                                ? " report of storage commitment is"
                                : " reports of storage commitment are")
                        + " not made");
            }
            list.print(out, "parked");
        }
        return studies.isEmpty() && files.isEmpty() && reports.isEmpty() ? ExitCode.FINE : ExitCode.PROBLEMS;
    }
}
