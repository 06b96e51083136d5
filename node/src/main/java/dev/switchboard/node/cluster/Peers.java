package dev.switchboard.node.cluster;

import akka.actor.typed.ActorRef;
import akka.actor.typed.ActorSystem;
import akka.actor.typed.javadsl.AskPattern;
import akka.actor.typed.receptionist.Receptionist;
import akka.japi.function.Function;
import dev.switchboard.protocol.cluster.InFlightRequest;
import dev.switchboard.protocol.cluster.NodeCommand;
import dev.switchboard.protocol.session.SessionSummary;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** Asks every node and puts the answers together; a node that does not answer in time is left out. */
public final class Peers {
    private static final Duration PATIENCE = Duration.ofMillis(1500);
    // Below the remoting frame limit with room to spare: a summary is about 400 bytes.
    private static final int MOST_SESSIONS_A_NODE = 500;

    private final ActorSystem<?> system;

    /** Works on the cluster that the system is a member of. */
    public Peers(ActorSystem<?> system) {
        this.system = system;
    }

    /** The load of every node. */
    public CompletionStage<List<NodeCommand.NodeLoad>> loads() {
        return askAll(NodeCommand.GetLoad::new);
    }

    /** Every request in flight in the cluster, oldest first. */
    public CompletionStage<List<InFlightRequest>> inFlight() {
        return this.<NodeCommand.InFlightList>askAll(NodeCommand.ListInFlight::new)
                .thenApplyAsync(
                        lists -> lists.stream()
                                .flatMap(list -> list.requests().stream())
                                .sorted(Comparator.comparing(InFlightRequest::startedAt))
                                .toList(),
                        Runnable::run);
    }

    /** Sessions of the cluster that match, latest use first. */
    public CompletionStage<List<SessionSummary>> sessions(String query, int limit) {
        return this.<NodeCommand.SessionList>askAll(
                        replyTo -> new NodeCommand.ListSessions(query, Math.min(limit, MOST_SESSIONS_A_NODE), replyTo))
                .thenApplyAsync(
                        lists -> lists.stream()
                                .flatMap(list -> list.sessions().stream())
                                .sorted(Comparator.comparing(SessionSummary::lastUsed)
                                        .reversed())
                                .limit(limit)
                                .toList(),
                        Runnable::run);
    }

    private <T> CompletionStage<List<T>> askAll(Function<ActorRef<T>, NodeCommand> message) {
        CompletionStage<Receptionist.Listing> listing = AskPattern.ask(
                system.receptionist(),
                (ActorRef<Receptionist.Listing> replyTo) -> Receptionist.find(NodeAgent.KEY, replyTo),
                PATIENCE,
                system.scheduler());
        return listing.thenComposeAsync(
                found -> collect(found.getServiceInstances(NodeAgent.KEY), message), Runnable::run);
    }

    private <T> CompletionStage<List<T>> collect(
            Set<ActorRef<NodeCommand>> agents, Function<ActorRef<T>, NodeCommand> message) {
        CompletionStage<List<T>> all = CompletableFuture.completedStage(new ArrayList<>());
        for (ActorRef<NodeCommand> agent : agents) {
            CompletionStage<List<T>> one = AskPattern.<NodeCommand, T>ask(agent, message, PATIENCE, system.scheduler())
                    .handleAsync((answer, failure) -> failure == null ? List.of(answer) : List.of(), Runnable::run);
            all = all.thenCombineAsync(
                    one,
                    (sum, next) -> {
                        sum.addAll(next);
                        return sum;
                    },
                    Runnable::run);
        }
        return all;
    }
}
