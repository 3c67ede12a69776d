package io.portolan.gateway.config;

import io.portolan.dicom.engine.Tls.ClientCertificates;
import io.portolan.gateway.access.Access;
import io.portolan.gateway.access.AccessFiles;
import java.util.List;
import java.util.Optional;

/** What the keys {@code dicom.tls-*} must be together. */
final class DicomTlsKeys {

    private DicomTlsKeys() {}

    /** Without a look at files. */
    static void check(Settings settings) {
        Optional<Integer> port = settings.get(Keys.DICOM_TLS_PORT);
        boolean certificate = settings.get(Keys.DICOM_TLS_CERT).isPresent();
        if (port.isEmpty() && settings.get(Keys.DICOM_PORT).isEmpty()) {
            settings.report(Keys.DICOM_PORT, "nobody could associate: dicom.port and dicom.tls-port are both none");
        }
        if (port.isPresent() && !certificate) {
            settings.report(Keys.DICOM_TLS_PORT, "needs dicom.tls-certificate-file");
        }
        boolean asks = settings.get(Keys.DICOM_TLS_CLIENTS) != ClientCertificates.NONE;
        if (port.isPresent() && asks && settings.get(Keys.DICOM_TLS_CA).isEmpty()) {
            settings.report(
                    settings.isGiven(Keys.DICOM_TLS_CLIENTS) ? Keys.DICOM_TLS_CLIENTS : Keys.DICOM_TLS_PORT,
                    "certificates of peers need dicom.tls-ca-file; without one set dicom.tls-client-certificates to"
                            + " none, and any peer may associate");
        }
        for (Key<? extends Optional<?>> key : List.of(Keys.DICOM_TLS_KEY, Keys.DICOM_TLS_PASSWORD)) {
            if (settings.get(key).isPresent() && !certificate) {
                settings.report(key, key.name() + " goes with " + Keys.DICOM_TLS_CERT.name());
            }
        }
    }

    /** Whether the files can be used. */
    static void checkFiles(Settings settings) {
        Access.Tls files = new Access.Tls(
                settings.get(Keys.DICOM_TLS_CERT),
                settings.get(Keys.DICOM_TLS_KEY),
                settings.get(Keys.DICOM_TLS_PASSWORD),
                settings.get(Keys.DICOM_TLS_CA));
        AccessFiles.problems(files)
                .forEach((option, problem) -> settings.report(
                        option.equals(Keys.DICOM_TLS_CA.name()) ? Keys.DICOM_TLS_CA : Keys.DICOM_TLS_CERT, problem));
    }
}
