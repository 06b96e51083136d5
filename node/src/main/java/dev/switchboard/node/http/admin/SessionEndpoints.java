package dev.switchboard.node.http.admin;

import akka.Done;
import akka.actor.typed.ActorSystem;
import akka.actor.typed.RecipientRef;
import akka.actor.typed.javadsl.AskPattern;
import akka.http.javadsl.model.HttpResponse;
import dev.switchboard.node.cluster.Peers;
import dev.switchboard.node.http.Access;
import dev.switchboard.node.http.ApiError;
import dev.switchboard.node.http.Endpoint;
import dev.switchboard.node.http.Exchange;
import dev.switchboard.node.http.Json;
import dev.switchboard.protocol.directory.DirectorySnapshot;
import dev.switchboard.protocol.directory.ProviderKey;
import dev.switchboard.protocol.domain.KeyId;
import dev.switchboard.protocol.domain.PlatformId;
import dev.switchboard.protocol.domain.SessionKey;
import dev.switchboard.protocol.session.Ban;
import dev.switchboard.protocol.session.InspectReply;
import dev.switchboard.protocol.session.Pin;
import dev.switchboard.protocol.session.RouteDecision;
import dev.switchboard.protocol.session.SessionCommand;
import dev.switchboard.protocol.session.SessionSummary;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** {@code /api/sessions} (contract.md §4). */
public final class SessionEndpoints {
    private static final Duration PATIENCE = Duration.ofSeconds(3);
    private static final int DEFAULT_LIMIT = 100;
    private static final int MOST = 10_000;

    private final ActorSystem<?> system;
    private final Peers peers;
    private final Function<SessionKey, RecipientRef<SessionCommand>> session;
    private final BiFunction<String, Integer, CompletionStage<List<SessionSummary>>> stored;
    private final Supplier<DirectorySnapshot> directory;

    /**
     * The endpoints of one node.
     *
     * @param session finds the owner of a session
     * @param stored finds stored sessions, owned or not, by a query and how many at most
     */
    public SessionEndpoints(
            ActorSystem<?> system,
            Peers peers,
            Function<SessionKey, RecipientRef<SessionCommand>> session,
            BiFunction<String, Integer, CompletionStage<List<SessionSummary>>> stored,
            Supplier<DirectorySnapshot> directory) {
        this.system = system;
        this.peers = peers;
        this.session = session;
        this.stored = stored;
        this.directory = directory;
    }

    private record BanRow(String platform, Instant until, String reason) {
        static BanRow of(Ban ban) {
            return new BanRow(ban.platform().value(), ban.until(), ban.reason().wire());
        }
    }

    private record SessionRow(
            String key,
            String mode,
            @Nullable String model,
            @Nullable String platform,
            @Nullable String keyLabel,
            List<BanRow> bans,
            long turns,
            Instant lastUsed,
            @Nullable String node) {}

    private record SessionDetail(
            String key,
            String mode,
            @Nullable String model,
            @Nullable String platform,
            @Nullable String keyLabel,
            List<BanRow> bans,
            long turns,
            Instant lastUsed,
            @Nullable String node,
            List<RouteDecision> decisions) {}

    /** The endpoints of this class. */
    public List<Endpoint> endpoints() {
        return List.of(
                Endpoint.get("/api/sessions", Access.ADMIN, this::list),
                Endpoint.get("/api/sessions/{key}", Access.ADMIN, this::one),
                new Endpoint("DELETE", "/api/sessions/{key}", Access.ADMIN, this::forget),
                new Endpoint("DELETE", "/api/sessions/{key}/bans/{platform}", Access.ADMIN, this::liftBan));
    }

    private CompletionStage<HttpResponse> list(Exchange exchange) {
        int limit = exchange.queryNumber("limit", DEFAULT_LIMIT, 1, MOST);
        String query = exchange.query("query").orElse("");
        return peers.sessions(query, limit)
                .thenComposeAsync(owned -> withStored(owned, query, limit), Runnable::run)
                .thenApplyAsync(
                        found ->
                                Json.response(200, found.stream().map(this::row).toList()),
                        Runnable::run);
    }

    /** Owners know better than rows, and what they have was used later than what nobody has. */
    private CompletionStage<List<SessionSummary>> withStored(List<SessionSummary> owned, String query, int limit) {
        if (owned.size() >= limit) {
            return CompletableFuture.completedStage(owned);
        }
        Set<SessionKey> known = owned.stream().map(SessionSummary::key).collect(Collectors.toSet());
        return stored.apply(query, limit)
                .thenApplyAsync(
                        rows -> Stream.concat(owned.stream(), rows.stream().filter(row -> !known.contains(row.key())))
                                .sorted(Comparator.comparing(SessionSummary::lastUsed)
                                        .reversed())
                                .limit(limit)
                                .toList(),
                        Runnable::run);
    }

    private CompletionStage<HttpResponse> one(Exchange exchange) {
        return inspect(exchange)
                .thenApplyAsync(
                        found -> {
                            SessionRow row = row(found.summary());
                            return Json.response(
                                    200,
                                    new SessionDetail(
                                            row.key(),
                                            row.mode(),
                                            row.model(),
                                            row.platform(),
                                            row.keyLabel(),
                                            row.bans(),
                                            row.turns(),
                                            row.lastUsed(),
                                            row.node(),
                                            found.decisions()));
                        },
                        Runnable::run);
    }

    private CompletionStage<HttpResponse> forget(Exchange exchange) {
        SessionKey key = key(exchange);
        return inspect(exchange)
                .thenComposeAsync(
                        found -> AskPattern.<SessionCommand, Done>ask(
                                        session.apply(key), SessionCommand.Forget::new, PATIENCE, system.scheduler())
                                .exceptionallyAsync(SessionEndpoints::notStored, Runnable::run),
                        Runnable::run)
                .thenApplyAsync(done -> HttpResponse.create().withStatus(204), Runnable::run);
    }

    private CompletionStage<HttpResponse> liftBan(Exchange exchange) {
        SessionKey key = key(exchange);
        String platform = exchange.param("platform");
        if (!PlatformId.isValid(platform)) {
            throw ApiError.invalid("platform is not a platform id", "platform");
        }
        return inspect(exchange)
                .thenComposeAsync(
                        found -> AskPattern.<SessionCommand, Done>ask(
                                        session.apply(key),
                                        replyTo -> new SessionCommand.LiftBan(new PlatformId(platform), replyTo),
                                        PATIENCE,
                                        system.scheduler())
                                .exceptionallyAsync(SessionEndpoints::notStored, Runnable::run),
                        Runnable::run)
                .thenApplyAsync(done -> HttpResponse.create().withStatus(204), Runnable::run);
    }

    /** The owner answers once the database has the change. */
    private static Done notStored(Throwable failure) {
        throw ApiError.overloaded("The change is not stored yet: the database does not answer.", 5);
    }

    private CompletionStage<InspectReply.Found> inspect(Exchange exchange) {
        SessionKey key = key(exchange);
        return AskPattern.<SessionCommand, InspectReply>ask(
                        session.apply(key), SessionCommand.Inspect::new, PATIENCE, system.scheduler())
                .handleAsync(
                        (reply, failure) -> {
                            if (failure != null) {
                                throw ApiError.overloaded("The session's owner did not answer; try again.", 1);
                            }
                            if (reply instanceof InspectReply.Found found) {
                                return found;
                            }
                            throw ApiError.notFound("No session " + key, "session_not_found");
                        },
                        Runnable::run);
    }

    private static SessionKey key(Exchange exchange) {
        String key = exchange.param("key");
        if (!key.matches("s-[0-9a-f]{32}")) {
            throw ApiError.notFound("No session " + key, "session_not_found");
        }
        return new SessionKey(key);
    }

    private SessionRow row(SessionSummary summary) {
        Pin pin = summary.pin();
        return new SessionRow(
                summary.key().value(),
                summary.mode().wire(),
                pin == null ? null : pin.model().id(),
                pin == null ? null : pin.model().platform().value(),
                pin == null || pin.key() == null ? null : label(pin.key()),
                summary.bans().stream().map(BanRow::of).toList(),
                summary.turns(),
                summary.lastUsed(),
                summary.node().isEmpty() ? null : summary.node());
    }

    private String label(KeyId id) {
        ProviderKey key = directory.get().keys().get(id);
        return key == null ? id.value() : key.label();
    }
}
