package io.portolan.cli;

import ch.qos.logback.classic.Level;
import io.portolan.gateway.Gateway;
import io.portolan.gateway.config.ConfigException;
import io.portolan.gateway.config.GatewayConfig;
import java.io.IOException;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** The gateway as a service, in the foreground; SIGTERM and SIGINT stop it in order. */
@Command(
        name = "serve",
        mixinStandardHelpOptions = true,
        versionProvider = Portolan.Version.class,
        description = {
            "Run the gateway: take instances from modalities and PACS (C-STORE), publish them to the FHIR server.",
            "Success is answered only for what is on disk. SIGTERM stops in order; nothing acknowledged is lost, not even by"
                    + " SIGKILL."
        },
        footer = {
            "%nExamples:%n  portolan serve --set fhir.url=http://localhost:8080/fhir%n"
                    + "  portolan serve -c portolan.yaml --set log.level=debug",
            "",
            "Every key: docs/configuration.md"
        })
final class ServeCommand implements Callable<Integer> {

    private static final Logger LOG = LoggerFactory.getLogger(ServeCommand.class);

    @Mixin
    @SuppressWarnings("NullAway.Init") // set by picocli
    private ConfigOptions options;

    @Override
    public Integer call() throws ConfigException, IOException, InterruptedException, UsageException {
        GatewayConfig config = options.loadToStart();
        logLevel(config.log().level());
        Gateway gateway = start(config);
        LOG.info("portolan {} ready: {}", Portolan.Version.number(), gateway);
        CountDownLatch stopped = new CountDownLatch(1);
        Runtime.getRuntime()
                .addShutdownHook(new Thread(
                        () -> {
                            gateway.close();
                            stopped.countDown();
                        },
                        "stop"));
        stopped.await();
        return ExitCode.FINE;
    }

    /** An address, a folder or a ledger that cannot be had does not mend itself: whoever starts us need not try again. */
    private static Gateway start(GatewayConfig config) throws UsageException {
        try {
            return Gateway.start(config);
        } catch (IOException e) {
            throw new UsageException(String.valueOf(e.getMessage()));
        }
    }

    /** Of our own loggers only; see logback.xml for why. */
    static void logLevel(GatewayConfig.LogLevel level) {
        ((ch.qos.logback.classic.Logger) LoggerFactory.getLogger("io.portolan")).setLevel(Level.valueOf(level.name()));
    }

    /** For what ends on purpose. */
    static void logNothing() {
        ((ch.qos.logback.classic.Logger) LoggerFactory.getLogger(Logger.ROOT_LOGGER_NAME)).setLevel(Level.OFF);
        ((ch.qos.logback.classic.Logger) LoggerFactory.getLogger("io.portolan")).setLevel(Level.OFF);
    }
}
