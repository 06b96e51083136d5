package dev.switchboard.node.turn;

import akka.actor.typed.ActorRef;
import dev.switchboard.node.relay.StreamEnd;
import dev.switchboard.node.routing.Decision;
import dev.switchboard.node.settings.Settings;
import dev.switchboard.node.socket.EventLoops;
import dev.switchboard.node.upstream.AttemptStart;
import dev.switchboard.protocol.directory.DirectorySnapshot;
import dev.switchboard.protocol.domain.Failure;
import dev.switchboard.protocol.domain.FailureKind;
import dev.switchboard.protocol.domain.KeyId;
import dev.switchboard.protocol.domain.ModelRef;
import dev.switchboard.protocol.domain.ProtectionLevel;
import dev.switchboard.protocol.domain.Usage;
import dev.switchboard.protocol.provider.LeaseReply;
import dev.switchboard.protocol.provider.LeaseResult;
import dev.switchboard.protocol.session.Pin;
import dev.switchboard.protocol.session.SessionView;
import dev.switchboard.protocol.turn.AnnounceLeases;
import dev.switchboard.protocol.turn.TurnMessage;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The life of one request, on the node that took it: session, candidates, lease, upstream, outcome. The only place that
 * knows the order of steps (behaviour.md §1 to §5). One {@link TurnActor} calls it.
 */
final class Turn {
    private static final Logger LOG = LoggerFactory.getLogger(Turn.class);

    private final ActorRef<TurnMessage> self;
    private final TurnTimers timers;
    private final TurnServices services;
    private final TurnRequest request;
    private final EventLoops.@Nullable Loop home;
    private final ReplySlot reply;
    private final InFlight.Entry entry;
    private final TurnLog log;
    private final Settings settings;
    private final DirectorySnapshot directory;
    private final TurnOwners owners;
    private final TurnOutcomes outcomes;

    private SessionView session = SessionView.EMPTY;
    private @Nullable Ladder ladder;
    private @Nullable AskedLease asked;
    private @Nullable HeldLease lease;
    private @Nullable StreamGuard stream;
    private boolean blind;
    private boolean ended;

    /** A turn that completes the promise of its begin exactly once. */
    Turn(ActorRef<TurnMessage> self, TurnTimers timers, TurnServices services, TurnEvent.Begin begin) {
        this.self = self;
        this.timers = timers;
        this.services = services;
        this.request = begin.request();
        this.home = begin.home();
        this.reply = new ReplySlot(begin.promise());
        this.settings = services.settings().get();
        this.directory = services.directory().get();
        this.entry = services.inFlight().begin(request, now());
        this.log = new TurnLog(services, request);
        this.owners = new TurnOwners(self, timers, services, request, entry);
        this.outcomes = new TurnOutcomes(services, request, settings, owners, log);
    }

    String requestId() {
        return request.requestId();
    }

    /** Whether the turn is over; nothing but {@link #isOwedNothing} may be called then. */
    boolean hasEnded() {
        return ended;
    }

    /** As {@link TurnOwners#isOwedNothing}. */
    boolean isOwedNothing() {
        return owners.isOwedNothing();
    }

    void begin() {
        request.whenClientGone().accept(() -> self.tell(new TurnEvent.ClientGone(this)));
        timers.begin(settings.routing().budget());
        Duration early = settings.stream().earlyHeaders();
        if (request.chat().stream() && early != null) {
            timers.headersDueIn(early);
        }
        owners.openSession();
    }

    /** Whoever was asked last did not answer in time. */
    void onSilence() {
        AskedLease lost = asked;
        if (lost != null) {
            if (owners.lostPatience(TurnOwners.PATIENCE)) {
                owners.settle(lost.model(), lost.id(), new LeaseResult.Cancelled());
                onLeased(new LeaseReply.Denied(lost.id(), LeaseReply.Reason.PROBE_IN_FLIGHT, now()));
            } else {
                // The same lease asked again is granted once.
                acquire(lost);
            }
        } else if (ladder == null) {
            onSessionSilent();
        }
    }

    private void onSessionSilent() {
        if (owners.lostPatience(TurnOwners.SESSION_PATIENCE)) {
            // Serving without the pin beats not serving: the owner's node is gone and nobody took over in time.
            LOG.warn(
                    "session {} does not answer; request {} is served without its pin, which stays",
                    request.session().value(),
                    request.requestId());
            blind = true;
            opened(SessionView.EMPTY);
            return;
        }
        owners.openSession();
    }

    void onOpened(SessionView view) {
        owners.sessionAnswered();
        if (ladder == null) {
            opened(view);
        }
    }

    private void opened(SessionView view) {
        session = view;
        owners.answered();
        ladder = TurnRouting.ladder(services, request, view, directory, this::isExclusive);
        step();
    }

    private Ladder ladder() {
        return Objects.requireNonNull(ladder, "the session has not been opened");
    }

    private void step() {
        Optional<ModelRef> next = ladder().next();
        if (next.isEmpty() || ladder().failedAttempts() >= settings.routing().maxAttempts()) {
            refuse();
            return;
        }
        AskedLease wanted = new AskedLease(LeaseIds.next(), next.get());
        asked = wanted;
        acquire(wanted);
    }

    private void acquire(AskedLease wanted) {
        Pin pin = session.pin();
        ModelRef model = wanted.model();
        KeyId preferred = pin != null && pin.model().equals(model) ? pin.key() : null;
        owners.acquire(wanted.id(), model, preferred, ladder().keysOut(model), isExclusive(model));
    }

    private boolean isExclusive(ModelRef model) {
        return settings.protectionOf(model) == ProtectionLevel.PROVIDER_BAN;
    }

    void onLeased(LeaseReply answer) {
        if (asked == null || !answer.lease().equals(asked.id())) {
            return;
        }
        ModelRef model = asked.model();
        owners.answered();
        asked = null;
        if (answer instanceof LeaseReply.Denied denied) {
            ladder().denied(model, denied);
            step();
            return;
        }
        LeaseReply.Granted granted = (LeaseReply.Granted) answer;
        HeldLease held = new HeldLease(granted, model, isExclusive(model), now());
        lease = held;
        entry.leased(model);
        send(held);
    }

    private void send(HeldLease held) {
        Sending sending = Sending.send(services, request, directory, log, held, home);
        if (sending instanceof Sending.UnderWay underWay) {
            held.attempted(underWay.attempt());
            underWay.attempt()
                    .start()
                    .whenCompleteAsync((start, failure) -> self.tell(TurnEvent.Started.of(held, start)), Runnable::run);
        } else if (sending instanceof Sending.Impossible impossible) {
            onFailed(held, impossible.failure());
        } else {
            owners.settle(held, new LeaseResult.Cancelled());
            lease = null;
            ladder().denied(held.model, new LeaseReply.Denied(held.id, LeaseReply.Reason.NO_KEYS, null));
            step();
        }
    }

    void onStarted(TurnEvent.Started started) {
        HeldLease held = started.lease();
        if (held != lease) {
            return;
        }
        AttemptStart start = started.start();
        log.upstreamTook(held.elapsedNanos());
        if (settings.routing().learnLimits()) {
            owners.learn(held, now());
        }
        if (start instanceof AttemptStart.Failed failed) {
            onFailed(held, failed.failure());
        } else if (start instanceof AttemptStart.Refused refused) {
            owners.settle(held, new LeaseResult.Cancelled());
            ladder().cannotExpress(held.model, refused.field().field());
            log.cannotExpress(refused.field());
            lease = null;
            step();
        } else if (start instanceof AttemptStart.Answered answered) {
            onAnswered(held, answered);
        } else {
            onCommitted(held, (AttemptStart.Committed) start);
        }
    }

    private void onAnswered(HeldLease held, AttemptStart.Answered answered) {
        TurnReply answer = new TurnReply.Answer(route(held), answered.body());
        // The caller's next request finds the pin set and the lease free. On its connection's own thread nothing is
        // written or read before this step is over: there the answer goes first, its consequences follow.
        if (home != null && home == EventLoops.here() && !outcomes.changesSession(held, pinFrom())) {
            reply.give(answer);
        }
        succeeded(held, answered.usage(), 0, answered.totalMs(), answered.totalMs());
        owners.onceSessionHeard(() -> reply.give(answer));
    }

    private void onCommitted(HeldLease held, AttemptStart.Committed committed) {
        StreamGuard guard = new StreamGuard(entry::countChunk, outcomes.changesSession(held, pinFrom()));
        stream = guard;
        timers.end();
        log.committed();
        committed
                .end()
                .whenCompleteAsync((end, failure) -> self.tell(TurnEvent.StreamEnded.of(held, end)), Runnable::run);
        reply.give(new TurnReply.Streaming(route(held), committed.events().via(guard)));
    }

    void onStreamEnded(TurnEvent.StreamEnded event) {
        HeldLease held = event.lease();
        StreamEnd end = event.end();
        Failure failure = end.failure();
        if (held != lease) {
            return;
        }
        if (failure == null) {
            succeeded(held, end.usage(), end.ttfbMs(), end.busyMs(), held.elapsedMs());
        } else if (failure.kind() == FailureKind.CANCELLED) {
            cancelled(held);
        } else {
            outcomes.failed(held, ladder(), failure, true);
            log.requestEnded(held.model, 200, failure, ladder().failedAttempts(), end.usage(), end.ttfbMs());
            stop();
        }
    }

    private void succeeded(HeldLease held, Usage usage, long ttfbMs, long busyMs, long totalMs) {
        outcomes.succeeded(held, ladder(), usage, ttfbMs, busyMs, totalMs, pinFrom());
        lease = null;
        end();
    }

    /** The session whose pin an answer moves; null where it stays. */
    private @Nullable SessionView pinFrom() {
        return !blind && TurnRouting.movesPin(request, session, ladder()) ? session : null;
    }

    private void onFailed(HeldLease held, Failure failure) {
        if (failure.kind() == FailureKind.CANCELLED) {
            cancelled(held);
            return;
        }
        Decision decision = outcomes.failed(held, ladder(), failure, false);
        lease = null;
        if (decision.step() == Decision.Step.STOP) {
            refuse();
        } else {
            step();
        }
    }

    void onClientGone() {
        if (lease != null) {
            cancelled(lease);
        } else {
            abandoned();
        }
    }

    private void cancelled(HeldLease held) {
        outcomes.cancelled(held, ladder());
        lease = null;
        abandoned();
    }

    private void abandoned() {
        reply.give(TurnReply.Refusal.CLIENT_GONE);
        log.requestAbandoned(ladder == null ? 0 : ladder.failedAttempts());
        stop();
    }

    void onBudgetSpent() {
        if (stream != null) {
            return;
        }
        if (lease != null) {
            HeldLease held = lease;
            held.cancelAttempt();
            outcomes.failed(held, ladder(), Failure.of(FailureKind.TIMEOUT, "the request's time was spent"), false);
            lease = null;
        }
        if (ladder == null || ladder.failedAttempts() == 0) {
            give(TurnReply.Refusal.OUT_OF_TIME);
        } else {
            refuse();
        }
    }

    void onHeadersDue() {
        reply.giveEarly(request.session());
    }

    void onInterrupt() {
        if (stream != null) {
            stream.interrupt();
            return;
        }
        if (lease != null) {
            outcomes.cancelled(lease, ladder());
            lease = null;
        }
        give(TurnReply.Refusal.STOPPING);
    }

    void onAnnounceLeases(AnnounceLeases announce) {
        if (lease != null && lease.model.platform().equals(announce.platform())) {
            owners.announce(lease);
        }
    }

    private void refuse() {
        give(outcomes.refusal(ladder()));
    }

    private void give(TurnReply.Refusal refusal) {
        owners.onceSessionHeard(() -> reply.give(refusal));
        log.requestRefused(refusal, ladder == null ? 0 : ladder.failedAttempts());
        stop();
    }

    private Route route(HeldLease held) {
        return TurnRouting.route(request, session, held.model, ladder());
    }

    private void stop() {
        if (asked != null) {
            // It may be granted yet; an end that comes first prevents that.
            owners.settle(asked.model(), asked.id(), new LeaseResult.Cancelled());
        }
        if (ladder != null) {
            outcomes.unsuccessful(ladder);
        }
        end();
    }

    private void end() {
        ended = true;
        StreamGuard guard = stream;
        if (guard != null) {
            owners.onceSessionHeard(guard::letGo);
        }
        services.inFlight().end(entry);
    }

    /** Nothing holds the request any more. */
    void over() {
        request.whenOver().run();
    }

    /** The actor dies within the turn; the owners free the lease when they learn of it. */
    void abort(TurnReply.Refusal refusal) {
        services.inFlight().end(entry);
        if (lease != null) {
            lease.cancelAttempt();
        }
        if (stream != null) {
            stream.letGo();
        }
        reply.give(refusal);
    }

    private Instant now() {
        return services.clock().instant();
    }
}
