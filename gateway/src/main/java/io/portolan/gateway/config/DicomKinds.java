package io.portolan.gateway.config;

import io.portolan.dicom.engine.Hosts;
import io.portolan.gateway.config.DicomPeer.Listens;
import io.portolan.gateway.config.Kind.Member;
import io.portolan.gateway.config.Kind.Members;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.SortedSet;
import java.util.stream.Stream;

/** The kinds of value of the section {@code dicom} that tell peers apart. */
final class DicomKinds {

    // spotless:off
    private static final Member<String>            AE_TITLE         = new Member<>("ae-title", Kinds.aeTitle(), true);
    private static final Member<SortedSet<String>> FROM             = new Member<>("from", hosts(), false);
    private static final Member<SortedSet<String>> CALLED_AE_TITLES = new Member<>("called-ae-titles", aeTitles("PORTOLAN"), false);
    private static final Member<Integer>           MAX_ASSOCIATIONS = new Member<>("max-associations", Kinds.whole(1, 10_000), false);
    private static final Member<String>            HOST             = new Member<>("host", Addresses.bind(), false);
    private static final Member<Integer>           PORT             = new Member<>("port", Kinds.whole(1, 65_535), false);
    private static final Member<Boolean>           TLS              = new Member<>("tls", Kinds.flag(), false);
    // spotless:on

    private static final List<Member<?>> MEMBERS =
            List.of(AE_TITLE, FROM, CALLED_AE_TITLES, MAX_ASSOCIATIONS, HOST, PORT, TLS);

    private DicomKinds() {}

    static Kind.Several<String> aeTitles(String example) {
        return new Kind.Several<>("AE titles, such as [" + example + "]", Kinds.aeTitle());
    }

    static Kind.Several<String> hosts() {
        Kind.Scalar<String> host = new Kind.Scalar<>(
                "a host name, an address, or a network such as 10.1.0.0/16 or 2001:db8::/32", text -> {
                    try {
                        Hosts.of(List.of(text));
                        return text;
                    } catch (IllegalArgumentException e) {
                        throw text.isEmpty()
                                ? new Kind.Wrong()
                                : new Kind.Wrong(Yaml.quote(text) + " " + e.getMessage());
                    }
                });
        return new Kind.Several<>("host names, addresses or networks, such as [10.1.0.0/16, ct1.hospital]", host);
    }

    static Kind.Listing<DicomPeer> peers() {
        String one = "{ ae-title: CT1, from: [10.1.0.0/16, ct1.hospital] }";
        return new Kind.Listing<>(
                "peers, such as [" + one + "]; each has "
                        + String.join(", ", MEMBERS.stream().map(Member::name).toList()),
                new Kind.Structure<>(one, "a peer", MEMBERS, DicomKinds::peer));
    }

    private static DicomPeer peer(Members members) {
        boolean listens = has(members, HOST) && has(members, PORT);
        for (Member<?> member : List.of(HOST, PORT, TLS)) {
            if (has(members, member) && !listens) {
                throw new Kind.WrongMember(member.name(), "host and port go together, and tls with both");
            }
        }
        return new DicomPeer(
                members.get(AE_TITLE),
                Hosts.of(members.get(FROM, Collections.emptySortedSet())),
                members.get(CALLED_AE_TITLES, Collections.emptySortedSet()),
                has(members, MAX_ASSOCIATIONS) ? OptionalInt.of(members.get(MAX_ASSOCIATIONS)) : OptionalInt.empty(),
                listens
                        ? Optional.of(new Listens(members.get(HOST), members.get(PORT), members.get(TLS, false)))
                        : Optional.empty());
    }

    private static boolean has(Members members, Member<?> member) {
        return members.values().containsKey(member.name());
    }

    /** What does not go together although each key by itself is right. */
    static void check(Settings settings) {
        List<DicomPeer> peers = settings.get(Keys.DICOM_PEERS);
        Stream<String> titles = peers.stream().map(DicomPeer::aeTitle);
        List<String> all = titles.toList();
        all.stream()
                .filter(title -> Collections.frequency(all, title) > 1)
                .distinct()
                .forEach(title -> settings.report(Keys.DICOM_PEERS, "has the AE title " + title + " twice"));
        if (settings.get(Keys.DICOM_PEERS_ONLY) && peers.isEmpty()) {
            settings.report(Keys.DICOM_PEERS_ONLY, "nobody could associate: dicom.peers has none");
        }
        boolean any = settings.get(Keys.DICOM_ACCEPT_ANY);
        if (any && !settings.get(Keys.DICOM_CALLED).isEmpty()) {
            settings.report(
                    Keys.DICOM_CALLED, "any AE title is accepted already; set dicom.accept-any-called-ae to false");
        }
    }
}
