package io.portolan.dicom.engine;

import java.net.InetSocketAddress;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * How to serve associations.
 *
 * @param aeTitle                     our AE title, 1 to 16 characters (PS3.5 6.2, VR AE)
 * @param bind                        address and port to listen on without TLS; port 0 lets the system choose; empty: only
 *     with TLS
 * @param secure                      where to listen with TLS, and how; empty: nowhere
 * @param acceptAnyCalledAe           whether a peer may call us by any AE title; default: only by {@code aeTitle}
 * @param callingAe                   which calling AE titles may associate; default: all
 * @param acceptUnknownSopClasses     whether to store classes that the table of SOP classes lacks; default: yes, since
 *     private and brand-new classes are stored like others
 * @param acceptUnknownTransferSyntaxes whether to take transfer syntaxes that the table lacks; default: no, since their
 *     headers might not be readable
 */
public record ServerOptions(
        String aeTitle,
        Optional<InetSocketAddress> bind,
        Optional<SecurePort> secure,
        boolean acceptAnyCalledAe,
        Predicate<String> callingAe,
        boolean acceptUnknownSopClasses,
        boolean acceptUnknownTransferSyntaxes,
        NetworkLimits limits) {

    /** A port for associations over TLS; port 0 lets the system choose. */
    public record SecurePort(InetSocketAddress bind, Tls tls) {}

    /** @throws IllegalArgumentException when the AE title is none, or there is no port */
    public ServerOptions {
        AeTitles.check(aeTitle);
        if (bind.isEmpty() && secure.isEmpty()) {
            throw new IllegalArgumentException("a server listens on a port, with TLS or without");
        }
    }

    /** The defaults, listening on every address. */
    public static ServerOptions of(String aeTitle, int port) {
        return new ServerOptions(
                aeTitle,
                Optional.of(new InetSocketAddress(port)),
                Optional.empty(),
                false,
                any -> true,
                true,
                false,
                NetworkLimits.DEFAULT);
    }

    public ServerOptions withBind(InetSocketAddress address) {
        return withPorts(Optional.of(address), secure);
    }

    /** The ports without and with TLS, one of them at least. */
    public ServerOptions withPorts(Optional<InetSocketAddress> plain, Optional<SecurePort> overTls) {
        return new ServerOptions(
                aeTitle,
                plain,
                overTls,
                acceptAnyCalledAe,
                callingAe,
                acceptUnknownSopClasses,
                acceptUnknownTransferSyntaxes,
                limits);
    }

    public ServerOptions withAcceptAnyCalledAe(boolean accept) {
        return new ServerOptions(
                aeTitle,
                bind,
                secure,
                accept,
                callingAe,
                acceptUnknownSopClasses,
                acceptUnknownTransferSyntaxes,
                limits);
    }

    public ServerOptions withCallingAe(Predicate<String> allowed) {
        return new ServerOptions(
                aeTitle,
                bind,
                secure,
                acceptAnyCalledAe,
                allowed,
                acceptUnknownSopClasses,
                acceptUnknownTransferSyntaxes,
                limits);
    }

    public ServerOptions withAcceptUnknown(boolean sopClasses, boolean transferSyntaxes) {
        return new ServerOptions(
                aeTitle, bind, secure, acceptAnyCalledAe, callingAe, sopClasses, transferSyntaxes, limits);
    }

    public ServerOptions withLimits(NetworkLimits newLimits) {
        return new ServerOptions(
                aeTitle,
                bind,
                secure,
                acceptAnyCalledAe,
                callingAe,
                acceptUnknownSopClasses,
                acceptUnknownTransferSyntaxes,
                newLimits);
    }
}
