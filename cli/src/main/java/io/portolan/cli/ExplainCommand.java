package io.portolan.cli;

import ca.uhn.fhir.context.FhirContext;
import io.portolan.dicom.Uid;
import io.portolan.dicom.io.DicomReader;
import io.portolan.dicom.io.Dump;
import io.portolan.dicom.io.MalformedDataException;
import io.portolan.gateway.config.ConfigException;
import io.portolan.gateway.config.GatewayConfig;
import io.portolan.gateway.ledger.LedgerException;
import io.portolan.gateway.ledger.LedgerPlace;
import io.portolan.gateway.ledger.LedgerStatus;
import io.portolan.mapping.Explanation;
import io.portolan.mapping.MappingOptions;
import io.portolan.mapping.study.Gathered;
import io.portolan.mapping.study.Instance;
import io.portolan.mapping.study.UnidentifiedInstanceException;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Where every element of a study comes from. */
@Command(
        name = "explain",
        mixinStandardHelpOptions = true,
        versionProvider = Portolan.Version.class,
        description = {
            "Show, element by element, what the mapping makes of a DICOM file, or of a study in the ledger: the value, the"
                    + " attributes and the rule that it comes from, and what could not be said and why.",
            "What is shown is a patient's. A running gateway is not disturbed."
        },
        footer = {"%nExample:%n  portolan explain image.dcm"})
final class ExplainCommand implements Callable<Integer> {

    @Parameters(paramLabel = "FILE|STUDY_UID", description = "A DICOM file, or the StudyInstanceUID of a study.")
    @SuppressWarnings("NullAway.Init") // set by picocli
    private String subject;

    @Option(names = "--all", description = "Also the rows that say nothing because their attributes are not there.")
    private boolean all;

    @Mixin
    @SuppressWarnings("NullAway.Init") // set by picocli
    private ConfigOptions options;

    @Spec
    @SuppressWarnings("NullAway.Init") // set by picocli
    private CommandSpec spec;

    @Override
    public Integer call() throws ConfigException, IOException, UsageException {
        GatewayConfig config = options.load();
        MappingOptions mapping = config.mapping();
        Gathered study = Files.exists(Path.of(subject)) ? ofFile(config, mapping) : ofLedger(config);
        PrintWriter out = spec.commandLine().getOut();
        String place = "";
        for (Explanation.Line line :
                Explanation.of(study, mapping, config.sharing().options(), FhirContext.forR4Cached())) {
            if (!all && line.json().isEmpty() && line.issues().isEmpty()) {
                continue;
            }
            String here = line.place() == null ? "" : line.place().value();
            if (!here.equals(place)) {
                place = here;
                out.println(here.isEmpty() ? "" : "\n== " + here);
            }
            print(line, out);
        }
        out.flush();
        return ExitCode.FINE;
    }

    private static void print(Explanation.Line line, PrintWriter out) {
        out.println(line.element());
        out.println("    value  " + (line.json().isEmpty() ? "none" : line.json()));
        out.println("    rule   " + line.rule());
        String label = "    from   ";
        for (String source : Dump.format(line.sources()).lines().toList()) {
            out.println(label + source);
            label = "           ";
        }
        line.issues().forEach(issue -> out.println("    issue  " + issue.reason()));
    }

    private Gathered ofFile(GatewayConfig config, MappingOptions mapping) throws IOException, UsageException {
        Path file = Path.of(subject);
        try (DicomReader reader = DicomReader.open(
                file, mapping.selection(), config.dicom().limits().readLimits())) {
            Instance instance = Instance.of(reader.readHeader(), Optional.empty(), mapping.extraTags());
            return new Gathered(instance.study(), List.of(instance));
        } catch (MalformedDataException | UnidentifiedInstanceException e) {
            throw new IOException(file + ": " + e.getMessage(), e);
        }
    }

    private Gathered ofLedger(GatewayConfig config) throws UsageException {
        Uid study = Uid.parse(subject)
                .orElseThrow(() -> new UsageException(subject + ": no such file, and no UID of a study"));
        LedgerPlace ledger = config.ledger().place();
        if (ledger.file().isPresent() && !Files.exists(ledger.file().get())) {
            throw new UsageException(
                    "there is no ledger " + ledger + "; give the configuration that serve was given: -c FILE");
        }
        try {
            return LedgerStatus.gathered(ledger, study)
                    .orElseThrow(() -> new UsageException("the ledger " + ledger + " has no study " + study));
        } catch (LedgerException e) {
            throw new UsageException(String.valueOf(e.getMessage()));
        }
    }
}
