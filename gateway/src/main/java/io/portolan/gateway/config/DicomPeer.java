package io.portolan.gateway.config;

import io.portolan.dicom.engine.Hosts;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.SortedSet;

/**
 * What is known of a DICOM peer.
 *
 * @param aeTitle          by which it calls, and is called
 * @param from             from where it may call; {@link Hosts#ANY}: from anywhere
 * @param calledAeTitles   by which AE titles it may call the gateway; none: by any that the gateway may be called by
 * @param maxAssociations  its associations at once; empty: as many as {@code dicom.max-associations-per-peer} lets its host have
 * @param listens          where it takes associations itself
 */
public record DicomPeer(
        String aeTitle,
        Hosts from,
        SortedSet<String> calledAeTitles,
        OptionalInt maxAssociations,
        Optional<Listens> listens) {

    /** Whether associations that are requested of it are over TLS. */
    boolean isCalledOverTls() {
        return listens.isPresent() && listens.get().tls();
    }

    /** Where to call it. */
    public record Listens(String host, int port, boolean tls) {}
}
