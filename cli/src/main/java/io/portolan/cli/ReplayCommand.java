package io.portolan.cli;

import io.portolan.dicom.Uid;
import io.portolan.gateway.Category;
import io.portolan.gateway.config.ConfigException;
import io.portolan.gateway.ledger.Forwards;
import io.portolan.gateway.ledger.Ledger;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Parked studies, and instances that a PACS did not take, get another chance. */
@Command(
        name = "replay",
        mixinStandardHelpOptions = true,
        versionProvider = Portolan.Version.class,
        description = {
            "Publish studies that were parked once more, and forward instances that the PACS did not take, now that what stopped"
                    + " them is mended.",
            "A running gateway takes them up within 10 seconds; without one, they are published after the next start. Where"
                    + " nothing has changed since, nothing is sent."
        },
        footer = {
            "%nExamples:%n  portolan replay -c portolan.yaml --all%n"
                    + "  portolan replay -c portolan.yaml --category FHIR_REJECTED%n"
                    + "  portolan replay -c portolan.yaml --category PACS_REJECTED       # not forwarded%n"
                    + "  portolan replay -c portolan.yaml --category PEER_REJECTED       # not reported%n"
                    + "  portolan replay -c portolan.yaml --give-up 1.2.840.113619.2.1   # and never to be%n"
                    + "  portolan replay -c portolan.yaml 1.2.840.113619.2.1"
        })
final class ReplayCommand implements Callable<Integer> {

    /** One of them. */
    static final class Which {

        @Parameters(paramLabel = "UID", arity = "1..*", description = "Study Instance UIDs; parked or not.")
        private List<String> studies = List.of();

        @Option(names = "--all", description = "All that are parked.")
        private boolean all;

        @Option(
                names = "--category",
                paramLabel = "CATEGORY",
                description = "All that are parked for this: ${COMPLETION-CANDIDATES}.")
        private @Nullable Category category;
    }

    @Option(
            names = "--give-up",
            description = "Do not forward what the PACS did not take of these studies any more; the files stay kept.")
    private boolean giveUp;

    @ArgGroup(multiplicity = "1")
    @SuppressWarnings("NullAway.Init") // set by picocli
    private Which which;

    @Mixin
    @SuppressWarnings("NullAway.Init") // set by picocli
    private ConfigOptions options;

    @Spec
    @SuppressWarnings("NullAway.Init") // set by picocli
    private CommandSpec spec;

    @Override
    public Integer call() throws ConfigException, UsageException {
        List<Uid> studies = StudyUids.parse(which.studies);
        if (giveUp && studies.isEmpty()) {
            throw new UsageException("--give-up needs the UIDs of the studies");
        }
        try (Ledger ledger = LedgerFile.of(options).open()) {
            Forwards forwards = ledger.files().forwards();
            if (giveUp) {
                int left = forwards.giveUp(studies);
                spec.commandLine().getOut().println(instances(left) + " not to be forwarded any more");
                return StudyUids.complain(
                        spec.commandLine().getErr(), ledger.replays().unknown(studies));
            }
            Optional<Category> category = which.all ? Optional.empty() : Optional.ofNullable(which.category);
            int replayed = studies.isEmpty()
                    ? ledger.replays().replayParked(category)
                    : ledger.replays().replay(studies);
            spec.commandLine().getOut().println(StudyUids.count(replayed) + " due now");
            int sent = studies.isEmpty() ? forwards.replayParked(category) : forwards.replay(studies);
            if (sent > 0) {
                spec.commandLine().getOut().println(instances(sent) + " to be forwarded now");
            }
            int told = studies.isEmpty() ? ledger.commitments().replayParked(category) : 0;
            if (told > 0) {
                spec.commandLine()
                        .getOut()
                        .println(told + (told == 1 ? " report is" : " reports are") + " to be made now");
            }
            return StudyUids.complain(
                    spec.commandLine().getErr(), ledger.replays().unknown(studies));
        }
    }

    private static String instances(int count) {
        return count + (count == 1 ? " instance is" : " instances are");
    }
}
