package io.portolan.dicom.engine;

import java.net.InetSocketAddress;
import java.util.function.Predicate;

/**
 * How to serve associations.
 *
 * @param aeTitle                     our AE title, 1 to 16 characters (PS3.5 6.2, VR AE)
 * @param bind                        address and port to listen on; port 0 lets the system choose
 * @param acceptAnyCalledAe           whether a peer may call us by any AE title; default: only by {@code aeTitle}
 * @param callingAe                   which calling AE titles may associate; default: all
 * @param acceptUnknownSopClasses     whether to store classes that the table of SOP classes lacks; default: yes, since
 *     private and brand-new classes are stored like others
 * @param acceptUnknownTransferSyntaxes whether to take transfer syntaxes that the table lacks; default: no, since their
 *     headers might not be readable
 */
public record ServerOptions(
        String aeTitle,
        InetSocketAddress bind,
        boolean acceptAnyCalledAe,
        Predicate<String> callingAe,
        boolean acceptUnknownSopClasses,
        boolean acceptUnknownTransferSyntaxes,
        NetworkLimits limits) {

    /** @throws IllegalArgumentException when the AE title is none */
    public ServerOptions {
        AeTitles.check(aeTitle);
    }

    /** The defaults, listening on every address. */
    public static ServerOptions of(String aeTitle, int port) {
        return new ServerOptions(
                aeTitle, new InetSocketAddress(port), false, any -> true, true, false, NetworkLimits.DEFAULT);
    }

    public ServerOptions withBind(InetSocketAddress address) {
        return new ServerOptions(
                aeTitle,
                address,
                acceptAnyCalledAe,
                callingAe,
                acceptUnknownSopClasses,
                acceptUnknownTransferSyntaxes,
                limits);
    }

    public ServerOptions withAcceptAnyCalledAe(boolean accept) {
        return new ServerOptions(
                aeTitle, bind, accept, callingAe, acceptUnknownSopClasses, acceptUnknownTransferSyntaxes, limits);
    }

    public ServerOptions withCallingAe(Predicate<String> allowed) {
        return new ServerOptions(
                aeTitle,
                bind,
                acceptAnyCalledAe,
                allowed,
                acceptUnknownSopClasses,
                acceptUnknownTransferSyntaxes,
                limits);
    }

    public ServerOptions withAcceptUnknown(boolean sopClasses, boolean transferSyntaxes) {
        return new ServerOptions(aeTitle, bind, acceptAnyCalledAe, callingAe, sopClasses, transferSyntaxes, limits);
    }

    public ServerOptions withLimits(NetworkLimits newLimits) {
        return new ServerOptions(
                aeTitle,
                bind,
                acceptAnyCalledAe,
                callingAe,
                acceptUnknownSopClasses,
                acceptUnknownTransferSyntaxes,
                newLimits);
    }
}
