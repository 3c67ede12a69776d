package io.portolan.cli;

import io.portolan.gateway.access.Access;
import io.portolan.gateway.access.AccessFiles;
import io.portolan.gateway.config.ConfigException;
import io.portolan.gateway.config.GatewayConfig;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** What the administrator of an authorization server registers. */
@Command(
        name = "jwks",
        mixinStandardHelpOptions = true,
        versionProvider = Portolan.Version.class,
        description = {
            "Show our public keys as a JWK Set, to be registered with an authorization server (SMART Backend Services).",
            "A running gateway shows those of its configuration at /.well-known/jwks.json."
        },
        footer = {
            "%nExamples:%n  portolan jwks -c portolan.yaml%n"
                    + "  portolan jwks -c portolan.yaml next-key.pem > jwks.json    # before the key is changed"
        })
final class JwksCommand implements Callable<Integer> {

    @Parameters(
            paramLabel = "KEY-FILE",
            description = "Further private keys, such as the next one; of each the public part is shown.")
    private List<Path> files = new ArrayList<>();

    @Mixin
    @SuppressWarnings("NullAway.Init") // set by picocli
    private ConfigOptions options;

    @Spec
    @SuppressWarnings("NullAway.Init") // set by picocli
    private CommandSpec spec;

    @Override
    public Integer call() throws ConfigException, IOException, UsageException {
        GatewayConfig config = options.load();
        List<Access> keys = Stream.concat(
                        config.accesses().stream(), files.stream().map(Access::ofKey))
                .filter(Access::hasKey)
                .toList();
        if (keys.isEmpty()) {
            throw new UsageException(
                    "no key is configured: set fhir.client-id and fhir.client-key-file, or name a file");
        }
        spec.commandLine().getOut().println(AccessFiles.jwks(keys));
        return ExitCode.FINE;
    }
}
