package io.portolan.gateway.access;

import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpConnectTimeoutException;
import java.nio.channels.UnresolvedAddressException;
import java.security.cert.CertPathBuilderException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateExpiredException;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/** Why there was no answer, and what to do. The text of an error is not shown: it may quote what was sent. */
final class Unreachable {

    /** The alerts of TLS (RFC 8446 6.2) that are about our certificate. */
    private static final Pattern OUR_CERTIFICATE = Pattern.compile(
            "alert: (bad_certificate|unsupported_certificate|certificate_revoked|certificate_expired|certificate_unknown"
                    + "|unknown_ca|access_denied|certificate_required|handshake_failure)");

    private static final int CAUSES_MAX = 10;

    private Unreachable() {}

    /**
     * The reason, with the server's host and port.
     *
     * @param files null: there are none
     */
    static String reason(Throwable error, URI url, Optional<Access.Proxy> proxy, @Nullable TlsFiles files) {
        String server = url.getHost() + (url.getPort() < 0 ? "" : ":" + url.getPort());
        if (find(error, HttpConnectTimeoutException.class) != null || find(error, ConnectException.class) != null) {
            return "cannot connect to " + server
                    + proxy.map(through -> " through the proxy " + through.url())
                            .orElse("")
                    + (find(error, UnresolvedAddressException.class) != null ? ": there is no host of this name" : "");
        }
        Optional<String> ended = files == null ? Optional.empty() : files.ended();
        if (ended.isPresent()) {
            return "no TLS with " + server + ": " + ended.get();
        }
        SSLException tls = find(error, SSLException.class);
        return tls == null
                ? "the connection to " + server + " broke: " + error.getClass().getSimpleName()
                : "no TLS with " + server + ": " + reason(tls, url, files != null && files.hasCertificate());
    }

    private static String reason(SSLException error, URI url, boolean certificateSent) {
        if (find(error, CertificateExpiredException.class) != null) {
            return "its certificate has ended: have it renewed";
        }
        if (find(error, CertPathBuilderException.class) != null) {
            return "its certificate is not trusted: set tls-ca-file to the certificate of its CA";
        }
        CertificateException certificate = find(error, CertificateException.class);
        if (certificate != null && String.valueOf(certificate.getMessage()).startsWith("No ")) {
            return "its certificate is not for " + url.getHost()
                    + ": name the server in the URL as its certificate does";
        }
        Matcher alert = OUR_CERTIFICATE.matcher(String.valueOf(error.getMessage()));
        if (alert.find()) {
            return certificateSent
                    ? "it refuses our certificate (" + alert.group(1) + "): is its CA known there?"
                    : "it refuses us (" + alert.group(1) + "): where it wants a certificate, set tls-certificate-file";
        }
        return "is its certificate trusted (tls-ca-file), and is there https?";
    }

    private static <E extends Throwable> @Nullable E find(@Nullable Throwable error, Class<E> type) {
        Throwable one = error;
        for (int i = 0; one != null && i < CAUSES_MAX; i++) {
            if (type.isInstance(one)) {
                return type.cast(one);
            }
            one = one.getCause();
        }
        return null;
    }
}
