package io.portolan.cli;

import io.portolan.dicom.Uid;
import io.portolan.gateway.config.ConfigException;
import io.portolan.gateway.ledger.Ledger;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** After a change of the configuration or of the mapping, what was published is made and compared anew. */
@Command(
        name = "republish",
        mixinStandardHelpOptions = true,
        versionProvider = Portolan.Version.class,
        description = {
            "Make published studies anew, after a change of mapping: or sharing: in the configuration, or with a newer version"
                    + " of Portolan.",
            "They go behind everything that arrives, and do not count as backlog. Where the result is what was said before,"
                    + " nothing is sent. A running gateway takes them up within 10 seconds: restart it with the new"
                    + " configuration first."
        },
        footer = {
            "%nExamples:%n  portolan republish -c portolan.yaml --changed --dry-run%n"
                    + "  portolan republish -c portolan.yaml --changed"
        })
final class RepublishCommand implements Callable<Integer> {

    /** One of them. */
    static final class Which {

        @Parameters(paramLabel = "UID", arity = "1..*", description = "Study Instance UIDs.")
        private List<String> studies = List.of();

        @Option(
                names = "--changed",
                description = "All that were made by another version or configuration than the present one.")
        private boolean changed;

        @Option(names = "--all", description = "All that were published.")
        private boolean all;
    }

    @ArgGroup(multiplicity = "1")
    @SuppressWarnings("NullAway.Init") // set by picocli
    private Which which;

    @Option(names = "--dry-run", description = "Only say how many there are.")
    private boolean dryRun;

    @Mixin
    @SuppressWarnings("NullAway.Init") // set by picocli
    private ConfigOptions options;

    @Spec
    @SuppressWarnings("NullAway.Init") // set by picocli
    private CommandSpec spec;

    @Override
    public Integer call() throws ConfigException, UsageException {
        List<Uid> studies = StudyUids.parse(which.studies);
        try (Ledger ledger = LedgerFile.of(options).open()) {
            List<Uid> unknown = ledger.replays().unknown(studies);
            long count = dryRun ? studies(ledger, studies.size() - unknown.size()) : republish(ledger, studies);
            spec.commandLine().getOut().println(StudyUids.count(count) + " to be published again");
            return StudyUids.complain(spec.commandLine().getErr(), unknown);
        }
    }

    private long studies(Ledger ledger, int named) {
        return which.changed
                ? ledger.replays().outdated()
                : which.all ? ledger.replays().published() : named;
    }

    private long republish(Ledger ledger, List<Uid> studies) {
        return which.changed
                ? ledger.replays().republishOutdated()
                : which.all ? ledger.replays().republishAll() : ledger.replays().republish(studies);
    }
}
