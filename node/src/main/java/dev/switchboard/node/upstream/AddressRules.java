package dev.switchboard.node.upstream;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Which addresses a provider may be at: never a link-local, metadata, unspecified or multicast one; a loopback or private one
 * by setting ({@code switchboard.upstream.allow-private-addresses}). Pure; resolves nothing.
 */
public final class AddressRules {
    /** Where clouds tell machines their secrets, outside the link-local ranges: Alibaba, Oracle, Azure, AWS, Google. */
    private static final Set<String> METADATA = Set.of(
            "100.100.100.200", "192.0.0.192", "168.63.129.16", "fd00:ec2:0:0:0:0:0:254", "fd20:ce:0:0:0:0:0:254");

    private AddressRules() {}

    /** What is wrong with the address, as the end of a sentence, or null. */
    public static @Nullable String problem(InetAddress given, boolean allowPrivate) {
        InetAddress address = embedded(given);
        if (address.isAnyLocalAddress()) {
            return "must not lead to an unspecified address";
        }
        if (address.isLinkLocalAddress() || METADATA.contains(address.getHostAddress())) {
            return "must not lead to a link-local or metadata address";
        }
        if (address.isMulticastAddress() || "255.255.255.255".equals(address.getHostAddress())) {
            return "must not lead to a multicast address";
        }
        if (!allowPrivate && isPrivate(address)) {
            return "must not lead to a private address (switchboard.upstream.allow-private-addresses)";
        }
        return null;
    }

    /** Whether the address is on this machine or in a private network. */
    static boolean isPrivate(InetAddress given) {
        InetAddress address = embedded(given);
        byte[] bytes = address.getAddress();
        boolean local = bytes.length == 4 ? isLocal(bytes) : (bytes[0] & 0xfe) == 0xfc || isLocalNat64(bytes);
        return local || address.isLoopbackAddress() || address.isSiteLocalAddress();
    }

    /** This network, shared space of carriers, protocol assignments, and what is reserved (RFC 6890). */
    private static boolean isLocal(byte[] ipv4) {
        int first = ipv4[0] & 0xff;
        return first == 0
                || (first == 100 && (ipv4[1] & 0xc0) == 64)
                || (first == 192 && ipv4[1] == 0 && ipv4[2] == 0)
                || first >= 240;
    }

    /** RFC 8215: what is behind it is the network's own affair. */
    private static boolean isLocalNat64(byte[] ipv6) {
        return hasNat64Prefix(ipv6) && ipv6[4] == 0 && ipv6[5] == 1;
    }

    private static boolean hasNat64Prefix(byte[] ipv6) {
        return ipv6[0] == 0 && ipv6[1] == 0x64 && (ipv6[2] & 0xff) == 0xff && (ipv6[3] & 0xff) == 0x9b;
    }

    /** The IPv4 address inside a NAT64, 6to4 or IPv4-compatible one. */
    private static InetAddress embedded(InetAddress address) {
        if (!(address instanceof Inet6Address)) {
            return address;
        }
        byte[] bytes = address.getAddress();
        boolean nat64 = hasNat64Prefix(bytes) && !isLocalNat64(bytes);
        boolean sixToFour = bytes[0] == 0x20 && bytes[1] == 0x02;
        boolean compatible = ((Inet6Address) address).isIPv4CompatibleAddress()
                && !address.isLoopbackAddress()
                && !address.isAnyLocalAddress();
        if (!nat64 && !sixToFour && !compatible) {
            return address;
        }
        int from = sixToFour ? 2 : 12;
        try {
            return InetAddress.getByAddress(Arrays.copyOfRange(bytes, from, from + 4));
        } catch (UnknownHostException e) {
            throw new IllegalStateException("four bytes are an address", e);
        }
    }
}
