package io.portolan.dicom.net;

import java.io.IOException;
import java.security.cert.CertPathBuilderException;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Why there is no TLS with a peer, in words of ours: the text of an error may quote what the peer sent. */
final class TlsFailure {

    /** RFC 8446 6.2, as the JDK names what a peer says. */
    private static final Pattern ALERT = Pattern.compile("fatal alert: ([a-z_]{1,40})");

    /** As the JDK says it of a certificate. */
    private static final Pattern USAGE = Pattern.compile("(?i)^(extended )?key ?usage ");

    private static final int ERRORS_MAX = 50;

    private TlsFailure() {}

    /** As SCP: what is wrong with a peer that called. */
    static String ofCaller(IOException error) {
        return words(error, false);
    }

    /** As SCU: what is wrong with a peer that was called, and what to do. */
    static String ofCalled(IOException error) {
        return words(error, true);
    }

    private static String words(IOException error, boolean called) {
        if (has(error, CertificateExpiredException.class)) {
            return "its certificate has ended: have it renewed";
        }
        if (has(error, CertificateNotYetValidException.class)) {
            return "its certificate is not valid yet: check its clock and ours";
        }
        if (has(error, CertificateException.class, text -> text.contains("is not a CA certificate"))) {
            return "its certificate is not trusted: the certificate in our CA file is not marked as that of a CA";
        }
        if (has(error, CertPathBuilderException.class)) {
            return "its certificate is not trusted: our CA file has none of its CA";
        }
        if (has(error, CertPathValidatorException.class)) {
            return "its certificate, or one of its CA, is not valid: is its key or its algorithm too weak?";
        }
        if (has(error, CertificateException.class, text -> USAGE.matcher(text).find())) {
            return "its certificate is not for this use: its extended key usage lacks TLS "
                    + (called ? "servers" : "clients");
        }
        if (has(error, CertificateException.class, text -> text.startsWith("No "))) {
            return "its certificate is not for the host that was called: call it by a name in its certificate";
        }
        String text = text(error);
        Matcher alert = ALERT.matcher(text);
        if (alert.find()) {
            return "it refuses us (" + alert.group(1) + ")" + advice(alert.group(1), called);
        }
        if (text.contains("empty client certificate") || text.contains("empty server certificate")) {
            return "it shows no certificate";
        }
        if (text.contains("no cipher suites in common")) {
            return "no cipher suite in common with our profile and the kind of our key";
        }
        if (text.contains("protocol version") || text.contains("requested protocol")) {
            return "no version of TLS in common with our profile";
        }
        if (text.contains("unrecognized ssl message")) {
            return called ? "it answers without TLS: is this its TLS port?" : "it calls without TLS";
        }
        if (text.contains("closed within the handshake")) {
            return "it closed the connection within the handshake";
        }
        return text.contains("a record is too long")
                ? "it sends a record of more than 16 KB"
                : "what it sends is wrong (" + error.getClass().getSimpleName() + ")";
    }

    private static String advice(String alert, boolean called) {
        return switch (alert) {
            case "protocol_version", "insufficient_security" -> ": it takes no version or cipher suite of our profile";
            case "handshake_failure" ->
                ": it takes no cipher suite of our profile" + (called ? ", or wants a certificate of ours" : "");
            case "certificate_required" -> ": it wants a certificate of ours";
            case "bad_certificate",
                    "unsupported_certificate",
                    "certificate_revoked",
                    "certificate_expired",
                    "certificate_unknown",
                    "unknown_ca",
                    "access_denied" ->
                ": does it know the CA of our certificate" + (called ? ", and do we have one?" : "?");
            default -> "";
        };
    }

    private static String text(Throwable error) {
        return String.valueOf(error.getMessage()).toLowerCase(Locale.ROOT);
    }

    private static boolean has(Throwable error, Class<? extends Throwable> type) {
        return has(error, type, any -> true);
    }

    /** Among the causes, and among what several trust managers said, each for itself. */
    private static boolean has(Throwable error, Class<? extends Throwable> type, Predicate<String> text) {
        Deque<Throwable> left = new ArrayDeque<>(List.of(error));
        for (int i = 0; !left.isEmpty() && i < ERRORS_MAX; i++) {
            Throwable one = left.remove();
            if (type.isInstance(one) && text.test(String.valueOf(one.getMessage()))) {
                return true;
            }
            left.addAll(List.of(one.getSuppressed()));
            if (one.getCause() != null) {
                left.add(one.getCause());
            }
        }
        return false;
    }
}
