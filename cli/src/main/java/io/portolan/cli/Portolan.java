package io.portolan.cli;

import io.portolan.gateway.config.ConfigException;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.Properties;
import picocli.AutoComplete.GenerateCompletion;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.HelpCommand;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.UnmatchedArgumentException;

/** The root command: shows what there is. */
@Command(
        name = "portolan",
        description =
                "A DICOM-to-FHIR gateway: modalities and PACS send DICOM, a FHIR server gets one true ImagingStudy per"
                        + " study.",
        mixinStandardHelpOptions = true,
        versionProvider = Portolan.Version.class,
        subcommands = {
            DemoCommand.class,
            ServeCommand.class,
            ConvertCommand.class,
            SyncCommand.class,
            SendCommand.class,
            EchoCommand.class,
            SandboxCommand.class,
            StatusCommand.class,
            ParkedCommand.class,
            ReplayCommand.class,
            RepublishCommand.class,
            ReindexCommand.class,
            DumpCommand.class,
            ExplainCommand.class,
            MappingCommand.class,
            ConfigCommand.class,
            JwksCommand.class,
            GenerateCompletion.class,
            HelpCommand.class,
        },
        footerHeading = "%nTo see it work:%n",
        footer = {
            "  portolan demo                               # everything at once, with synthetic studies",
            "",
            "With your own images, in three terminals:",
            "  portolan sandbox                            # a FHIR server to play with",
            "  portolan serve                              # the gateway, listening for DICOM on port 11112",
            "  portolan send PORTOLAN@localhost:11112 DIR  # send it the DICOM files of a folder",
            "",
            "Without a network: portolan convert DIR --out FHIR-DIR",
            "In step with a PACS: portolan sync, with sync.sources in the configuration",
            "",
            "Exit codes: 0 all fine, 1 some problems, 2 wrong use or configuration.",
        })
final class Portolan implements Runnable {

    @Spec
    @SuppressWarnings("NullAway.Init") // set by picocli
    private CommandSpec spec;

    @Override
    public void run() {
        spec.commandLine().usage(spec.commandLine().getOut());
    }

    public static void main(String[] args) {
        // Progress and names of studies are UTF-8 on every terminal that matters.
        int code = commandLine(
                        new PrintWriter(System.out, true, StandardCharsets.UTF_8),
                        new PrintWriter(System.err, true, StandardCharsets.UTF_8))
                .execute(args);
        System.exit(code);
    }

    static CommandLine commandLine(PrintWriter out, PrintWriter err) {
        return new CommandLine(new Portolan())
                .setOut(out)
                .setErr(err)
                .setUsageHelpWidth(100)
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setColorScheme(CommandLine.Help.defaultColorScheme(Terminal.OUT.ansi()))
                .setParameterExceptionHandler(Portolan::misused)
                .setExecutionExceptionHandler(Portolan::explain);
    }

    /** Standard error may be a terminal when standard output is none, or the other way round. */
    private static int misused(ParameterException problem, String[] args) {
        PrintWriter err = problem.getCommandLine().getErr();
        Terminal.complain(err, String.valueOf(problem.getMessage()));
        if (!UnmatchedArgumentException.printSuggestions(problem, err)) {
            problem.getCommandLine().usage(err, Terminal.ERR.ansi());
        }
        return ExitCode.USAGE;
    }

    /** What a person can act upon gets its own words; anything else is our fault and shows where. */
    private static int explain(Exception problem, CommandLine command, CommandLine.ParseResult parsed) {
        PrintWriter err = command.getErr();
        if (Shutdown.inProgress()) {
            return ExitCode.PROBLEMS;
        }
        if (problem instanceof ConfigException config) {
            config.problems().forEach(p -> Terminal.complain(err, p.toString()));
            return ExitCode.USAGE;
        }
        if (problem instanceof UsageException || problem instanceof IOException) {
            Terminal.complain(err, String.valueOf(problem.getMessage()));
            return problem instanceof UsageException ? ExitCode.USAGE : ExitCode.PROBLEMS;
        }
        Terminal.complain(err, "this is a fault of Portolan itself; please report what stands here:");
        problem.printStackTrace(err);
        return ExitCode.PROBLEMS;
    }

    /** {@code portolan.properties} carries the version of the build. */
    static final class Version implements IVersionProvider {

        @Override
        public String[] getVersion() throws IOException {
            return new String[] {"portolan " + number()};
        }

        static String number() throws IOException {
            Properties properties = new Properties();
            try (InputStream in = Portolan.class.getResourceAsStream("/portolan.properties")) {
                properties.load(in);
            }
            return properties.getProperty("version");
        }
    }
}
