package io.portolan.cli;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** The sandbox FHIR server, as the process of its own that it is: nothing of it is in the gateway. */
@Command(
        name = "sandbox",
        mixinStandardHelpOptions = true,
        versionProvider = Portolan.Version.class,
        description = {
            "Run a real FHIR server (HAPI FHIR JPA, R4) in the foreground, to try things out.",
            "It listens on the loopback address only and keeps its data in memory unless --data is given. Not for production."
        },
        footer = {"%nExample:%n  portolan sandbox --port 8080%n  # then: http://localhost:8080/fhir/ImagingStudy"})
final class SandboxCommand implements Callable<Integer> {

    @Option(
            names = "--port",
            paramLabel = "N",
            description = "Port to listen on; 0 takes any free one (default: ${DEFAULT-VALUE}).")
    private int port = 8080;

    @Option(names = "--data", paramLabel = "DIR", description = "Keep the data in this folder.")
    private @Nullable Path data;

    @Override
    public Integer call() throws IOException, InterruptedException, UsageException {
        List<String> command = new ArrayList<>(command(home()));
        command.add("--port");
        command.add(Integer.toString(port));
        if (data != null) {
            command.add("--data");
            command.add(data.toString());
        }
        // The child ends when we do: its standard input is a pipe of ours.
        command.add("--exit-with-parent");
        Process process = new ProcessBuilder(command)
                .redirectOutput(ProcessBuilder.Redirect.INHERIT)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        Runtime.getRuntime().addShutdownHook(new Thread(() -> end(process), "stop-sandbox"));
        return process.waitFor();
    }

    private static void end(Process process) {
        process.destroy();
        try {
            process.waitFor();
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }

    /** The command line of the sandbox, but for its own options. */
    static List<String> command(Path home) throws UsageException {
        List<Path> places = List.of(
                home.resolve("sandbox/target/portolan-sandbox/portolan-sandbox.jar"),
                home.resolve("portolan-sandbox/portolan-sandbox.jar"));
        for (Path jar : places) {
            if (Files.exists(jar)) {
                String java =
                        Path.of(System.getProperty("java.home"), "bin", "java").toString();
                return List.of(java, "-Xmx768m", "-XX:TieredStopAtLevel=1", "-jar", jar.toString());
            }
        }
        throw new UsageException("the sandbox is not here: neither " + places.get(0) + " nor " + places.get(1)
                + " exists. In a source tree, start Portolan with ./portolan, which builds it.");
    }

    /** Where Portolan is installed; the launcher says it. */
    static Path home() {
        return Path.of(System.getProperty("portolan.home", new File(".").getPath()))
                .toAbsolutePath()
                .normalize();
    }
}
