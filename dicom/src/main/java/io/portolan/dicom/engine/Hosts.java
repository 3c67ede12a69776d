package io.portolan.dicom.engine;

import java.math.BigInteger;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A set of hosts: addresses and networks of IPv4 (RFC 4632) and IPv6 (RFC 4291 2.3), and names. An IPv4 address mapped into
 * IPv6 (RFC 4291 2.5.5.2) is that IPv4 address. A name is resolved when it is asked for, so that it may move; the JDK keeps an
 * answer for 30 s.
 *
 * @param networks an address alone is a network of one
 * @param names    asked for only where no network holds the address
 */
public record Hosts(List<Network> networks, List<String> names) {

    private static final Logger LOG = LoggerFactory.getLogger(Hosts.class);

    /** Every host. */
    public static final Hosts ANY = new Hosts(List.of(), List.of());

    /** RFC 1035 2.3.4. */
    private static final int NAME_MAX_CHARACTERS = 253;

    private static final Pattern NAME = Pattern.compile("[0-9A-Za-z][0-9A-Za-z._-]*");
    private static final Pattern NUMBERS = Pattern.compile("[0-9.]+");
    private static final Pattern IPV4 = Pattern.compile("(0|[1-9][0-9]{0,2})(\\.(0|[1-9][0-9]{0,2})){3}");
    private static final Pattern IPV6 = Pattern.compile("[0-9A-Fa-f]*:[0-9A-Fa-f:.]*");
    private static final int MAPPED_BITS = 96;

    public Hosts {
        networks = List.copyOf(networks);
        names = List.copyOf(names);
    }

    /**
     * The hosts that these texts name.
     *
     * @param hosts each as {@code 10.1.2.3}, {@code 10.1.0.0/16}, {@code 2001:db8::/32} or {@code ct1.hospital}; none: every host
     * @throws IllegalArgumentException when one is none of these; the message says what is wrong
     */
    public static Hosts of(Collection<String> hosts) {
        List<Network> networks = new ArrayList<>();
        List<String> names = new ArrayList<>();
        for (String host : hosts) {
            if (host.contains("/")
                    || host.contains(":")
                    || NUMBERS.matcher(host).matches()) {
                networks.add(Network.parse(host));
            } else if (NAME.matcher(host).matches() && host.length() <= NAME_MAX_CHARACTERS) {
                names.add(host);
            } else {
                throw new IllegalArgumentException("is no host name");
            }
        }
        return new Hosts(networks, names);
    }

    /** Whether the address is one of these. May ask a name server, and then takes as long as that does. */
    public boolean holds(InetAddress address) {
        return holds(address, Hosts::resolve);
    }

    /** Whether it is one of these whatever their names stand for. Asks nobody. */
    public boolean holdsUnasked(InetAddress address) {
        Network one = Network.of(address);
        return equals(ANY) || networks.stream().anyMatch(network -> network.holds(one));
    }

    boolean holds(InetAddress address, Function<String, List<InetAddress>> resolver) {
        Network one = Network.of(address);
        return holdsUnasked(address)
                || names.stream()
                        .anyMatch(name ->
                                resolver.apply(name).stream().map(Network::of).anyMatch(one::equals));
    }

    private static List<InetAddress> resolve(String name) {
        try {
            return List.of(InetAddress.getAllByName(name));
        } catch (UnknownHostException e) {
            LOG.warn("cannot resolve {}, by which peers are told apart", name);
            return List.of();
        }
    }

    /**
     * The addresses that begin alike.
     *
     * @param prefix      the leading bits
     * @param prefixBits  how many they are
     * @param addressBits of a whole address: 32 or 128
     */
    public record Network(BigInteger prefix, int prefixBits, int addressBits) {

        private static Network parse(String text) {
            String[] parts = text.split("/", -1);
            byte[] address = literal(parts[0]);
            boolean mapped = address.length == 4 && parts[0].contains(":");
            int bits = 8 * address.length;
            if (parts.length > 2 || (parts.length == 2 && !parts[1].matches("[0-9]{1,3}"))) {
                throw new IllegalArgumentException("has no length of its prefix in bits behind its slash");
            }
            int prefixBits = parts.length == 1 ? bits : Integer.parseInt(parts[1]) - (mapped ? MAPPED_BITS : 0);
            if (prefixBits < 0 || prefixBits > bits) {
                throw new IllegalArgumentException(
                        "has a prefix that is longer than the address, or ends within ::ffff:0:0/96");
            }
            BigInteger whole = new BigInteger(1, address);
            Network network = new Network(whole.shiftRight(bits - prefixBits), prefixBits, bits);
            if (!network.prefix.shiftLeft(bits - prefixBits).equals(whole)) {
                throw new IllegalArgumentException("has bits behind its prefix");
            }
            return network;
        }

        private static Network of(InetAddress address) {
            byte[] bytes = address.getAddress();
            boolean mapped = address instanceof Inet6Address
                    && Arrays.equals(Arrays.copyOf(bytes, 12), new byte[] {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, -1, -1});
            byte[] plain = mapped ? Arrays.copyOfRange(bytes, 12, 16) : bytes;
            return new Network(new BigInteger(1, plain), 8 * plain.length, 8 * plain.length);
        }

        private boolean holds(Network one) {
            return addressBits == one.addressBits
                    && one.prefix.shiftRight(addressBits - prefixBits).equals(prefix);
        }

        // Of what has these signs no name server is asked.
        private static byte[] literal(String text) {
            boolean v4 = IPV4.matcher(text).matches()
                    && Arrays.stream(text.split("\\.", -1)).allMatch(part -> Integer.parseInt(part) <= 255);
            if (!v4 && !IPV6.matcher(text).matches()) {
                throw new IllegalArgumentException("is no address");
            }
            try {
                return InetAddress.getByName(text).getAddress();
            } catch (UnknownHostException e) {
                throw new IllegalArgumentException("is no address", e);
            }
        }
    }
}
