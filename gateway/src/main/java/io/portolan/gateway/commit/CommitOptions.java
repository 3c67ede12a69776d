package io.portolan.gateway.commit;

import io.portolan.dicom.SopClass;
import io.portolan.dicom.TransferSyntax;
import io.portolan.dicom.engine.NetworkLimits;
import io.portolan.dicom.engine.RequestOptions;
import io.portolan.dicom.engine.RequestOptions.Proposal;
import io.portolan.dicom.engine.Tls;
import io.portolan.gateway.RetryDelay;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * How storage commitment is done.
 *
 * @param decideWithin how long what is not known yet may take; after that it is not committed
 * @param hold how long a request is left to its own association after that has asked for the report last; longer than the
 *     pauses in which it asks
 * @param instancesMax instances of one request
 * @param waitingMax reports that may wait, and of each requestor those that may be given up for now
 * @param retryDelay pauses before a report is tried again
 * @param timeout silence of a requestor that owes an answer
 * @param keepFor how long a report that was taken is remembered
 * @param peers where AE titles listen
 */
public record CommitOptions(
        Duration decideWithin,
        Duration hold,
        int instancesMax,
        int waitingMax,
        RetryDelay retryDelay,
        Duration timeout,
        Duration keepFor,
        Function<String, Optional<Peer>> peers) {

    /** The usual time for {@code hold}. */
    public static final Duration HOLD = Duration.ofSeconds(5);

    private static final List<Proposal> CONTEXTS = List.of(new Proposal(
            SopClass.STORAGE_COMMITMENT_PUSH,
            List.of(TransferSyntax.EXPLICIT_VR_LITTLE_ENDIAN, TransferSyntax.IMPLICIT_VR_LITTLE_ENDIAN),
            true));

    /** Where an AE title listens for reports. */
    public record Peer(String host, int port, Optional<Tls> tls) {}

    /** An association for reports, on which this side is the SCP of the class (PS3.4 J.3.3, PS3.7 D.3.3.4). */
    RequestOptions request(Peer peer, String calledAe, String callingAe) {
        Duration connect = NetworkLimits.DEFAULT.connectTimeout();
        NetworkLimits limits = NetworkLimits.DEFAULT.withTimeouts(
                connect.compareTo(timeout) < 0 ? connect : timeout,
                NetworkLimits.DEFAULT.artimTimeout(),
                timeout,
                timeout);
        return new RequestOptions(peer.host, peer.port, calledAe, callingAe, CONTEXTS, limits).withTls(peer.tls);
    }
}
