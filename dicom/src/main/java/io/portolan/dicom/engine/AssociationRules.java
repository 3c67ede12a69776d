package io.portolan.dicom.engine;

import java.net.InetAddress;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/**
 * Who may associate with this side. AE titles are compared without outer spaces (PS3.5 6.2), and case counts.
 *
 * @param calledAes by which AE titles this side may be called; none: by any
 * @param hosts     from where connections are taken at all
 * @param peersOnly whether only the peers may associate
 * @param peers     what is known of single peers, by AE title
 */
public record AssociationRules(Set<String> calledAes, Hosts hosts, boolean peersOnly, Map<String, Peer> peers) {

    /** Everybody, whomever they call. */
    public static final AssociationRules ANY = new AssociationRules(Set.of(), Hosts.ANY, false, Map.of());

    /** Why an association is rejected (PS3.8 table 9-21: result 1, source 1). */
    public enum Refusal {
        /** Reason 7, called-AE-title-not-recognized. */
        CALLED_AE,
        /** Reason 3, calling-AE-title-not-recognized; also of one that calls from elsewhere. */
        CALLING_AE
    }

    /**
     * A peer.
     *
     * @param from            from where it calls
     * @param calledAes       by which AE titles it may call this side; none: by any that this side may be called by
     * @param associationsMax its associations at once; empty: as many as the others of its host have
     */
    public record Peer(Hosts from, Set<String> calledAes, OptionalInt associationsMax) {

        public Peer {
            calledAes = Set.copyOf(calledAes);
        }
    }

    public AssociationRules {
        calledAes = Set.copyOf(calledAes);
        peers = Map.copyOf(peers);
    }

    /** Everybody who calls this side by its AE title. */
    public static AssociationRules calledAs(String aeTitle) {
        return new AssociationRules(Set.of(aeTitle.strip()), Hosts.ANY, false, Map.of());
    }

    /** The same for these calling AE titles only. */
    public AssociationRules withPeersOnly(Map<String, Peer> only) {
        return new AssociationRules(calledAes, hosts, true, only);
    }

    /**
     * Why this peer is rejected, if it is. May ask a name server.
     *
     * @param calledAe  without outer spaces
     * @param callingAe likewise
     */
    public Optional<Refusal> refusal(String calledAe, String callingAe, InetAddress from) {
        Optional<Peer> peer = Optional.ofNullable(peers.get(callingAe));
        Set<String> itsCalledAes = peer.map(Peer::calledAes).orElse(Set.of());
        if (!mayCall(calledAes, calledAe) || !mayCall(itsCalledAes, calledAe)) {
            return Optional.of(Refusal.CALLED_AE);
        }
        boolean known = peer.map(one -> one.from.holds(from)).orElse(!peersOnly);
        return known ? Optional.empty() : Optional.of(Refusal.CALLING_AE);
    }

    /** A limit of this peer's own. */
    public OptionalInt associationsMax(String callingAe) {
        return peers.containsKey(callingAe) ? peers.get(callingAe).associationsMax : OptionalInt.empty();
    }

    private static boolean mayCall(Set<String> titles, String calledAe) {
        return titles.isEmpty() || titles.contains(calledAe);
    }
}
