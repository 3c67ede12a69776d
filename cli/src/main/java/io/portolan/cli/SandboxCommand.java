package io.portolan.cli;

import java.io.File;
import java.io.IOException;
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
        List<String> options = new ArrayList<>(List.of("--port", Integer.toString(port)));
        if (data != null) {
            options.add("--data");
            options.add(data.toString());
        }
        SandboxProcess sandbox = SandboxProcess.inForeground(home(), options);
        Runtime.getRuntime().addShutdownHook(new Thread(sandbox::close, "stop-sandbox"));
        return sandbox.awaitEnd();
    }

    /** Where Portolan is installed; the launcher says it. */
    static Path home() {
        return Path.of(System.getProperty("portolan.home", new File(".").getPath()))
                .toAbsolutePath()
                .normalize();
    }
}
