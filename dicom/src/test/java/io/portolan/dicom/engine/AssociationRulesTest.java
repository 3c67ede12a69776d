package io.portolan.dicom.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.portolan.dicom.engine.AssociationRules.Peer;
import java.io.IOException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AssociationRulesTest {

    private static final AssociationRules RULES = new AssociationRules(
            Set.of("CHART", "CHART_CT"),
            Hosts.ANY,
            false,
            Map.of(
                    "CT1", peer("10.1.0.0/16", "CHART_CT"),
                    "MR1", peer("2001:db8::/32"),
                    "LOST", peer("10.9.9.9", "ELSEWHERE")));

    @ParameterizedTest
    // spotless:off
    @CsvSource({
        // called,   calling, from,            open to all, peers only
        "  CHART_CT, CT1,     10.1.2.3,        accepted,    accepted",
        "  CHART_CT, CT1,     ::ffff:10.1.2.3, accepted,    accepted",
        "  CHART_CT, CT1,     10.2.0.1,        CALLING_AE,  CALLING_AE", // a known AE title from elsewhere
        "  CHART,    CT1,     10.1.2.3,        CALLED_AE,   CALLED_AE", // not by its own called AE titles
        "  CHART,    MR1,     2001:db8::7,     accepted,    accepted",
        "  CHART,    MR1,     2001:db9::7,     CALLING_AE,  CALLING_AE",
        "  CHART,    MR1,     10.1.2.3,        CALLING_AE,  CALLING_AE",
        "  CHART,    OTHER,   10.1.2.3,        accepted,    CALLING_AE",
        "  CHART,    ct1,     10.1.2.3,        accepted,    CALLING_AE", // case counts
        "  chart,    OTHER,   10.1.2.3,        CALLED_AE,   CALLED_AE",
        "  OTHER,    OTHER,   10.1.2.3,        CALLED_AE,   CALLED_AE",
        "  '',       OTHER,   10.1.2.3,        CALLED_AE,   CALLED_AE",
        "  CHART,    '',      10.1.2.3,        accepted,    CALLING_AE",
        "  ELSEWHERE, LOST,   10.9.9.9,        CALLED_AE,   CALLED_AE", // its own titles widen nothing
    })
    // spotless:on
    void saysWhoMayAssociate(String called, String calling, String from, String open, String peersOnly)
            throws IOException {
        InetAddress address = InetAddress.getByName(from);
        assertThat(RULES.refusal(called, calling, address).map(Enum::name).orElse("accepted"))
                .isEqualTo(open);
        assertThat(RULES.withPeersOnly(RULES.peers())
                        .refusal(called, calling, address)
                        .map(Enum::name)
                        .orElse("accepted"))
                .isEqualTo(peersOnly);
    }

    @Test
    void takesEverybodyWhereNothingIsSaid() throws IOException {
        assertThat(AssociationRules.ANY.refusal("X", "Y", InetAddress.getByName("192.0.2.1")))
                .isEmpty();
    }

    @Test
    void hasALimitForAPeerThatHasOne() {
        AssociationRules rules = AssociationRules.ANY.withPeersOnly(
                Map.of("CT1", new Peer(Hosts.ANY, Set.of(), OptionalInt.of(3)), "MR1", peer("10.1.1.1")));
        assertThat(rules.associationsMax("CT1")).hasValue(3);
        assertThat(rules.associationsMax("MR1")).isEmpty();
        assertThat(rules.associationsMax("OTHER")).isEmpty();
    }

    @ParameterizedTest
    // spotless:off
    @CsvSource({
        // hosts,                    address,             holds
        "10.1.2.3,                   10.1.2.3,            true",
        "10.1.2.3,                   10.1.2.4,            false",
        "10.1.0.0/16,                10.1.255.255,        true",
        "10.1.0.0/16,                10.2.0.0,            false",
        "10.1.2.0/23,                10.1.3.255,          true",
        "10.1.2.0/23,                10.1.4.0,            false",
        "10.1.2.3/32,                10.1.2.3,            true",
        "0.0.0.0/0,                  203.0.113.9,         true",
        "0.0.0.0/0,                  2001:db8::1,         false",
        "::/0,                       203.0.113.9,         false",
        "200.0.0.0/5,                207.255.255.255,     true",
        "200.0.0.0/5,                208.0.0.0,           false",
        "2001:db8::/32,              2001:db8:ffff::1,    true",
        "2001:db8::/32,              2001:db9::,          false",
        "2001:db8::5,                2001:db8:0:0::5,     true",
        "2001:db8:0:8000::/49,       2001:db8:0:ffff::1,  true",
        "2001:db8:0:8000::/49,       2001:db8:1:8000::1,  false",
        "::1,                        ::1,                 true",
        "::1,                        127.0.0.1,           false",
        "::ffff:10.1.2.3,            10.1.2.3,            true",
        "::ffff:10.1.0.0/112,        10.1.9.9,            true",
        "::ffff:10.1.0.0/112,        10.2.9.9,            false",
        "fe80::/10,                  fe80::1%1,           true",
        "192.0.2.1 10.1.0.0/16,      10.1.0.1,            true",
        "ct1.hospital,               192.0.2.7,           true",
        "ct1.hospital,               192.0.2.8,           true",
        "ct1.hospital,               192.0.2.9,           false",
        "nobody.hospital,            192.0.2.7,           false",
        "nobody.hospital 192.0.2.7,  192.0.2.7,           true",
    })
    // spotless:on
    void holdsAddressesNetworksAndNames(String hosts, String address, boolean holds) throws IOException {
        assertThat(Hosts.of(Arrays.asList(hosts.split(" "))).holds(InetAddress.getByName(address), this::resolve))
                .isEqualTo(holds);
    }

    @Test
    void takesAMappedAddressForWhatItIs() throws IOException {
        byte[] mapped = new byte[16];
        mapped[10] = mapped[11] = (byte) 0xFF;
        mapped[12] = 10;
        mapped[15] = 7;
        InetAddress address = Inet6Address.getByAddress("", mapped, 1);
        assertThat(address).isInstanceOf(Inet6Address.class);
        assertThat(Hosts.of(List.of("10.0.0.7")).holds(address)).isTrue();
    }

    @Test
    void asksForANameEachTime() throws IOException {
        Hosts hosts = Hosts.of(List.of("ct1.hospital", "192.0.2.1"));
        List<String> asked = new ArrayList<>();
        hosts.holds(InetAddress.getByName("192.0.2.1"), name -> {
            asked.add(name);
            return List.of();
        });
        assertThat(asked).as("not where the numbers say it").isEmpty();
        InetAddress moved = InetAddress.getByName("192.0.2.99");
        assertThat(hosts.holds(moved, name -> List.of())).isFalse();
        assertThat(hosts.holds(moved, name -> List.of(moved))).isTrue();
    }

    @Test
    void resolvesByTheSystem() {
        assertThat(Hosts.of(List.of("localhost")).holds(InetAddress.getLoopbackAddress()))
                .isTrue();
        assertThat(Hosts.of(List.of("no-such-host.invalid")).holds(InetAddress.getLoopbackAddress()))
                .isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "10.1.2",
                "10.1.2.256",
                "10.01.2.3",
                "10.1.2.3/33",
                "10.1.2.3/",
                "10.1.2.3/-1",
                "10.1.2.3/8/8",
                "10.1.2.3/16",
                "2001:db8::/129",
                "2001:db8::1/64",
                "2001:db8:::1",
                "1:2:3:4:5:6:7:8:9",
                "::ffff:0.0.0.0/95",
                "fe80::1%eth0",
                "[::1]",
                "ct 1",
                "-ct1",
                "ct1/24",
                "ct1:104",
                "CT*"
            })
    void refusesWhatIsNoHost(String text) {
        assertThatThrownBy(() -> Hosts.of(List.of(text))).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void boundsANameAsTheNameSystemDoes() {
        assertThat(Hosts.of(List.of("a".repeat(253))).names()).hasSize(1);
        assertThatThrownBy(() -> Hosts.of(List.of("a".repeat(254)))).isInstanceOf(IllegalArgumentException.class);
    }

    private List<InetAddress> resolve(String name) {
        return name.equals("ct1.hospital") ? List.of(address(7), address(8)) : List.of();
    }

    private static InetAddress address(int last) {
        try {
            return InetAddress.getByAddress(new byte[] {(byte) 192, 0, 2, (byte) last});
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private static Peer peer(String from, String... calledAes) {
        return new Peer(Hosts.of(List.of(from)), Set.of(calledAes), OptionalInt.empty());
    }
}
