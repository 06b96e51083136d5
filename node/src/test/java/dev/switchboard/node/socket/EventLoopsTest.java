package dev.switchboard.node.socket;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import akka.actor.typed.ActorRef;
import akka.actor.typed.ActorSystem;
import akka.actor.typed.Behavior;
import akka.actor.typed.Props;
import akka.actor.typed.javadsl.Behaviors;
import com.typesafe.config.ConfigFactory;
import io.netty.channel.EventLoop;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Which thread does what in a system that was started on event loops (docs/adr/0007). */
class EventLoopsTest {
    private final ActorSystem<Void> system = EventLoops.system(
            "loops",
            ConfigFactory.parseString("akka.actor.provider = local, akka.coordinated-shutdown.exit-jvm = off,"
                            + "akka.jvm-exit-on-fatal-error = off")
                    .withFallback(ConfigFactory.load()));
    private final EventLoops loops = EventLoops.of(system);

    private record Ask(int further, CompletableFuture<Thread> answer) {}

    @AfterEach
    void stop() throws Exception {
        system.terminate();
        system.getWhenTerminated().toCompletableFuture().get(10, TimeUnit.SECONDS);
    }

    /** Passes an ask on until none is left, then answers with its thread. */
    private static Behavior<Ask> relay(ActorRef<Ask> to) {
        return Behaviors.receiveMessage(ask -> {
            if (ask.further() == 0) {
                ask.answer().complete(Thread.currentThread());
            } else {
                to.tell(new Ask(ask.further() - 1, ask.answer()));
            }
            return Behaviors.same();
        });
    }

    private static Thread threadOf(EventLoop loop) throws Exception {
        return loop.submit(Thread::currentThread).get(5, TimeUnit.SECONDS);
    }

    /** Returns when all that was told so far is done: a busy actor is told more where it is busy. */
    private void allIsDone() throws Exception {
        for (EventLoop loop : loops.first(loops.size())) {
            threadOf(loop);
        }
    }

    @Test
    void whatIsToldOnAnEventLoopGoesOnThere() throws Exception {
        ActorRef<Ask> end =
                system.systemActorOf(relay(system.deadLetters().unsafeUpcast()), "end", EventLoops.props(system));
        ActorRef<Ask> start = system.systemActorOf(relay(end), "start", EventLoops.props(system));
        CompletableFuture<Thread> started = new CompletableFuture<>();
        start.tell(new Ask(1, started));
        started.get(5, TimeUnit.SECONDS);
        for (int i = 0; i < 20; i++) {
            allIsDone();
            EventLoop loop = loops.next(loops.size());
            CompletableFuture<Thread> answer = new CompletableFuture<>();
            loop.execute(() -> start.tell(new Ask(1, answer)));
            assertThat(answer.get(5, TimeUnit.SECONDS)).isSameAs(threadOf(loop));
        }
    }

    @Test
    void whatIsToldElsewhereIsDealtOut() throws Exception {
        Set<Thread> used = new HashSet<>();
        for (int i = 0; i < 32 * loops.size(); i++) {
            used.add(CompletableFuture.supplyAsync(Thread::currentThread, loops).get(5, TimeUnit.SECONDS));
        }
        assertThat(used).hasSize(loops.size());
    }

    @Test
    void whatMayWaitHasThreadsOfItsOwn() throws Exception {
        ActorRef<Ask> other = system.systemActorOf(relay(system.deadLetters().unsafeUpcast()), "other", Props.empty());
        CompletableFuture<Thread> answer = new CompletableFuture<>();
        loops.execute(() -> other.tell(new Ask(0, answer)));
        assertThat(answer.get(5, TimeUnit.SECONDS).getName()).contains("default-dispatcher");
    }

    @Test
    void theCallersEventLoopIsTakenWhereItIsOneOfThoseAllowed() throws Exception {
        EventLoop first = loops.next(1);
        assertThat(first.submit(() -> loops.next(loops.size())).get(5, TimeUnit.SECONDS))
                .isSameAs(first);
        Set<EventLoop> all = new HashSet<>();
        await().atMost(Duration.ofSeconds(5)).until(() -> all.add(loops.next(loops.size())) && all.size() > 1);
        for (EventLoop loop : all) {
            assertThat(loop.submit(() -> loops.next(1)).get(5, TimeUnit.SECONDS))
                    .isSameAs(first);
        }
    }

    @Test
    void longWorkIsDoneBesideThem() throws Exception {
        EventLoop loop = loops.next(1);
        CompletableFuture<Thread> worked = new CompletableFuture<>();
        loop.execute(() ->
                loops.aside("body").thenAcceptAsync(body -> worked.complete(Thread.currentThread()), Runnable::run));
        assertThat(worked.get(5, TimeUnit.SECONDS).getName()).startsWith("switchboard-long-work");
    }

    @Test
    void anErrorThatIsNotAboutOneMessageEndsTheSystem() throws Exception {
        loops.execute(() -> {
            throw new LinkageError("a class is broken");
        });
        assertThat(system.getWhenTerminated().toCompletableFuture()).succeedsWithin(10, TimeUnit.SECONDS);
    }

    @Test
    void theyOutliveTheLastActorAndNothingElse() throws Exception {
        Thread thread = threadOf(loops.next(1));
        stop();
        await().atMost(Duration.ofSeconds(5)).until(() -> !thread.isAlive());
    }
}
