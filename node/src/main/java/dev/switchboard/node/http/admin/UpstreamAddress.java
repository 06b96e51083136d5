package dev.switchboard.node.http.admin;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** Where a custom platform may be: never at a link-local, metadata or unspecified address; at a private one by setting. */
public final class UpstreamAddress {
    private static final Set<String> METADATA = Set.of("100.100.100.200", "192.0.0.192", "fd00:ec2:0:0:0:0:0:254");
    private static final long RESOLVE_SECONDS = 3;

    private final BooleanSupplier allowPrivate;
    private final Executor blocking;

    /** {@code blocking} resolves names; {@code allowPrivate} is {@code upstream.allow-private-addresses}. */
    public UpstreamAddress(BooleanSupplier allowPrivate, Executor blocking) {
        this.allowPrivate = allowPrivate;
        this.blocking = blocking;
    }

    /** What is wrong with the address of a URL, or null; a name that cannot be resolved now is let through. */
    CompletionStage<@Nullable String> problem(String url) {
        String host = host(url);
        if (host == null) {
            return CompletableFuture.completedStage(null);
        }
        boolean privateToo = allowPrivate.getAsBoolean();
        return CompletableFuture.supplyAsync(() -> resolve(host), blocking)
                .completeOnTimeout(List.of(), RESOLVE_SECONDS, TimeUnit.SECONDS)
                .thenApplyAsync(addresses -> problem(addresses, privateToo), Runnable::run);
    }

    private static @Nullable String problem(List<InetAddress> addresses, boolean privateToo) {
        for (InetAddress address : addresses) {
            String problem = problem(address, privateToo);
            if (problem != null) {
                return problem;
            }
        }
        return null;
    }

    static @Nullable String problem(InetAddress given, boolean allowPrivate) {
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

    private static boolean isPrivate(InetAddress address) {
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

    private static @Nullable String host(String url) {
        try {
            return new URI(url.strip().replace("{account}", "account")).getHost();
        } catch (URISyntaxException e) {
            // The directory refuses it with its own words.
            return null;
        }
    }

    private static List<InetAddress> resolve(String host) {
        try {
            return List.of(InetAddress.getAllByName(host));
        } catch (UnknownHostException e) {
            return List.of();
        }
    }
}
