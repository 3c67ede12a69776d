package io.portolan.dicom.engine;

import io.portolan.dicom.SopClass;
import io.portolan.dicom.TransferSyntax;
import io.portolan.dicom.Uid;
import java.util.ArrayList;
import java.util.List;

/**
 * How to request an association.
 *
 * @param contexts what to propose, in this order: 1 to 128 (PS3.8 9.3.2.2: odd identifiers below 256). A peer chooses one
 *     transfer syntax of each; to have a class accepted in several syntaxes, propose it several times.
 */
public record RequestOptions(
        String host, int port, String calledAe, String callingAe, List<Proposal> contexts, NetworkLimits limits) {

    public static final int CONTEXTS_MAX = 128;

    /** One presentation context to propose. */
    public record Proposal(Uid sopClass, List<TransferSyntax> transferSyntaxes) {

        /** @throws IllegalArgumentException without a transfer syntax */
        public Proposal {
            transferSyntaxes = List.copyOf(transferSyntaxes);
            if (transferSyntaxes.isEmpty()) {
                throw new IllegalArgumentException("a proposal needs a transfer syntax");
            }
        }
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
    }

    /** Proposes Verification alone, with the default limits. */
    public static RequestOptions echo(String host, int port, String calledAe, String callingAe) {
        Proposal verification = new Proposal(SopClass.VERIFICATION, List.of(TransferSyntax.IMPLICIT_VR_LITTLE_ENDIAN));
        return new RequestOptions(host, port, calledAe, callingAe, List.of(verification), NetworkLimits.DEFAULT);
    }

    /** The same with one more context to propose. */
    public RequestOptions propose(Uid sopClass, TransferSyntax... transferSyntaxes) {
        List<Proposal> more = new ArrayList<>(contexts);
        more.add(new Proposal(sopClass, List.of(transferSyntaxes)));
        return new RequestOptions(host, port, calledAe, callingAe, more, limits);
    }

    public RequestOptions withLimits(NetworkLimits newLimits) {
        return new RequestOptions(host, port, calledAe, callingAe, contexts, newLimits);
    }
}
