package dev.switchboard.node.turn;

import dev.switchboard.node.routing.RoutePlan;
import dev.switchboard.node.routing.RouteQuery;
import dev.switchboard.node.routing.Router;
import dev.switchboard.node.routing.Target;
import dev.switchboard.protocol.cooldown.CooldownSnapshot;
import dev.switchboard.protocol.directory.DirectorySnapshot;
import dev.switchboard.protocol.domain.ModelRef;
import dev.switchboard.protocol.domain.PlatformId;
import dev.switchboard.protocol.session.Ban;
import dev.switchboard.protocol.session.Pin;
import dev.switchboard.protocol.session.SessionView;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Predicate;
import java.util.function.Supplier;

/** From a request and its session to the candidates, and from the one that answered to the route that the caller sees. */
final class TurnRouting {
    private TurnRouting() {}

    /** Ranks the candidates of a request by what this node knows now. */
    static Ladder ladder(
            TurnServices services,
            TurnRequest request,
            SessionView session,
            DirectorySnapshot directory,
            Predicate<ModelRef> exclusive) {
        Pin pin = session.pin();
        Map<PlatformId, Instant> bans = new HashMap<>();
        for (Ban ban : session.bans()) {
            bans.put(ban.platform(), ban.until());
        }
        RouteQuery query = new RouteQuery(
                request.target(),
                isAutomatic(request) && pin != null ? pin.model() : null,
                bans,
                request.chat().windowTokens(),
                request.chat().needsTools(),
                request.chat().needsVision(),
                services.lastResort(),
                request.chat().isEmbedding(),
                request.allowed());
        CooldownSnapshot cooling = services.cooling().get();
        Instant now = services.clock().instant();
        Supplier<RoutePlan> drawn = () -> Router.rank(
                query,
                directory,
                cooling,
                services.records().get(),
                now,
                services.random().get());
        if (Router.pinIsUsable(query, directory, cooling, now)) {
            return new Ladder(
                    services.standings().pinned(query, directory, cooling, services.records(), now),
                    drawn,
                    directory,
                    exclusive);
        }
        return new Ladder(drawn.get(), directory, exclusive);
    }

    /** The route of an answer by {@code model}. */
    static Route route(TurnRequest request, SessionView session, ModelRef model, Ladder ladder) {
        Pin pin = session.pin();
        SessionStatus status;
        if (!isAutomatic(request)) {
            status = SessionStatus.NONE;
        } else if (pin == null || staysPinned(session, ladder)) {
            status = SessionStatus.MISS;
        } else {
            status = pin.model().equals(model) ? SessionStatus.HIT : SessionStatus.REPIN;
        }
        return new Route(model, ladder.failedAttempts(), request.session(), status);
    }

    /** Whether the pin goes to the model that answered: it stays where its own model failed at this one request only. */
    static boolean movesPin(TurnRequest request, SessionView session, Ladder ladder) {
        return isAutomatic(request) && !staysPinned(session, ladder);
    }

    private static boolean staysPinned(SessionView session, Ladder ladder) {
        Pin pin = session.pin();
        return pin != null && ladder.isPassedOverForTheRequest(pin.model());
    }

    /** Whether the model is chosen here, so that the session's pin counts and moves. */
    static boolean isAutomatic(TurnRequest request) {
        return request.target() instanceof Target.Auto;
    }
}
