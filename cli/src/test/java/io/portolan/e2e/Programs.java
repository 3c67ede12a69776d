package io.portolan.e2e;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** The programs under test, as a user has them. The system property {@code portolan.root} says where they were built. */
public final class Programs {

    static final Path ROOT = Path.of(System.getProperty("portolan.root", "")).toAbsolutePath();
    private static final Path JAVA = Path.of(System.getProperty("java.home"), "bin", "java");
    private static final Duration SANDBOX_START_MAX = Duration.ofMinutes(4);

    private Programs() {}

    /** The FHIR server of this test run; one for all tests, since its start takes long. */
    private static final class Sandbox {
        static final String URL = start();

        private static String start() {
            try {
                Path jar = ROOT.resolve("sandbox/target/portolan-sandbox/portolan-sandbox.jar");
                if (!Files.exists(jar)) {
                    throw new IllegalStateException(
                            jar + " is built before this module; run ./mvnw verify in the root");
                }
                // Ends with this JVM: its standard input is ours.
                ChildProcess process = ChildProcess.start(
                        ROOT,
                        List.of(
                                JAVA.toString(),
                                "-Xmx768m",
                                "-XX:TieredStopAtLevel=1",
                                "-jar",
                                jar.toString(),
                                "--port",
                                "0",
                                "--exit-with-parent"));
                return process.awaitLine("ready: (http\\S+)", SANDBOX_START_MAX);
            } catch (Exception e) {
                throw new IllegalStateException("the sandbox did not start", e);
            }
        }
    }

    /** Where the sandbox is; the first to ask starts it. */
    public static String sandboxUrl() {
        return Sandbox.URL;
    }

    /** {@code portolan ...} in a directory of the test's own. */
    static ChildProcess portolan(Path directory, List<String> jvmOptions, String... arguments) throws IOException {
        return ChildProcess.start(directory, command(jvmOptions, arguments));
    }

    static List<String> command(List<String> jvmOptions, String... arguments) {
        Path jar = ROOT.resolve("cli/target/portolan/portolan.jar");
        List<String> command = new ArrayList<>(List.of(JAVA.toString()));
        command.addAll(jvmOptions);
        command.addAll(List.of("-Dportolan.home=" + ROOT, "-jar", jar.toString()));
        command.addAll(Arrays.asList(arguments));
        return command;
    }
}
