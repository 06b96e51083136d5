package dev.switchboard.node.turn;

import akka.actor.CoordinatedShutdown;
import akka.actor.typed.Behavior;
import akka.actor.typed.PostStop;
import akka.actor.typed.javadsl.AbstractBehavior;
import akka.actor.typed.javadsl.ActorContext;
import akka.actor.typed.javadsl.Behaviors;
import akka.actor.typed.javadsl.Receive;
import akka.actor.typed.javadsl.TimerScheduler;
import dev.switchboard.node.relay.StreamEnd;
import dev.switchboard.node.routing.Decision;
import dev.switchboard.node.routing.FailurePolicy;
import dev.switchboard.node.routing.PolicyTimes;
import dev.switchboard.node.routing.RouteQuery;
import dev.switchboard.node.routing.Router;
import dev.switchboard.node.routing.Target;
import dev.switchboard.node.settings.Settings;
import dev.switchboard.node.upstream.Attempt;
import dev.switchboard.node.upstream.AttemptStart;
import dev.switchboard.node.upstream.ChatCall;
import dev.switchboard.protocol.directory.DirectorySnapshot;
import dev.switchboard.protocol.directory.Model;
import dev.switchboard.protocol.directory.Platform;
import dev.switchboard.protocol.directory.ProviderKey;
import dev.switchboard.protocol.domain.Failure;
import dev.switchboard.protocol.domain.FailureKind;
import dev.switchboard.protocol.domain.KeyId;
import dev.switchboard.protocol.domain.LeaseId;
import dev.switchboard.protocol.domain.ModelRef;
import dev.switchboard.protocol.domain.PlatformId;
import dev.switchboard.protocol.domain.ProtectionLevel;
import dev.switchboard.protocol.domain.Usage;
import dev.switchboard.protocol.provider.LeaseReply;
import dev.switchboard.protocol.provider.LeaseResult;
import dev.switchboard.protocol.session.Ban;
import dev.switchboard.protocol.session.Pin;
import dev.switchboard.protocol.session.SessionCommand;
import dev.switchboard.protocol.session.SessionEffect;
import dev.switchboard.protocol.session.SessionView;
import dev.switchboard.protocol.turn.AnnounceLeases;
import dev.switchboard.protocol.turn.TurnMessage;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * The life of one request, on the node that took it: session, candidates, lease, upstream, outcome. The only place that
 * knows the order of steps (behaviour.md §1 to §5). Its death frees its lease.
 */
final class TurnActor extends AbstractBehavior<TurnMessage> {
    /** Asks meet moving shards during a hand-over: each is short and repeated, the first soonest. */
    static final Duration FIRST_ASK = Duration.ofMillis(400);
    /** The time for every ask after the first. */
    static final Duration ASK = Duration.ofSeconds(1);
    /** How long asks are repeated: twelve seconds cover the loss of a node. */
    static final Duration PATIENCE = Duration.ofSeconds(12);

    /** The same for the session: twice the loss of a node, since a turn without its bans and pin breaks a promise. */
    static final Duration SESSION_PATIENCE = Duration.ofSeconds(24);

    private static final String BUDGET = "budget";
    private static final String EARLY = "early";

    private final TurnServices services;
    private final TurnRequest request;
    private final TimerScheduler<TurnMessage> timers;
    private final ReplySlot reply;
    private final InFlight.Entry entry;
    private final TurnLog log;
    private final Settings settings;
    private final DirectorySnapshot directory;
    private final StreamGuard guard;
    private final TurnOwners owners;

    private SessionView session = SessionView.EMPTY;
    private @Nullable Ladder ladder;
    private @Nullable LeaseId asking;
    private @Nullable ModelRef askingFor;
    private @Nullable HeldLease lease;
    private int silences;
    private boolean streaming;
    private boolean blind;

    private TurnActor(
            ActorContext<TurnMessage> context,
            TimerScheduler<TurnMessage> timers,
            TurnServices services,
            TurnRequest request,
            CompletableFuture<TurnReply> promise) {
        super(context);
        this.services = services;
        this.request = request;
        this.timers = timers;
        this.reply = new ReplySlot(promise);
        this.settings = services.settings().get();
        this.directory = services.directory().get();
        this.entry = services.inFlight().begin(request, now());
        this.log = new TurnLog(services, request);
        this.guard = new StreamGuard(request.requestId());
        this.owners = new TurnOwners(context, services, request, entry);
    }

    /** A turn that completes {@code promise} exactly once. */
    static Behavior<TurnMessage> create(
            TurnServices services, TurnRequest request, CompletableFuture<TurnReply> promise) {
        return Behaviors.setup(context -> Behaviors.withTimers(timers -> {
            TurnActor turn = new TurnActor(context, timers, services, request, promise);
            turn.begin();
            return turn;
        }));
    }

    private void begin() {
        request.whenClientGone().accept(() -> getContext().getSelf().tell(new TurnEvent.ClientGone()));
        timers.startSingleTimer(
                BUDGET, new TurnEvent.BudgetSpent(), settings.routing().budget());
        Duration early = settings.stream().earlyHeaders();
        if (request.chat().stream() && early != null) {
            timers.startSingleTimer(EARLY, new TurnEvent.HeadersDue(), early);
        }
        owners.openSession(askTime());
    }

    @Override
    public Receive<TurnMessage> createReceive() {
        return newReceiveBuilder()
                .onMessage(TurnEvent.Opened.class, this::onOpened)
                .onMessage(TurnEvent.SessionSilent.class, this::onSessionSilent)
                .onMessage(TurnEvent.Leased.class, this::onLeased)
                .onMessage(TurnEvent.LeaseSilent.class, this::onLeaseSilent)
                .onMessage(TurnEvent.Started.class, this::onStarted)
                .onMessage(TurnEvent.StreamEnded.class, this::onStreamEnded)
                .onMessage(TurnEvent.ClientGone.class, this::onClientGone)
                .onMessage(TurnEvent.BudgetSpent.class, this::onBudgetSpent)
                .onMessage(TurnEvent.HeadersDue.class, this::onHeadersDue)
                .onMessage(TurnEvent.Interrupt.class, this::onInterrupt)
                .onMessage(AnnounceLeases.class, this::onAnnounceLeases)
                .onSignal(PostStop.class, this::onPostStop)
                .build();
    }

    private Behavior<TurnMessage> onSessionSilent(TurnEvent.SessionSilent silent) {
        if (lostPatience(SESSION_PATIENCE)) {
            // Serving without the pin beats not serving: the owner's node is gone and nobody took over in time.
            getContext()
                    .getLog()
                    .warn(
                            "session {} does not answer; request {} is served without its pin, which stays",
                            request.session().value(),
                            request.requestId());
            blind = true;
            return onOpened(new TurnEvent.Opened(SessionView.EMPTY));
        }
        owners.openSession(askTime());
        return this;
    }

    private Duration askTime() {
        return silences == 0 ? FIRST_ASK : ASK;
    }

    private boolean lostPatience(Duration patience) {
        silences++;
        return ASK.multipliedBy(silences).compareTo(patience) >= 0;
    }

    private Behavior<TurnMessage> onOpened(TurnEvent.Opened opened) {
        session = opened.view();
        silences = 0;
        boolean automatic = request.target() instanceof Target.Auto;
        Pin pin = session.pin();
        Map<PlatformId, Instant> bans = new HashMap<>();
        for (Ban ban : session.bans()) {
            bans.put(ban.platform(), ban.until());
        }
        RouteQuery query = new RouteQuery(
                request.target(),
                automatic && pin != null ? pin.model() : null,
                bans,
                request.chat().windowTokens(),
                request.chat().needsTools(),
                request.chat().needsVision(),
                services.lastResort(),
                request.chat().isEmbedding(),
                request.allowed());
        ladder = new Ladder(
                Router.rank(
                        query,
                        directory,
                        services.cooling().get(),
                        services.records().get(),
                        now(),
                        services.random().get()),
                directory,
                this::isExclusive);
        return step();
    }

    private Ladder ladder() {
        if (ladder == null) {
            throw new IllegalStateException("the session has not been opened");
        }
        return ladder;
    }

    private Behavior<TurnMessage> step() {
        Optional<ModelRef> next = ladder().next();
        if (next.isEmpty() || ladder().failedAttempts() >= settings.routing().maxAttempts()) {
            return refuse();
        }
        asking = new LeaseId(UUID.randomUUID().toString());
        askingFor = next.get();
        silences = 0;
        acquire(asking, askingFor);
        return this;
    }

    private void acquire(LeaseId id, ModelRef model) {
        Pin pin = session.pin();
        KeyId preferred = pin != null && pin.model().equals(model) ? pin.key() : null;
        owners.acquire(id, model, preferred, ladder().keysOut(model), isExclusive(model), askTime());
    }

    private boolean isExclusive(ModelRef model) {
        return settings.protectionOf(model) == ProtectionLevel.PROVIDER_BAN;
    }

    private Behavior<TurnMessage> onLeaseSilent(TurnEvent.LeaseSilent silent) {
        if (!silent.lease().equals(asking) || askingFor == null) {
            return this;
        }
        if (lostPatience(PATIENCE)) {
            owners.settle(askingFor, silent.lease(), new LeaseResult.Cancelled());
            return onLeased(new TurnEvent.Leased(
                    new LeaseReply.Denied(silent.lease(), LeaseReply.Reason.PROBE_IN_FLIGHT, now())));
        }
        // The same lease asked again is granted once.
        acquire(silent.lease(), askingFor);
        return this;
    }

    private Behavior<TurnMessage> onLeased(TurnEvent.Leased leased) {
        if (!leased.reply().lease().equals(asking) || askingFor == null) {
            return this;
        }
        ModelRef model = askingFor;
        asking = null;
        askingFor = null;
        if (leased.reply() instanceof LeaseReply.Denied denied) {
            ladder().denied(model, denied);
            return step();
        }
        LeaseReply.Granted granted = (LeaseReply.Granted) leased.reply();
        HeldLease held =
                new HeldLease(granted.lease(), model, granted.key(), granted.probe(), isExclusive(model), now());
        lease = held;
        entry.leased(model);
        return send(held);
    }

    private Behavior<TurnMessage> send(HeldLease held) {
        Platform platform = directory.platform(held.model.platform());
        Model model = directory.model(held.model);
        ProviderKey key = keyOf(held);
        if (platform == null || model == null || (key == null && !platform.keyless())) {
            return withdrawn(held);
        }
        String secret = key == null ? null : services.secret().apply(key);
        if (key != null && secret == null) {
            Failure failure = Failure.of(FailureKind.AUTH, "the key cannot be read");
            return onFailed(held, failure);
        }
        Attempt attempt = services.upstream()
                .chat(new ChatCall(
                        request.chat(),
                        platform,
                        model,
                        secret,
                        request.requestId(),
                        log.attemptBegins(platform, held.model)));
        held.attempted(attempt);
        getContext().pipeToSelf(attempt.start(), (start, failure) -> new TurnEvent.Started(held, orFailed(start)));
        return this;
    }

    /** Model or key was removed between the ranking and the lease: nobody's failure. */
    private Behavior<TurnMessage> withdrawn(HeldLease held) {
        settle(held, new LeaseResult.Cancelled());
        lease = null;
        ladder().denied(held.model, new LeaseReply.Denied(held.id, LeaseReply.Reason.NO_KEYS, null));
        return step();
    }

    /** The owner may have chosen a key that is newer than this turn's own view. */
    private @Nullable ProviderKey keyOf(HeldLease held) {
        ProviderKey known = directory.keys().get(held.key);
        return known != null ? known : services.directory().get().keys().get(held.key);
    }

    private static AttemptStart orFailed(@Nullable AttemptStart start) {
        return start != null
                ? start
                : new AttemptStart.Failed(Failure.of(FailureKind.UNREACHABLE, "the attempt could not be made"));
    }

    private Behavior<TurnMessage> onStarted(TurnEvent.Started started) {
        if (started.lease() != lease) {
            return this;
        }
        AttemptStart start = started.start();
        log.upstreamTook(started.lease().elapsedNanos());
        if (settings.routing().learnLimits()) {
            owners.learn(started.lease(), services.statedBefore(), now());
        }
        if (start instanceof AttemptStart.Failed failed) {
            return onFailed(started.lease(), failed.failure());
        } else if (start instanceof AttemptStart.Refused refused) {
            settle(started.lease(), new LeaseResult.Cancelled());
            ladder().cannotExpress(started.lease().model, refused.field().field());
            log.cannotExpress(refused.field());
            lease = null;
            return step();
        } else if (start instanceof AttemptStart.Answered answered) {
            return onAnswered(started.lease(), answered);
        }
        return onCommitted(started.lease(), (AttemptStart.Committed) start);
    }

    private Behavior<TurnMessage> onAnswered(HeldLease held, AttemptStart.Answered answered) {
        TurnReply answer = new TurnReply.Answer(route(held), answered.body());
        log.attemptSucceeded(held.model, held.key, answered.usage(), 0, answered.totalMs(), answered.totalMs());
        Behavior<TurnMessage> next = finish(held, answered.usage(), 0);
        // The caller's next request finds the pin set and the lease free.
        reply.give(answer);
        return next;
    }

    private Behavior<TurnMessage> onCommitted(HeldLease held, AttemptStart.Committed committed) {
        streaming = true;
        timers.cancel(BUDGET);
        timers.cancel(EARLY);
        log.committed();
        getContext().pipeToSelf(committed.end(), (end, failure) -> new TurnEvent.StreamEnded(held, orBroken(end)));
        reply.give(new TurnReply.Streaming(
                route(held), guard.around(committed.events()).map(event -> {
                    entry.countChunk();
                    return event;
                })));
        return this;
    }

    private static StreamEnd orBroken(@Nullable StreamEnd end) {
        return end != null
                ? end
                : new StreamEnd(
                        Failure.of(FailureKind.BROKEN, "the stream's end was lost"), new Usage(0, 0, true), 0, 0, 0, 0);
    }

    private Behavior<TurnMessage> onStreamEnded(TurnEvent.StreamEnded ended) {
        HeldLease held = ended.lease();
        StreamEnd end = ended.end();
        Failure failure = end.failure();
        if (held != lease) {
            return this;
        }
        if (failure == null) {
            log.attemptSucceeded(held.model, held.key, end.usage(), end.ttfbMs(), end.busyMs(), held.elapsedMs());
            return finish(held, end.usage(), end.ttfbMs());
        }
        if (failure.kind() == FailureKind.CANCELLED) {
            return cancelled(held);
        }
        Decision decision = decide(held, failure, true);
        apply(held, failure, decision);
        log.requestEnded(held.model, 200, failure, ladder().failedAttempts(), end.usage(), end.ttfbMs());
        return stop();
    }

    private Behavior<TurnMessage> finish(HeldLease held, Usage usage, long ttftMs) {
        settle(held, new LeaseResult.Completed(usage));
        boolean pin = request.target() instanceof Target.Auto && !blind;
        owners.tellSession(new SessionCommand.TurnSucceeded(held.model, held.key, pin));
        log.cooldownSuccess(held.model, held.key);
        ladder().trace(held.model, held.key, "success", held.elapsedMs());
        log.requestEnded(held.model, 200, null, ladder().failedAttempts() + 1, usage, ttftMs);
        lease = null;
        return stop();
    }

    private Behavior<TurnMessage> onFailed(HeldLease held, Failure failure) {
        if (failure.kind() == FailureKind.CANCELLED) {
            return cancelled(held);
        }
        Decision decision = decide(held, failure, false);
        apply(held, failure, decision);
        lease = null;
        return decision.step() == Decision.Step.STOP ? refuse() : step();
    }

    private Decision decide(HeldLease held, Failure failure, boolean committed) {
        FailurePolicy.Context where = new FailurePolicy.Context(
                ladder().isLastKey(held.model, held.key, services.cooling().get(), now()),
                ladder().hasFailedBy(failure.kind()),
                committed);
        PolicyTimes times = new PolicyTimes(
                settings.cooldown().transientTime(),
                settings.cooldown().max(),
                settings.cooldown().rateLimitedKey(),
                settings.session().banTtl());
        return FailurePolicy.decide(failure, held.model, settings.protectionOf(held.model), where, times, now());
    }

    private void apply(HeldLease held, Failure failure, Decision decision) {
        settle(held, new LeaseResult.Failed(failure.kind(), decision.keyCoolsUntil(), decision.modelCoolsUntil()));
        if (!decision.session().equals(SessionEffect.NONE)) {
            owners.tellSession(new SessionCommand.AttemptFailed(held.model, held.key, decision.session()));
        }
        log.attemptFailed(held.model, held.key, failure, decision, held.elapsedMs());
        ladder().failed(held.model, held.key, failure, decision, held.elapsedMs());
    }

    private Behavior<TurnMessage> onClientGone(TurnEvent.ClientGone gone) {
        if (lease != null) {
            return cancelled(lease);
        }
        return abandoned();
    }

    private Behavior<TurnMessage> cancelled(HeldLease held) {
        end(held);
        return abandoned();
    }

    private void end(HeldLease held) {
        held.cancelAttempt();
        settle(held, new LeaseResult.Cancelled());
        log.attemptCancelled(held.model, held.key, held.elapsedMs());
        ladder().trace(held.model, held.key, FailureKind.CANCELLED.wire(), held.elapsedMs());
        lease = null;
    }

    private Behavior<TurnMessage> abandoned() {
        reply.give(TurnReply.Refusal.CLIENT_GONE);
        log.requestAbandoned(ladder == null ? 0 : ladder.failedAttempts());
        return stop();
    }

    private Behavior<TurnMessage> onBudgetSpent(TurnEvent.BudgetSpent spent) {
        if (streaming) {
            return this;
        }
        if (lease != null) {
            HeldLease held = lease;
            held.cancelAttempt();
            Failure failure = Failure.of(FailureKind.TIMEOUT, "the request's time was spent");
            Decision decision = decide(held, failure, false);
            apply(held, failure, decision);
            lease = null;
        }
        if (ladder == null || ladder.failedAttempts() == 0) {
            return give(TurnReply.Refusal.OUT_OF_TIME);
        }
        return refuse();
    }

    private Behavior<TurnMessage> onHeadersDue(TurnEvent.HeadersDue due) {
        reply.giveEarly();
        return this;
    }

    private Behavior<TurnMessage> onInterrupt(TurnEvent.Interrupt interrupt) {
        if (streaming) {
            guard.interrupt();
            return this;
        }
        if (lease != null) {
            HeldLease held = lease;
            end(held);
        }
        return give(TurnReply.Refusal.STOPPING);
    }

    private Behavior<TurnMessage> onAnnounceLeases(AnnounceLeases announce) {
        if (lease != null && lease.model.platform().equals(announce.platform())) {
            owners.announce(lease);
        }
        return this;
    }

    private Behavior<TurnMessage> refuse() {
        return give(
                ladder().onlyInexpressible()
                        ? TurnReply.Refusal.inexpressible(log.inexpressibleField())
                        : TurnReply.Refusal.of(ladder().terminal(now()), request.chat()));
    }

    private Behavior<TurnMessage> give(TurnReply.Refusal refusal) {
        reply.give(refusal);
        log.requestRefused(refusal, ladder == null ? 0 : ladder.failedAttempts());
        return stop();
    }

    private Route route(HeldLease held) {
        Pin pin = session.pin();
        SessionStatus status;
        if (!(request.target() instanceof Target.Auto)) {
            status = SessionStatus.NONE;
        } else if (pin == null) {
            status = SessionStatus.MISS;
        } else {
            status = pin.model().equals(held.model) ? SessionStatus.HIT : SessionStatus.REPIN;
        }
        return new Route(held.model, ladder().failedAttempts(), request.session(), status);
    }

    private void settle(HeldLease held, LeaseResult result) {
        owners.settle(held.model, held.id, result);
    }

    private Instant now() {
        return services.clock().instant();
    }

    private Behavior<TurnMessage> stop() {
        if (asking != null && askingFor != null) {
            // It may be granted yet; an end that comes first prevents that.
            owners.settle(askingFor, asking, new LeaseResult.Cancelled());
        }
        if (ladder != null) {
            owners.tellSession(new SessionCommand.Trace(ladder.decision(now(), request.requestId())));
        }
        return Behaviors.stopped();
    }

    private Behavior<TurnMessage> onPostStop(PostStop signal) {
        services.inFlight().end(entry);
        if (lease != null) {
            lease.cancelAttempt();
        }
        boolean stopping = CoordinatedShutdown.get(getContext().getSystem())
                .getShutdownReason()
                .isPresent();
        reply.give(stopping ? TurnReply.Refusal.STOPPING : TurnReply.Refusal.CRASHED);
        return this;
    }
}
