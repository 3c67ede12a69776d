package io.portolan.sandbox;

import ch.qos.logback.classic.Level;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Iterator;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

/**
 * Starts a FHIR R4 server on the loopback interface, says where it is, and runs until it is stopped.
 *
 * <p>Standard output carries one line, {@code FHIR server ready: <base URL>}, once requests are answered; everything
 * else goes to standard error. Exit codes: 0 after {@code --help} or when the parent has gone, 1 when the server failed
 * to start, 2 when it was called wrongly or its port or folder cannot be had. A signal (SIGTERM, SIGINT) ends it with
 * the code that the JVM gives to that signal.
 */
public final class Sandbox {
    private static final int EXIT_START_FAILED = 1;
    private static final int EXIT_USAGE = 2;

    private static final String USAGE = """
            Usage: java -jar portolan-sandbox.jar [--port N] [--data DIR] [--exit-with-parent]

            Runs a HAPI FHIR R4 server for tries and tests on 127.0.0.1, without authentication.

              --port N             TCP port, 0 for any free one (default: 8080)
              --data DIR           keep the database in this folder (default: in memory, gone at exit)
              --exit-with-parent   exit when standard input ends, and so when the parent process does
              --help               show this text
            """;

    private Sandbox() {}

    public static void main(String[] args) {
        if (Arrays.asList(args).contains("--help")) {
            System.out.print(USAGE);
            return;
        }
        Options options;
        try {
            options = Options.parse(args);
        } catch (IllegalArgumentException e) {
            System.err.println(e.getMessage());
            System.err.print(USAGE);
            System.exit(EXIT_USAGE);
            return;
        }
        if (options.exitWithParent()) {
            exitAtEndOf(System.in);
        }
        run(options);
    }

    private static void run(Options options) {
        FhirServer server;
        try {
            server = FhirServer.bind(options.port(), options.data());
        } catch (IOException e) {
            System.err.println(e.getMessage());
            System.exit(EXIT_USAGE);
            return;
        }
        Runtime.getRuntime().addShutdownHook(new Thread(Sandbox::logNothing, "log-nothing"));
        System.err.println("Starting a HAPI FHIR R4 server (takes 10 to 20 seconds)...");
        try {
            server.start();
        } catch (Exception e) {
            e.printStackTrace();
            // threads of Jetty and Spring would keep a half-started process alive
            System.exit(EXIT_START_FAILED);
        }
        Runtime.getRuntime().addShutdownHook(new Thread(server::close, "stop"));
        System.out.println("FHIR server ready: " + server.baseUrl());
        System.out.flush();
    }

    /** A request that is cut off by our own end is no news; HAPI FHIR would say it with a stack trace. */
    private static void logNothing() {
        ((ch.qos.logback.classic.LoggerContext) LoggerFactory.getILoggerFactory())
                .getLoggerList()
                .forEach(logger -> logger.setLevel(Level.OFF));
    }

    /** Nobody writes to the stream; the operating system closes it when the process at the other end is gone. */
    private static void exitAtEndOf(InputStream parent) {
        Thread watch = new Thread(
                () -> {
                    try {
                        parent.transferTo(OutputStream.nullOutputStream());
                    } catch (IOException e) {
                        System.err.println("Standard input failed: " + e.getMessage());
                    }
                    System.exit(0);
                },
                "exit-with-parent");
        watch.setDaemon(true);
        watch.start();
    }

    /**
     * The command line.
     *
     * @param port TCP port, 0 for any free one
     * @param data folder of the database; null: in memory
     */
    record Options(int port, @Nullable Path data, boolean exitWithParent) {
        private static final int PORT_DEFAULT = 8080;
        private static final int PORT_MAX = 65_535;

        /** @throws IllegalArgumentException with a message for the user */
        static Options parse(String... args) {
            int port = PORT_DEFAULT;
            Path data = null;
            boolean exitWithParent = false;
            for (Iterator<String> rest = Arrays.asList(args).iterator(); rest.hasNext(); ) {
                String option = rest.next();
                switch (option) {
                    case "--port" -> port = port(value(option, rest));
                    case "--data" -> data = folder(value(option, rest));
                    case "--exit-with-parent" -> exitWithParent = true;
                    default -> throw new IllegalArgumentException("Unknown option: " + option);
                }
            }
            return new Options(port, data, exitWithParent);
        }

        private static String value(String option, Iterator<String> rest) {
            if (!rest.hasNext()) {
                throw new IllegalArgumentException(option + " needs a value");
            }
            return rest.next();
        }

        private static int port(String text) {
            if (!text.matches("[0-9]{1,5}") || Integer.parseInt(text) > PORT_MAX) {
                throw new IllegalArgumentException("Not a TCP port (0 to " + PORT_MAX + "): " + text);
            }
            return Integer.parseInt(text);
        }

        /** A semicolon would end the path in a JDBC URL of H2 and begin a setting. */
        private static Path folder(String text) {
            try {
                if (!text.isBlank() && text.indexOf(';') < 0) {
                    return Path.of(text).toAbsolutePath();
                }
            } catch (InvalidPathException e) {
                throw new IllegalArgumentException("Not a folder: " + text, e);
            }
            throw new IllegalArgumentException("Not a folder (it must not contain a semicolon): " + text);
        }
    }
}
