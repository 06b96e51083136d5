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
    private static final Set<String> METADATA = Set.of("100.100.100.200", "192.0.0.192", "fd00:ec2:0:0:0:0:0:254");

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
        boolean uniqueLocal = bytes.length == 16 && (bytes[0] & 0xfe) == 0xfc;
        boolean sharedSpace = bytes.length == 4 && bytes[0] == 100 && (bytes[1] & 0xc0) == 64;
        return address.isLoopbackAddress()
                || address.isSiteLocalAddress()
                || uniqueLocal
                || sharedSpace
                || (bytes.length == 4 && bytes[0] == 0);
    }

    /** The IPv4 address inside a NAT64, 6to4 or IPv4-compatible one. */
    private static InetAddress embedded(InetAddress address) {
        if (!(address instanceof Inet6Address)) {
            return address;
        }
        byte[] bytes = address.getAddress();
        boolean nat64 = bytes[0] == 0 && bytes[1] == 0x64 && (bytes[2] & 0xff) == 0xff && (bytes[3] & 0xff) == 0x9b;
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
