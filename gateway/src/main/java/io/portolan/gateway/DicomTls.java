package io.portolan.gateway;

import io.portolan.dicom.engine.Tls;
import io.portolan.gateway.access.TlsContexts;
import io.portolan.gateway.config.GatewayConfig;
import java.io.IOException;
import java.util.Optional;

/**
 * How associations of both roles are secured, by the keys {@code dicom.tls-*}: one certificate of ours, one set of CAs. Its files
 * are read at the start, and again whenever they were replaced.
 */
final class DicomTls {

    private final Optional<Tls> tls;

    private DicomTls(Optional<Tls> tls) {
        this.tls = tls;
    }

    /** @throws IOException a file that is needed cannot be used; says which and why */
    static DicomTls open(GatewayConfig config) throws IOException {
        GatewayConfig.DicomTls options = config.dicom().tls();
        return new DicomTls(
                config.usesDicomTls()
                        ? Optional.of(new Tls(
                                TlsContexts.open(options.files()),
                                options.profile(),
                                options.clientCertificates(),
                                options.verifiesHost()))
                        : Optional.empty());
    }

    /** For an association that is to be secured, or is not. */
    Optional<Tls> when(boolean wanted) {
        return wanted ? Optional.of(tls.orElseThrow()) : Optional.empty();
    }
}
