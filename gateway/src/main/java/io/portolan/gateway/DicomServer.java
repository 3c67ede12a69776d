package io.portolan.gateway;

import io.portolan.dicom.engine.AssociationRules;
import io.portolan.dicom.engine.AssociationServer;
import io.portolan.dicom.engine.CommitmentScp;
import io.portolan.dicom.engine.ConnectionLimits;
import io.portolan.dicom.engine.DicomEngine;
import io.portolan.dicom.engine.NetworkLimits;
import io.portolan.dicom.engine.ServerOptions;
import io.portolan.dicom.engine.ServerOptions.SecurePort;
import io.portolan.dicom.engine.StoreScp;
import io.portolan.gateway.config.DicomPeer;
import io.portolan.gateway.config.GatewayConfig;
import io.portolan.gateway.config.GatewayConfig.DicomLimits;
import io.portolan.gateway.config.GatewayConfig.StorageMode;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Listens for DICOM associations as the section {@code dicom} of the configuration says. */
final class DicomServer {

    private DicomServer() {}

    /** @throws IOException when the address cannot be had; the message says what to do */
    static AssociationServer serve(
            GatewayConfig config,
            DicomEngine engine,
            DicomTls tls,
            StoreScp receiver,
            Optional<CommitmentScp> commitment)
            throws IOException {
        GatewayConfig.Dicom dicom = config.dicom();
        ServerOptions options = ServerOptions.of(dicom.aeTitle(), 0)
                .withPorts(
                        dicom.port().map(port -> new InetSocketAddress(dicom.bind(), port)),
                        dicom.tls()
                                .port()
                                .map(port -> new SecurePort(
                                        new InetSocketAddress(dicom.bind(), port),
                                        tls.when(true).orElseThrow())))
                .withRules(rules(dicom))
                .withAcceptUnknown(dicom.acceptUnknownSopClasses(), dicom.acceptUnknownTransferSyntaxes())
                .withKeepsWhole(config.storage().mode() != StorageMode.DISCARD)
                .withLimits(network(dicom.limits()));
        try {
            return engine.serve(options, receiver, commitment);
        } catch (IOException e) {
            throw new IOException(
                    "cannot listen for DICOM on " + addresses(dicom)
                            + ": is another program there? Set dicom.bind, dicom.port or dicom.tls-port ("
                            + e.getMessage() + ")",
                    e);
        }
    }

    private static String addresses(GatewayConfig.Dicom dicom) {
        return Stream.concat(dicom.port().stream(), dicom.tls().port().stream())
                .map(port -> dicom.bind() + ":" + port)
                .collect(Collectors.joining(" or "));
    }

    static AssociationRules rules(GatewayConfig.Dicom dicom) {
        Set<String> called = new HashSet<>(dicom.calledAeTitles());
        called.add(dicom.aeTitle());
        return new AssociationRules(
                dicom.acceptAnyCalledAe() ? Set.of() : called,
                dicom.hosts(),
                dicom.peersOnly(),
                dicom.peers().stream()
                        .collect(Collectors.toMap(
                                DicomPeer::aeTitle,
                                peer -> new AssociationRules.Peer(
                                        peer.from(), peer.calledAeTitles(), peer.maxAssociations()))));
    }

    /** As many may ask for an association at the same moment as may have one, or they would push each other out. */
    static NetworkLimits network(DicomLimits limits) {
        return NetworkLimits.DEFAULT
                .withPduLengthMaxBytes(limits.pduLengthMaxBytes())
                .withConnections(new ConnectionLimits(
                        limits.associationsMax(),
                        limits.associationsPerPeerMax(),
                        Math.max(limits.connectionsWaitingMax(), limits.associationsMax())))
                .withBytesPerSecondMin(limits.bytesPerSecondMin())
                .withTimeouts(
                        NetworkLimits.DEFAULT.connectTimeout(),
                        limits.artimTimeout(),
                        limits.idleTimeout(),
                        limits.idleTimeout());
    }
}
