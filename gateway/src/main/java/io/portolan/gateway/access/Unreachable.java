package io.portolan.gateway.access;

import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpConnectTimeoutException;
import java.nio.channels.UnresolvedAddressException;
import java.security.cert.CertPathBuilderException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateExpiredException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
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

    private static final int ERRORS_MAX = 50;

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
                ? "the connection to " + server + " broke: " + error.getClass().getSimpleName() + hint(url, files)
                : "no TLS with " + server + ": " + reason(tls, url, files != null && files.hasCertificate());
    }

    /** Some servers say nothing when they want another certificate, or one at all, but hang up. */
    private static String hint(URI url, @Nullable TlsFiles files) {
        if (!"https".equalsIgnoreCase(url.getScheme())) {
            return "";
        }
        return files != null && files.hasCertificate()
                ? "; if it does so every time: does it take our certificate?"
                : "; if it does so every time: does it want a certificate (tls-certificate-file)?";
    }

    private static String reason(SSLException error, URI url, boolean certificateSent) {
        if (find(error, CertificateExpiredException.class) != null) {
            return "its certificate has ended: have it renewed";
        }
        if (find(error, CertificateException.class, text -> text.startsWith("No ")) != null) {
            return "its certificate is not for " + url.getHost()
                    + ": name the server in the URL as its certificate does";
        }
        if (find(error, CertPathBuilderException.class) != null) {
            return "its certificate is not trusted: set tls-ca-file to the certificate of its CA";
        }
        Matcher alert = OUR_CERTIFICATE.matcher(String.valueOf(error.getMessage()));
        if (alert.find()) {
            return certificateSent
                    ? "it refuses our certificate (" + alert.group(1) + "): is its CA known there?"
                    : "it refuses us (" + alert.group(1) + "): where it wants a certificate, set tls-certificate-file";
        }
        return "is its certificate trusted (tls-ca-file), and is there https?";
    }

    private static <E extends Throwable> @Nullable E find(Throwable error, Class<E> type) {
        return find(error, type, text -> true);
    }

    /** Among the causes, and among what several trust managers said, each for itself. */
    private static <E extends Throwable> @Nullable E find(Throwable error, Class<E> type, Predicate<String> text) {
        Deque<Throwable> left = new ArrayDeque<>(List.of(error));
        for (int i = 0; !left.isEmpty() && i < ERRORS_MAX; i++) {
            Throwable one = left.remove();
            if (type.isInstance(one) && text.test(String.valueOf(one.getMessage()))) {
                return type.cast(one);
            }
            left.addAll(List.of(one.getSuppressed()));
            if (one.getCause() != null) {
                left.add(one.getCause());
            }
        }
        return null;
    }
}
