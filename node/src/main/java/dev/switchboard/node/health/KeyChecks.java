package dev.switchboard.node.health;

import akka.Done;
import dev.switchboard.node.directory.Directory;
import dev.switchboard.node.upstream.KeyCheck;
import dev.switchboard.node.upstream.Upstream;
import dev.switchboard.protocol.cooldown.CooldownSnapshot;
import dev.switchboard.protocol.directory.ChangeReply;
import dev.switchboard.protocol.directory.DirectoryChange;
import dev.switchboard.protocol.directory.Platform;
import dev.switchboard.protocol.directory.ProviderKey;
import dev.switchboard.protocol.domain.FailureKind;
import dev.switchboard.protocol.domain.KeyId;
import dev.switchboard.protocol.domain.KeyStatus;
import dev.switchboard.protocol.domain.PlatformId;
import java.time.Clock;
import java.time.Instant;
import java.util.Collection;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.function.BiConsumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Asks providers about keys and tells the directory what they said. Thread-safe. */
public final class KeyChecks {
    /** Checks that run at once, on a schedule or on demand. */
    static final int PARALLEL = 8;

    private final Directory directory;
    private final Upstream upstream;
    private final Function<ProviderKey, @Nullable String> secret;
    private final Supplier<CooldownSnapshot> cooldowns;
    private final BiConsumer<PlatformId, KeyId> recovered;
    private final Executor executor;
    private final Clock clock;
    private final Map<KeyId, Instant> lastChecks = new ConcurrentHashMap<>();

    /**
     * What a check works with.
     *
     * @param secret the decrypted secret of a key; null where it cannot be read
     * @param recovered is told of keys that a provider takes again although they cool after refusals
     */
    public KeyChecks(
            Directory directory,
            Upstream upstream,
            Function<ProviderKey, @Nullable String> secret,
            Supplier<CooldownSnapshot> cooldowns,
            BiConsumer<PlatformId, KeyId> recovered,
            Executor executor,
            Clock clock) {
        this.directory = directory;
        this.upstream = upstream;
        this.secret = secret;
        this.cooldowns = cooldowns;
        this.recovered = recovered;
        this.executor = executor;
        this.clock = clock;
        directory.addListener(
                snapshot -> lastChecks.keySet().retainAll(snapshot.keys().keySet()));
    }

    /**
     * Checks one key because a person asks, and keeps the result; a key that is good again no longer cools after
     * refusals. Fails only where the directory's owner does not answer.
     */
    public CompletionStage<ChangeReply> check(ProviderKey key, String actor) {
        return find(key)
                .thenComposeAsync(
                        finding -> {
                            if (finding.status() == KeyStatus.HEALTHY && coolsAfterRefusal(key.id())) {
                                recovered.accept(key.platform(), key.id());
                            }
                            return keep(key, finding, actor);
                        },
                        executor);
    }

    /**
     * Checks one key because its time has come, and keeps the result. What live traffic was refused goes on cooling
     * (behaviour.md §4): a list of models may be open to keys that no chat is.
     */
    CompletionStage<ChangeReply> checkOnSchedule(ProviderKey key, String actor) {
        return find(key).thenComposeAsync(finding -> keep(key, finding, actor), executor);
    }

    /** Checks keys, at most {@value #PARALLEL} at a time; never fails. */
    public CompletionStage<Done> checkAll(Collection<ProviderKey> keys, String actor) {
        Queue<ProviderKey> waiting = new ConcurrentLinkedQueue<>(keys);
        CompletionStage<Done> all = CompletableFuture.completedStage(Done.getInstance());
        for (int lane = 0; lane < PARALLEL; lane++) {
            all = all.thenCombineAsync(lane(waiting, actor), (done, also) -> done, executor);
        }
        return all;
    }

    private CompletionStage<Done> lane(Queue<ProviderKey> waiting, String actor) {
        ProviderKey next = waiting.poll();
        if (next == null) {
            return CompletableFuture.completedStage(Done.getInstance());
        }
        return check(next, actor)
                .handleAsync((reply, failure) -> Done.getInstance(), executor)
                .thenComposeAsync(done -> lane(waiting, actor), executor);
    }

    /** When the key was checked last, as far as this node knows. */
    public @Nullable Instant lastCheck(ProviderKey key) {
        Instant here = lastChecks.get(key.id());
        Instant kept = key.lastCheckedAt();
        if (here == null || kept == null) {
            return here == null ? kept : here;
        }
        return here.isAfter(kept) ? here : kept;
    }

    private CompletionStage<Finding> find(ProviderKey key) {
        Platform platform = directory.snapshot().platform(key.platform());
        String opened = secret.apply(key);
        if (opened == null) {
            return CompletableFuture.completedStage(Finding.UNREADABLE);
        }
        if (platform == null) {
            return CompletableFuture.completedStage(
                    Finding.of(key.status(), key.statusReason(), new KeyCheck.CannotTell("its platform is gone")));
        }
        return ask(platform, opened, anyModel(platform))
                .thenApplyAsync(check -> Finding.of(key.status(), key.statusReason(), check), executor);
    }

    private @Nullable String anyModel(Platform platform) {
        return directory.snapshot().models().stream()
                .filter(model -> model.ref().platform().equals(platform.id()) && model.enabled() && !model.embedding())
                .map(model -> model.ref().id())
                .findFirst()
                .orElse(null);
    }

    private CompletionStage<KeyCheck> ask(Platform platform, String opened, @Nullable String model) {
        try {
            return upstream.checkKey(platform, opened, model);
        } catch (RuntimeException e) {
            return CompletableFuture.completedStage(new KeyCheck.CannotTell(
                    "its platform cannot be asked: " + platform.adapter().wire()));
        }
    }

    private CompletionStage<ChangeReply> keep(ProviderKey key, Finding finding, String actor) {
        Instant now = clock.instant();
        lastChecks.put(key.id(), now);
        return directory.change(
                new DirectoryChange.SetKeyStatus(key.id(), finding.status(), finding.reason(), now), actor);
    }

    /** A rate limit is not over because the key is good. */
    private boolean coolsAfterRefusal(KeyId key) {
        CooldownSnapshot.KeyState state = cooldowns.get().keys().get(key);
        return state != null && state.reason() == FailureKind.AUTH;
    }
}
