package io.portolan.gateway.forward;

import io.portolan.dicom.engine.NetworkLimits;
import io.portolan.dicom.engine.RequestOptions;
import io.portolan.dicom.engine.RequestOptions.Proposal;
import io.portolan.dicom.engine.Tls;
import io.portolan.gateway.RetryDelay;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/**
 * Where instances go, and how.
 *
 * @param tls how associations are secured; empty: not at all
 * @param parallel associations at once
 * @param retryDelay pauses while the PACS takes nothing, and before a file is tried again
 * @param timeout silence of a PACS that owes an answer
 * @param releaseAfter an association on which nothing more was to be sent for so long is released
 * @param drop whether what the PACS has is not needed here any more
 */
public record ForwardOptions(
        String host,
        int port,
        Optional<Tls> tls,
        String calledAe,
        String callingAe,
        int parallel,
        RetryDelay retryDelay,
        Duration timeout,
        Duration releaseAfter,
        boolean drop) {

    RequestOptions request(Collection<Proposal> contexts) {
        Duration connect = NetworkLimits.DEFAULT.connectTimeout();
        NetworkLimits limits = NetworkLimits.DEFAULT.withTimeouts(
                connect.compareTo(timeout) < 0 ? connect : timeout,
                NetworkLimits.DEFAULT.artimTimeout(),
                timeout,
                timeout);
        return new RequestOptions(host, port, calledAe, callingAe, List.copyOf(contexts), limits, tls);
    }

    /** {@code PACS@host:104} */
    @Override
    public String toString() {
        return calledAe + "@" + host + ":" + port;
    }
}
