package io.portolan.cli;

import io.portolan.dicom.engine.Tls;
import io.portolan.dicom.engine.TlsProfile;
import io.portolan.gateway.access.Access;
import io.portolan.gateway.access.AccessException;
import io.portolan.gateway.access.TlsContexts;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** The options of commands that call a DICOM peer, for TLS (PS3.15 annex B). */
final class TlsOptions {

    @Option(names = "--tls", description = "Call the peer over TLS.")
    private boolean tls;

    @Option(
            names = "--tls-certificate",
            paramLabel = "FILE",
            description = "Our certificate, for a peer that asks for one: PEM with its chain, or PKCS12.")
    private @Nullable Path certificate;

    @Option(
            names = "--tls-key",
            paramLabel = "FILE",
            description = "Its private key, PEM; without it: in the file of the certificate.")
    private @Nullable Path key;

    @Option(
            names = "--tls-password-file",
            paramLabel = "FILE",
            description = "The file with the password of that PKCS12 or PEM.")
    private @Nullable Path password;

    @Option(
            names = "--tls-ca",
            paramLabel = "FILE",
            description = "Certificates of the CAs to trust, PEM; without it: those of the JVM.")
    private @Nullable Path ca;

    @Option(
            names = "--tls-profile",
            paramLabel = "PROFILE",
            converter = ProfileConverter.class,
            description =
                    "bcp195-rfc9325, non-downgrading-bcp195, bcp195 or extended-bcp195 (default: bcp195-rfc9325).")
    private @Nullable TlsProfile profile;

    @Option(names = "--tls-any-host", description = "Do not verify that the certificate of the peer is for its host.")
    private boolean anyHost;

    /** Empty: without TLS. */
    Optional<Tls> tls() throws UsageException {
        if (!tls) {
            requireNone();
            return Optional.empty();
        }
        if (certificate == null && (key != null || password != null)) {
            throw new UsageException("--tls-key and --tls-password-file go with --tls-certificate");
        }
        Access.Tls files = new Access.Tls(
                Optional.ofNullable(certificate),
                Optional.ofNullable(key),
                Optional.ofNullable(password),
                Optional.ofNullable(ca));
        try {
            Tls secured = Tls.of(TlsContexts.open(files)).withVerifiesHost(!anyHost);
            return Optional.of(profile == null ? secured : secured.withProfile(profile));
        } catch (AccessException e) {
            throw new UsageException(String.valueOf(e.getMessage()));
        }
    }

    private void requireNone() throws UsageException {
        if (certificate != null || key != null || password != null || ca != null || profile != null || anyHost) {
            throw new UsageException("options of TLS go with --tls");
        }
    }

    /** Reads a profile as the configuration writes it. */
    static final class ProfileConverter implements ITypeConverter<TlsProfile> {

        @Override
        public TlsProfile convert(String text) {
            try {
                return TlsProfile.valueOf(text.toUpperCase(Locale.ROOT).replace('-', '_'));
            } catch (IllegalArgumentException e) {
                throw new TypeConversionException(
                        "'" + text + "' is not bcp195-rfc9325, non-downgrading-bcp195, bcp195 or extended-bcp195");
            }
        }
    }
}
