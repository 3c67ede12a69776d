package io.portolan.dicom.engine;

import io.portolan.dicom.SopClass;
import io.portolan.dicom.TransferSyntax;
import io.portolan.dicom.Uid;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * How to request an association.
 *
 * @param contexts what to propose, in this order: 1 to 128 (PS3.8 9.3.2.2: odd identifiers below 256). A peer chooses one
 *     transfer syntax of each; to have a class accepted in several syntaxes, propose it several times.
 * @param tls how it is secured; empty: not at all
 */
public record RequestOptions(
        String host,
        int port,
        String calledAe,
        String callingAe,
        List<Proposal> contexts,
        NetworkLimits limits,
        Optional<Tls> tls) {

    public static final int CONTEXTS_MAX = 128;

    /**
     * One presentation context to propose.
     *
     * @param asScp whether this side is to be the SCP of the class (PS3.7 D.3.3.4), to receive its instances by C-GET; else it
     *     is the SCU
     */
    public record Proposal(Uid sopClass, List<TransferSyntax> transferSyntaxes, boolean asScp) {

        /** This side is the SCU. */
        public Proposal(Uid sopClass, List<TransferSyntax> transferSyntaxes) {
            this(sopClass, transferSyntaxes, false);
        }

        /** @throws IllegalArgumentException without a transfer syntax */
        public Proposal {
            transferSyntaxes = List.copyOf(transferSyntaxes);
            if (transferSyntaxes.isEmpty()) {
                throw new IllegalArgumentException("a proposal needs a transfer syntax");
            }
        }
    }

    /** Without TLS. */
    public RequestOptions(
            String host, int port, String calledAe, String callingAe, List<Proposal> contexts, NetworkLimits limits) {
        this(host, port, calledAe, callingAe, contexts, limits, Optional.empty());
    }

    /** @throws IllegalArgumentException when a part is out of its range */
    public RequestOptions {
        AeTitles.check(calledAe);
        AeTitles.check(callingAe);
        contexts = List.copyOf(contexts);
        if (port < 1 || port > 65535) {
            throw new IllegalArgumentException("a port is between 1 and 65535");
        }
        if (contexts.isEmpty() || contexts.size() > CONTEXTS_MAX) {
            throw new IllegalArgumentException("an association proposes 1 to 128 presentation contexts");
        }
        Map<Uid, Boolean> roles = new HashMap<>();
        for (Proposal proposal : contexts) {
            Boolean before = roles.put(proposal.sopClass, proposal.asScp);
            if (before != null && before != proposal.asScp) {
                throw new IllegalArgumentException("a SOP class has one role on an association");
            }
        }
    }

    /** Proposes Verification alone, with the default limits. */
    public static RequestOptions echo(String host, int port, String calledAe, String callingAe) {
        Proposal verification = new Proposal(SopClass.VERIFICATION, List.of(TransferSyntax.IMPLICIT_VR_LITTLE_ENDIAN));
        return new RequestOptions(host, port, calledAe, callingAe, List.of(verification), NetworkLimits.DEFAULT);
    }

    /** The same with one more context to propose. */
    public RequestOptions propose(Uid sopClass, TransferSyntax... transferSyntaxes) {
        return with(new Proposal(sopClass, List.of(transferSyntaxes)));
    }

    /** The same with one more context, in which this side is the SCP: for the storage classes that C-GET is to bring. */
    public RequestOptions proposeAsScp(Uid sopClass, TransferSyntax... transferSyntaxes) {
        return with(new Proposal(sopClass, List.of(transferSyntaxes), true));
    }

    private RequestOptions with(Proposal proposal) {
        List<Proposal> more = new ArrayList<>(contexts);
        more.add(proposal);
        return new RequestOptions(host, port, calledAe, callingAe, more, limits, tls);
    }

    public RequestOptions withLimits(NetworkLimits newLimits) {
        return new RequestOptions(host, port, calledAe, callingAe, contexts, newLimits, tls);
    }

    public RequestOptions withTls(Optional<Tls> secured) {
        return new RequestOptions(host, port, calledAe, callingAe, contexts, limits, secured);
    }
}
