package dev.switchboard.node.provider;

import akka.actor.testkit.typed.javadsl.TestInbox;
import akka.actor.typed.ActorRef;
import dev.switchboard.protocol.cooldown.CooldownSnapshot;
import dev.switchboard.protocol.directory.AdapterKind;
import dev.switchboard.protocol.directory.DirectorySnapshot;
import dev.switchboard.protocol.directory.Model;
import dev.switchboard.protocol.directory.Origin;
import dev.switchboard.protocol.directory.Platform;
import dev.switchboard.protocol.directory.ProviderKey;
import dev.switchboard.protocol.directory.Quirks;
import dev.switchboard.protocol.domain.FailureKind;
import dev.switchboard.protocol.domain.KeyId;
import dev.switchboard.protocol.domain.KeyStatus;
import dev.switchboard.protocol.domain.LeaseId;
import dev.switchboard.protocol.domain.Limits;
import dev.switchboard.protocol.domain.ModelRef;
import dev.switchboard.protocol.domain.PlatformId;
import dev.switchboard.protocol.domain.SessionKey;
import dev.switchboard.protocol.domain.Usage;
import dev.switchboard.protocol.provider.LeaseReply;
import dev.switchboard.protocol.provider.LeaseResult;
import dev.switchboard.protocol.provider.ProviderCommand;
import dev.switchboard.protocol.turn.TurnMessage;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** One platform {@code alpha} with models, keys, cooldowns and a clock, for tests. */
final class World implements ProviderDesk.Effects {
    static final PlatformId ALPHA = new PlatformId("alpha");
    static final ModelRef LARGE = new ModelRef(ALPHA, "large");
    static final ModelRef SMALL = new ModelRef(ALPHA, "small");
    static final KeyId K1 = new KeyId("k1");
    static final KeyId K2 = new KeyId("k2");
    static final KeyId K3 = new KeyId("k3");
    static final Instant START = Instant.parse("2026-03-10T12:00:00Z");
    static final Duration RESERVATION = Duration.ofMinutes(3);

    final Set<ActorRef<TurnMessage>> watched = new HashSet<>();
    private final ActorRef<TurnMessage> turn =
            TestInbox.<TurnMessage>create("turn").getRef();
    private final ActorRef<LeaseReply> nobody =
            TestInbox.<LeaseReply>create("nobody").getRef();

    Instant now = START;
    DirectorySnapshot directory = directory(Limits.NONE, K1);
    CooldownSnapshot cooldowns = CooldownSnapshot.EMPTY;
    ProviderDesk desk = newDesk();
    private int asked;

    ProviderDesk newDesk() {
        return new ProviderDesk(ALPHA, () -> directory, () -> cooldowns, () -> RESERVATION, now, this);
    }

    static DirectorySnapshot directory(Limits limits, KeyId... keys) {
        return directory(
                limits,
                Limits.NONE,
                false,
                List.of(keys).stream().map(World::key).toList());
    }

    static DirectorySnapshot directory(Limits limits, Limits shared, boolean keyless, List<ProviderKey> keys) {
        Platform platform = new Platform(
                ALPHA,
                "Alpha",
                AdapterKind.OPENAI,
                "http://127.0.0.1:1/v1",
                Origin.CUSTOM,
                true,
                keyless,
                null,
                Map.of(),
                Quirks.NONE,
                shared,
                null);
        List<Model> models = List.of(model(LARGE, limits), model(SMALL, limits));
        return new DirectorySnapshot(1, List.of(platform), models, keys, Map.of(), null, null);
    }

    static Model model(ModelRef ref, Limits limits) {
        return new Model(ref, ref.id(), 1, 1, 100_000, limits, true, true, true, 1, Origin.CUSTOM, null, null);
    }

    static ProviderKey key(KeyId id) {
        return key(id, KeyStatus.UNKNOWN);
    }

    static ProviderKey key(KeyId id, KeyStatus status) {
        return new ProviderKey(id, ALPHA, id.value(), "", "", "", true, status, null, START, null);
    }

    static CooldownSnapshot cooling(ModelRef model, Instant until) {
        return new CooldownSnapshot(
                Map.of(model, new CooldownSnapshot.ModelState(until, 1, FailureKind.TIMEOUT, 0, START, 1, START)),
                Map.of());
    }

    static CooldownSnapshot cooling(KeyId key, Instant until) {
        return new CooldownSnapshot(
                Map.of(), Map.of(key, new CooldownSnapshot.KeyState(ALPHA, until, FailureKind.RATE_LIMITED, 0)));
    }

    /** What a turn asks for; immutable, changed by its with-methods. */
    record Ask(
            String lease,
            ModelRef model,
            String session,
            @Nullable KeyId preferred,
            Set<KeyId> exclude,
            long tokens,
            boolean exclusive,
            String request,
            ActorRef<TurnMessage> owner) {
        Ask model(ModelRef other) {
            return new Ask(lease, other, session, preferred, exclude, tokens, exclusive, request, owner);
        }

        Ask session(String other) {
            return new Ask(lease, model, other, preferred, exclude, tokens, exclusive, request, owner);
        }

        Ask preferred(KeyId other) {
            return new Ask(lease, model, session, other, exclude, tokens, exclusive, request, owner);
        }

        Ask exclude(KeyId... others) {
            return new Ask(lease, model, session, preferred, Set.of(others), tokens, exclusive, request, owner);
        }

        Ask tokens(long other) {
            return new Ask(lease, model, session, preferred, exclude, other, exclusive, request, owner);
        }

        Ask alone() {
            return new Ask(lease, model, session, preferred, exclude, tokens, true, request, owner);
        }

        Ask request(String other) {
            return new Ask(lease, model, session, preferred, exclude, tokens, exclusive, other, owner);
        }

        Ask owner(ActorRef<TurnMessage> other) {
            return new Ask(lease, model, session, preferred, exclude, tokens, exclusive, request, other);
        }

        Ask lease(String other) {
            return new Ask(other, model, session, preferred, exclude, tokens, exclusive, request, owner);
        }

        ProviderCommand.Acquire to(ActorRef<LeaseReply> replyTo) {
            return new ProviderCommand.Acquire(
                    new LeaseId(lease),
                    model,
                    new SessionKey(session),
                    preferred,
                    exclude,
                    tokens,
                    exclusive,
                    request,
                    owner,
                    replyTo);
        }

        ProviderCommand.Announce announce(KeyId key, Instant grantedAt) {
            return new ProviderCommand.Announce(
                    new LeaseId(lease),
                    model,
                    key,
                    new SessionKey(session),
                    tokens,
                    exclusive,
                    false,
                    request,
                    grantedAt,
                    owner);
        }
    }

    Ask ask() {
        asked++;
        return new Ask("l" + asked, LARGE, "s", null, Set.of(), 10, false, "r" + asked, turn);
    }

    LeaseReply acquire(Ask ask) {
        return desk.acquire(ask.to(nobody), now);
    }

    LeaseReply.Granted granted(Ask ask) {
        LeaseReply reply = acquire(ask);
        if (reply instanceof LeaseReply.Granted granted) {
            return granted;
        }
        throw new AssertionError("not granted: " + reply);
    }

    LeaseReply.Denied denied(Ask ask) {
        LeaseReply reply = acquire(ask);
        if (reply instanceof LeaseReply.Denied denied) {
            return denied;
        }
        throw new AssertionError("not denied: " + reply);
    }

    void complete(LeaseReply reply, long tokens) {
        desk.settle(reply.lease(), completed(tokens), now);
    }

    void cancel(LeaseReply reply) {
        desk.settle(reply.lease(), new LeaseResult.Cancelled(), now);
    }

    void fail(LeaseReply reply, @Nullable Instant keyUntil, @Nullable Instant modelUntil) {
        desk.settle(reply.lease(), new LeaseResult.Failed(FailureKind.TIMEOUT, keyUntil, modelUntil), now);
    }

    static LeaseResult completed(long tokens) {
        return new LeaseResult.Completed(new Usage(tokens, 0, false));
    }

    void pass(Duration time) {
        now = now.plus(time);
    }

    /** Stops this owner and starts the next from what it saved; {@code clean} as after the stop message. */
    void restart(boolean clean) {
        ProviderState saved = desk.save(clean, now);
        watched.clear();
        desk = newDesk();
        desk.inheritance().restore(saved, now);
    }

    int inFlight() {
        return desk.report(now).leases().size();
    }

    /** The use of all windows together: rpm, rpd, tpm, tpd. */
    List<Long> use() {
        List<Long> sum = new ArrayList<>(List.of(0L, 0L, 0L, 0L));
        desk.report(now).windows().forEach(window -> {
            sum.set(0, sum.get(0) + window.rpm());
            sum.set(1, sum.get(1) + window.rpd());
            sum.set(2, sum.get(2) + window.tpm());
            sum.set(3, sum.get(3) + window.tpd());
        });
        return sum;
    }

    @Override
    public void watch(ActorRef<TurnMessage> owner) {
        if (!watched.add(owner)) {
            throw new AssertionError("watched twice: " + owner);
        }
    }

    @Override
    public void unwatch(ActorRef<TurnMessage> owner) {
        if (!watched.remove(owner)) {
            throw new AssertionError("not watched: " + owner);
        }
    }

    @Override
    public void changed() {}
}
