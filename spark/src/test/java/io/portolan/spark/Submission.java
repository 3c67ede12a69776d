package io.portolan.spark;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** The job's jar as {@code spark-submit} starts it, and {@code portolan convert}, each as a process of its own. */
final class Submission {

    private static final int SECONDS_MAX = 600;

    /** Of the heap, for Spark itself: by default 300 MB, and it does not start where there is not half as much besides. */
    private static final int RESERVED_BYTES = 64 << 20;

    private static final Path ROOT = Path.of(System.getProperty("portolan.root"));

    /** What a process said, and how it ended. */
    record Ended(int code, String said) {}

    private Submission() {}

    /** @param heap of the only process, in which driver and tasks are, such as {@code 512m} */
    static Ended submit(Path folder, String heap, List<Object> arguments) throws Exception {
        List<String> command = new ArrayList<>(List.of(
                "java", "-Xmx" + heap, "@" + ROOT.resolve("spark/target/spark-submit.args"), "--master", "local[2]"));
        for (String setting : List.of(
                "spark.ui.enabled=false",
                "spark.driver.host=127.0.0.1",
                "spark.driver.bindAddress=127.0.0.1",
                "spark.testing.reservedMemory=" + RESERVED_BYTES)) {
            command.addAll(List.of("--conf", setting));
        }
        command.add(ROOT.resolve("spark/target/portolan-spark.jar").toString());
        arguments.forEach(argument -> command.add(argument.toString()));
        return run(folder, command);
    }

    static Ended convert(Path folder, List<Object> arguments) throws Exception {
        List<String> command = new ArrayList<>(List.of(
                "java", "-jar", ROOT.resolve("cli/target/portolan/portolan.jar").toString(), "convert"));
        arguments.forEach(argument -> command.add(argument.toString()));
        return run(folder, command);
    }

    private static Ended run(Path folder, List<String> command) throws Exception {
        Path said = Files.createTempFile(folder, "said", ".txt");
        Process process = new ProcessBuilder(command)
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(said.toFile())
                .start();
        try {
            if (!process.waitFor(SECONDS_MAX, TimeUnit.SECONDS)) {
                throw new AssertionError("still running: " + Files.readString(said));
            }
            return new Ended(process.exitValue(), Files.readString(said));
        } finally {
            process.destroyForcibly();
        }
    }
}
