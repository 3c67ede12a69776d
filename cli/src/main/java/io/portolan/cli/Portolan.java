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
import picocli.CommandLine.Spec;

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
            SendCommand.class,
            EchoCommand.class,
            SandboxCommand.class,
            StatusCommand.class,
            DumpCommand.class,
            MappingCommand.class,
            ConfigCommand.class,
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
                .setExecutionExceptionHandler(Portolan::explain);
    }

    /** What a person can act upon gets its own words; anything else is our fault and shows where. */
    private static int explain(Exception problem, CommandLine command, CommandLine.ParseResult parsed) {
        PrintWriter err = command.getErr();
        if (problem instanceof ConfigException config) {
            config.problems().forEach(p -> err.println("portolan: " + p));
            return ExitCode.USAGE;
        }
        if (problem instanceof UsageException || problem instanceof IOException) {
            err.println("portolan: " + problem.getMessage());
            return problem instanceof UsageException ? ExitCode.USAGE : ExitCode.PROBLEMS;
        }
        err.println("portolan: this is a fault of Portolan itself; please report what stands here:");
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
