package io.portolan.dicom.engine;

import java.net.InetSocketAddress;
import java.util.Optional;

/**
 * How to serve associations.
 *
 * @param bind                        address and port to listen on without TLS; port 0 lets the system choose; empty: only
 *     with TLS
 * @param secure                      where to listen with TLS, and how; empty: nowhere
 * @param rules                       who may associate, and by which AE titles this side may be called
 * @param acceptUnknownSopClasses     whether to store classes that the table of SOP classes lacks; default: yes, since
 *     private and brand-new classes are stored like others
 * @param acceptUnknownTransferSyntaxes whether to take transfer syntaxes that the table lacks; default: no, since their
 *     headers might not be readable
 * @param keepsWhole                  whether instances are kept or sent on as they came; told to peers that ask (PS3.4 B.3.1);
 *     default: yes
 */
public record ServerOptions(
        Optional<InetSocketAddress> bind,
        Optional<SecurePort> secure,
        AssociationRules rules,
        boolean acceptUnknownSopClasses,
        boolean acceptUnknownTransferSyntaxes,
        boolean keepsWhole,
        NetworkLimits limits) {

    /** A port for associations over TLS; port 0 lets the system choose. */
    public record SecurePort(InetSocketAddress bind, Tls tls) {}

    /** @throws IllegalArgumentException when there is no port */
    public ServerOptions {
        if (bind.isEmpty() && secure.isEmpty()) {
            throw new IllegalArgumentException("a server listens on a port, with TLS or without");
        }
    }

    /**
     * The defaults, listening on every address without TLS, called by this AE title only.
     *
     * @throws IllegalArgumentException when the AE title is none
     */
    public static ServerOptions of(String aeTitle, int port) {
        AeTitles.check(aeTitle);
        return new ServerOptions(
                Optional.of(new InetSocketAddress(port)),
                Optional.empty(),
                AssociationRules.calledAs(aeTitle),
                true,
                false,
                true,
                NetworkLimits.DEFAULT);
    }

    public ServerOptions withBind(InetSocketAddress address) {
        return withPorts(Optional.of(address), secure);
    }

    /** The ports without and with TLS, one of them at least. */
    public ServerOptions withPorts(Optional<InetSocketAddress> plain, Optional<SecurePort> overTls) {
        return new ServerOptions(
                plain, overTls, rules, acceptUnknownSopClasses, acceptUnknownTransferSyntaxes, keepsWhole, limits);
    }

    public ServerOptions withRules(AssociationRules newRules) {
        return new ServerOptions(
                bind, secure, newRules, acceptUnknownSopClasses, acceptUnknownTransferSyntaxes, keepsWhole, limits);
    }

    public ServerOptions withAcceptUnknown(boolean sopClasses, boolean transferSyntaxes) {
        return new ServerOptions(bind, secure, rules, sopClasses, transferSyntaxes, keepsWhole, limits);
    }

    public ServerOptions withKeepsWhole(boolean whole) {
        return new ServerOptions(
                bind, secure, rules, acceptUnknownSopClasses, acceptUnknownTransferSyntaxes, whole, limits);
    }

    public ServerOptions withLimits(NetworkLimits newLimits) {
        return new ServerOptions(
                bind, secure, rules, acceptUnknownSopClasses, acceptUnknownTransferSyntaxes, keepsWhole, newLimits);
    }
}
