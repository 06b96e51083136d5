package dev.switchboard.node.http.admin;

import dev.switchboard.node.upstream.AddressRules;
import java.net.InetAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.UnknownHostException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** Refuses a base URL whose address breaks {@link AddressRules}, when it is entered; connections are held to them again. */
public final class UpstreamAddress {
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
            String problem = AddressRules.problem(address, privateToo);
            if (problem != null) {
                return problem;
            }
        }
        return null;
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
