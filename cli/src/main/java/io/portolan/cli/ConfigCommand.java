package io.portolan.cli;

import io.portolan.gateway.FileReason;
import io.portolan.gateway.config.ConfigException;
import io.portolan.gateway.config.ExampleConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Making and checking a configuration file. */
@Command(
        name = "config",
        mixinStandardHelpOptions = true,
        versionProvider = Portolan.Version.class,
        description = "Make or check a configuration file.",
        subcommands = {ConfigCommand.Init.class, ConfigCommand.Check.class},
        footer = {"%nExamples:%n  portolan config init portolan.yaml%n  portolan config check -c portolan.yaml"})
final class ConfigCommand implements Runnable {

    @Spec
    @SuppressWarnings("NullAway.Init") // set by picocli
    private CommandSpec spec;

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "say what to do: init or check");
    }

    /** A file to start from. */
    @Command(
            name = "init",
            mixinStandardHelpOptions = true,
            versionProvider = Portolan.Version.class,
            description = "Write a configuration with every key at its default, each with a comment.",
            footer = {"%nExample:%n  portolan config init portolan.yaml"})
    static final class Init implements Callable<Integer> {

        @Parameters(
                arity = "0..1",
                paramLabel = "FILE",
                description = "The file to write; without it: standard output. An existing file is left as it is.")
        private @Nullable Path file;

        @Option(names = "--force", description = "Write over an existing file.")
        private boolean force;

        @Spec
        @SuppressWarnings("NullAway.Init") // set by picocli
        private CommandSpec spec;

        @Override
        public Integer call() throws IOException, UsageException {
            if (file == null) {
                spec.commandLine().getOut().print(ExampleConfig.yaml());
                spec.commandLine().getOut().flush();
                return ExitCode.FINE;
            }
            if (Files.exists(file) && !force) {
                throw new UsageException(file + " is there already; give another name, or --force to write over it");
            }
            write(file);
            spec.commandLine().getOut().println("Written: " + file + ". Next: portolan serve -c " + file);
            return ExitCode.FINE;
        }

        private static void write(Path file) throws UsageException {
            try {
                Files.writeString(
                        file, ExampleConfig.yaml(), StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING);
            } catch (IOException e) {
                throw new UsageException(file + " cannot be written: " + FileReason.of(e) + "; name a file in a folder"
                        + " that is there and that you may write to");
            }
        }
    }

    /** What {@code serve} would say at its start, without starting. */
    @Command(
            name = "check",
            mixinStandardHelpOptions = true,
            versionProvider = Portolan.Version.class,
            description = "Check a configuration as serve would: every key, from file, environment and --set.",
            footer = {"%nExample:%n  portolan config check -c portolan.yaml"})
    static final class Check implements Callable<Integer> {

        @Mixin
        @SuppressWarnings("NullAway.Init") // set by picocli
        private ConfigOptions options;

        @Spec
        @SuppressWarnings("NullAway.Init") // set by picocli
        private CommandSpec spec;

        @Override
        public Integer call() throws ConfigException {
            options.loadToStart();
            spec.commandLine()
                    .getOut()
                    .println(Terminal.OUT.paint(Terminal.Colour.GREEN, "The configuration is right."));
            return ExitCode.FINE;
        }
    }
}
