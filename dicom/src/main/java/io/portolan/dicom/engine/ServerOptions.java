package io.portolan.dicom.engine;

import java.net.InetSocketAddress;

/**
 * How to serve associations.
 *
 * @param bind                        address and port to listen on; port 0 lets the system choose
 * @param rules                       who may associate, and by which AE titles this side may be called
 * @param acceptUnknownSopClasses     whether to store classes that the table of SOP classes lacks; default: yes, since
 *     private and brand-new classes are stored like others
 * @param acceptUnknownTransferSyntaxes whether to take transfer syntaxes that the table lacks; default: no, since their
 *     headers might not be readable
 * @param keepsWhole                  whether instances are kept or sent on as they came; told to peers that ask (PS3.4 B.3.1);
 *     default: yes
 */
public record ServerOptions(
        InetSocketAddress bind,
        AssociationRules rules,
        boolean acceptUnknownSopClasses,
        boolean acceptUnknownTransferSyntaxes,
        boolean keepsWhole,
        NetworkLimits limits) {

    /**
     * The defaults, listening on every address, called by this AE title only.
     *
     * @throws IllegalArgumentException when the AE title is none
     */
    public static ServerOptions of(String aeTitle, int port) {
        AeTitles.check(aeTitle);
        return new ServerOptions(
                new InetSocketAddress(port),
                AssociationRules.calledAs(aeTitle),
                true,
                false,
                true,
                NetworkLimits.DEFAULT);
    }

    public ServerOptions withBind(InetSocketAddress address) {
        return new ServerOptions(
                address, rules, acceptUnknownSopClasses, acceptUnknownTransferSyntaxes, keepsWhole, limits);
    }

    public ServerOptions withRules(AssociationRules newRules) {
        return new ServerOptions(
                bind, newRules, acceptUnknownSopClasses, acceptUnknownTransferSyntaxes, keepsWhole, limits);
    }

    public ServerOptions withAcceptUnknown(boolean sopClasses, boolean transferSyntaxes) {
        return new ServerOptions(bind, rules, sopClasses, transferSyntaxes, keepsWhole, limits);
    }

    public ServerOptions withKeepsWhole(boolean whole) {
        return new ServerOptions(bind, rules, acceptUnknownSopClasses, acceptUnknownTransferSyntaxes, whole, limits);
    }

    public ServerOptions withLimits(NetworkLimits newLimits) {
        return new ServerOptions(
                bind, rules, acceptUnknownSopClasses, acceptUnknownTransferSyntaxes, keepsWhole, newLimits);
    }
}
