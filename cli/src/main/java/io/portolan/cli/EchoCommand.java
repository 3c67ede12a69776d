package io.portolan.cli;

import io.portolan.dicom.engine.AssociationClient;
import io.portolan.dicom.engine.DicomNetworkException;
import io.portolan.dicom.engine.RequestOptions;
import io.portolan.dicom.engine.Status;
import io.portolan.dicom.net.PortolanEngine;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** C-ECHO (PS3.4 annex A): is the peer there, and does it accept us? */
@Command(
        name = "echo",
        mixinStandardHelpOptions = true,
        versionProvider = Portolan.Version.class,
        description = "Ask a DICOM peer whether it is there and accepts us (C-ECHO).",
        footer = {
            "%nExamples:%n  portolan echo PORTOLAN@localhost:11112%n"
                    + "  portolan echo --tls --tls-ca hospital-ca.pem PORTOLAN@pacs.hospital:2762"
        })
final class EchoCommand implements Callable<Integer> {

    @Parameters(paramLabel = "AE@HOST:PORT", description = "The peer.", converter = Peer.Converter.class)
    @SuppressWarnings("NullAway.Init") // set by picocli
    private Peer peer;

    @Option(
            names = "--calling",
            paramLabel = "AE",
            converter = AeTitle.class,
            description = "Our AE title (default: ${DEFAULT-VALUE}).")
    private String calling = "PORTOLAN";

    @Mixin
    @SuppressWarnings("NullAway.Init") // set by picocli
    private TlsOptions tls;

    @Spec
    @SuppressWarnings("NullAway.Init") // set by picocli
    private CommandSpec spec;

    @Override
    public Integer call() throws IOException, UsageException {
        PrintWriter out = spec.commandLine().getOut();
        RequestOptions options = RequestOptions.echo(peer.host(), peer.port(), peer.aeTitle(), calling)
                .withTls(tls.tls());
        long start = System.nanoTime();
        try (AssociationClient association = new PortolanEngine().request(options)) {
            Status status = association.echo();
            association.release();
            double millis = (System.nanoTime() - start) / 1e6;
            out.printf(Locale.ROOT, "%s: %s (%.0f ms)%n", peer, status, millis);
            return status.isStored() ? ExitCode.FINE : ExitCode.PROBLEMS;
        } catch (DicomNetworkException e) {
            Terminal.complain(spec.commandLine().getErr(), peer.reason(e));
            return ExitCode.PROBLEMS;
        }
    }
}
