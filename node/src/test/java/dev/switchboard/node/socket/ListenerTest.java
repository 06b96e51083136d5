package dev.switchboard.node.socket;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import akka.NotUsed;
import akka.actor.testkit.typed.javadsl.ActorTestKit;
import akka.stream.javadsl.Flow;
import akka.stream.javadsl.Sink;
import akka.stream.javadsl.Source;
import akka.stream.testkit.TestPublisher;
import akka.stream.testkit.TestSubscriber;
import akka.stream.testkit.javadsl.TestSink;
import akka.stream.testkit.javadsl.TestSource;
import akka.util.ByteString;
import io.netty.channel.EventLoop;
import java.io.IOException;
import java.io.OutputStream;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Real sockets on loopback: bytes both ways, backpressure both ways, every way to end, and the bound on connections. */
class ListenerTest {
    private static ActorTestKit kit;
    private static final int SOME = 300_000;

    private Listener.Binding binding;

    /** A connection whose two sides the test moves by hand. */
    private record Ends(TestPublisher.Probe<ByteString> send, TestSubscriber.Probe<ByteString> received) {}

    @BeforeAll
    static void start() {
        kit = ActorTestKit.create("listener");
    }

    @AfterAll
    static void stop() {
        kit.shutdownTestKit();
    }

    @AfterEach
    void unbind() throws Exception {
        if (binding != null) {
            binding.unbind().toCompletableFuture().get(5, TimeUnit.SECONDS);
        }
    }

    private void listen(int most, Consumer<Listener.Accepted> serve) throws Exception {
        listen(new Listener.Limits(100, most, Duration.ofMinutes(1)), serve);
    }

    private void listen(Listener.Limits limits, Consumer<Listener.Accepted> serve) throws Exception {
        binding = Listener.bind(kit.system(), "127.0.0.1", 0, limits, serve)
                .toCompletableFuture()
                .get(5, TimeUnit.SECONDS);
    }

    private void serve(Flow<ByteString, ByteString, NotUsed> handler) throws Exception {
        listen(100, accepted -> accepted.bytes().join(handler).run(kit.system()));
    }

    private BlockingQueue<Ends> serveByHand() throws Exception {
        BlockingQueue<Ends> connections = new LinkedBlockingQueue<>();
        listen(100, accepted -> {
            var ends = accepted.bytes()
                    .runWith(TestSource.create(kit.system()), TestSink.create(kit.system()), kit.system());
            connections.add(new Ends(ends.first(), ends.second()));
        });
        return connections;
    }

    private Socket connect() throws IOException {
        Socket socket = new Socket();
        socket.connect(
                new InetSocketAddress(
                        InetAddress.getLoopbackAddress(), binding.localAddress().getPort()),
                5000);
        socket.setSoTimeout(5000);
        return socket;
    }

    private boolean refuses() throws IOException {
        try (Socket made = connect()) {
            return !made.isConnected();
        } catch (ConnectException e) {
            return true;
        }
    }

    private static byte[] random(int length) {
        byte[] bytes = new byte[length];
        new Random(length).nextBytes(bytes);
        return bytes;
    }

    @Test
    void whatComesGoesBackWholeAndInOrder() throws Exception {
        serve(Flow.create());
        byte[] bytes = random(SOME);
        try (Socket socket = connect()) {
            CompletableFuture<Void> writer = CompletableFuture.runAsync(() -> {
                try {
                    for (int i = 0; i < bytes.length; i += 997) {
                        socket.getOutputStream().write(bytes, i, Math.min(997, bytes.length - i));
                    }
                } catch (IOException e) {
                    throw new IllegalStateException(e);
                }
            });
            assertThat(socket.getInputStream().readNBytes(bytes.length)).isEqualTo(bytes);
            writer.get(5, TimeUnit.SECONDS);
        }
    }

    @Test
    void aClientThatHasSaidAllStillGetsItsWholeAnswer() throws Exception {
        byte[] answer = random(SOME);
        serve(Flow.<ByteString>create()
                .mapConcat(one -> List.of(ByteString.fromArray(answer), ByteString.fromString("end"))));
        try (Socket socket = connect()) {
            socket.getOutputStream().write(1);
            socket.shutdownOutput();
            byte[] all = socket.getInputStream().readAllBytes();
            assertThat(all).hasSize(SOME + 3).startsWith(answer);
        }
    }

    @Test
    void theClientsLastBytesComeBeforeItsEnd() throws Exception {
        BlockingQueue<Ends> connections = serveByHand();
        try (Socket socket = connect()) {
            Ends ends = connections.poll(5, TimeUnit.SECONDS);
            socket.getOutputStream().write("last".getBytes(StandardCharsets.US_ASCII));
            socket.shutdownOutput();
            assertThat(ends.received().requestNext().utf8String()).isEqualTo("last");
            ends.received().request(1);
            ends.received().expectComplete();
            ends.send().sendNext(ByteString.fromString("bye"));
            assertThat(socket.getInputStream().readNBytes(3)).isEqualTo("bye".getBytes(StandardCharsets.US_ASCII));
            ends.send().sendComplete();
            assertThat(socket.getInputStream().read()).isEqualTo(-1);
        }
    }

    @Test
    void whatIsSentAtOnceIsNotLostWhileTheEventLoopIsBusy() throws Exception {
        serve(Flow.create());
        AtomicBoolean busy = new AtomicBoolean(true);
        EventLoop loop = EventLoops.of(kit.system()).next(1);
        // More than an event loop runs before it looks at its sockets again.
        for (int i = 0; i < 300; i++) {
            keepBusy(loop, busy);
        }
        List<Socket> sockets = new ArrayList<>();
        try {
            for (int i = 0; i < 90; i++) {
                Socket socket = connect();
                sockets.add(socket);
                socket.getOutputStream().write(i);
            }
            for (int i = 0; i < sockets.size(); i++) {
                assertThat(sockets.get(i).getInputStream().read()).isEqualTo(i);
            }
        } finally {
            busy.set(false);
            for (Socket socket : sockets) {
                socket.close();
            }
        }
    }

    private static void keepBusy(EventLoop loop, AtomicBoolean busy) {
        if (busy.get()) {
            LockSupport.parkNanos(100_000);
            loop.execute(() -> keepBusy(loop, busy));
        }
    }

    @Test
    void aResetIsAFailure() throws Exception {
        BlockingQueue<Ends> connections = serveByHand();
        Socket socket = connect();
        Ends ends = connections.poll(5, TimeUnit.SECONDS);
        ends.received().request(1);
        socket.setSoLinger(true, 0);
        socket.close();
        assertThat(ends.received().expectError()).isInstanceOf(SocketStage.BrokenException.class);
        ends.send().expectCancellation();
    }

    @Test
    void aFailureIsAReset() throws Exception {
        BlockingQueue<Ends> connections = serveByHand();
        try (Socket socket = connect()) {
            Ends ends = connections.poll(5, TimeUnit.SECONDS);
            ends.send().sendError(new IllegalStateException("broken"));
            assertThatThrownBy(() -> socket.getInputStream().read()).isInstanceOf(SocketException.class);
            ends.received().expectSubscriptionAndError();
        }
    }

    @Test
    void whoIsNotReadIsHeldUp() throws Exception {
        BlockingQueue<Ends> connections = serveByHand();
        try (Socket socket = connect()) {
            Ends ends = connections.poll(5, TimeUnit.SECONDS);
            AtomicLong written = new AtomicLong();
            Thread writer = new Thread(() -> flood(socket, written));
            writer.start();
            long stuck = settled(written);
            // The two kernel buffers of the connection and what is read ahead.
            assertThat(stuck).isLessThan(16 << 20);
            ends.received().request(1);
            long first = ends.received().expectNext().length();
            assertThat(first).isPositive().isLessThanOrEqualTo(64 << 10);
            ends.received().request(Long.MAX_VALUE);
            await().atMost(Duration.ofSeconds(5)).until(() -> written.get() > stuck + (4 << 20));
            ends.send().sendError(new IllegalStateException("enough"));
            writer.join(5000);
            assertThat(writer.isAlive()).isFalse();
        }
    }

    private static void flood(Socket socket, AtomicLong written) {
        byte[] piece = new byte[8192];
        try {
            OutputStream to = socket.getOutputStream();
            while (true) {
                to.write(piece);
                written.addAndGet(piece.length);
            }
        } catch (IOException e) {
            return;
        }
    }

    private static long settled(AtomicLong count) {
        AtomicLong before = new AtomicLong(-1);
        await().pollInterval(Duration.ofMillis(300))
                .atMost(Duration.ofSeconds(10))
                .until(() -> count.get() == before.getAndSet(count.get()));
        return count.get();
    }

    @Test
    void whoDoesNotReadHoldsUpTheStream() throws Exception {
        AtomicLong given = new AtomicLong();
        ByteString piece = ByteString.fromArray(new byte[8192]);
        serve(Flow.fromSinkAndSource(Sink.ignore(), Source.repeat(piece).map(each -> {
            given.addAndGet(each.length());
            return each;
        })));
        try (Socket socket = connect()) {
            long stuck = settled(given);
            assertThat(stuck).isPositive().isLessThan(16 << 20);
            socket.getInputStream().skipNBytes(stuck);
            await().atMost(Duration.ofSeconds(5)).until(() -> given.get() > stuck);
        }
    }

    @Test
    void connectionsAboveTheMostWaitUntilOneCloses() throws Exception {
        listen(2, accepted -> accepted.bytes()
                .join(Flow.fromSinkAndSource(
                        Sink.ignore(), Source.single(ByteString.fromString("!")).concat(Source.maybe())))
                .run(kit.system()));
        try (Socket first = connect();
                Socket second = connect();
                Socket third = connect()) {
            assertThat(first.getInputStream().read()).isEqualTo('!');
            assertThat(second.getInputStream().read()).isEqualTo('!');
            third.setSoTimeout(300);
            assertThatThrownBy(() -> third.getInputStream().read()).isInstanceOf(SocketTimeoutException.class);
            first.setSoLinger(true, 0);
            first.close();
            third.setSoTimeout(5000);
            assertThat(third.getInputStream().read()).isEqualTo('!');
        }
    }

    @Test
    void whoIsConnectedStaysWhenNobodyElseMayCome() throws Exception {
        serve(Flow.create());
        try (Socket socket = connect()) {
            socket.getOutputStream().write('a');
            assertThat(socket.getInputStream().read()).isEqualTo('a');
            binding.unbind().toCompletableFuture().get(5, TimeUnit.SECONDS);
            // The event loop lets go of the address when it looks at its sockets next.
            await().atMost(Duration.ofSeconds(5)).until(this::refuses);
            socket.getOutputStream().write('b');
            assertThat(socket.getInputStream().read()).isEqualTo('b');
        }
    }

    @Test
    void oneOnWhichNothingGoesEitherWayIsBroken() throws Exception {
        Duration idle = Duration.ofMillis(600);
        listen(
                new Listener.Limits(100, 100, idle),
                accepted -> accepted.bytes().join(Flow.<ByteString>create()).run(kit.system()));
        try (Socket silent = connect();
                Socket talks = connect()) {
            long before = System.nanoTime();
            for (int i = 0; i < 12; i++) {
                talks.getOutputStream().write('a');
                assertThat(talks.getInputStream().read()).isEqualTo('a');
                await().pollDelay(idle.dividedBy(6)).until(() -> true);
            }
            assertThat(System.nanoTime() - before).isGreaterThan(idle.toNanos());
            assertThatThrownBy(() -> silent.getInputStream().read()).isInstanceOf(SocketException.class);
            assertThatThrownBy(() -> talks.getInputStream().read()).isInstanceOf(SocketException.class);
        }
    }

    @Test
    void anAddressInUseIsRefused() throws Exception {
        serve(Flow.create());
        assertThatThrownBy(() -> Listener.bind(
                                kit.system(),
                                "127.0.0.1",
                                binding.localAddress().getPort(),
                                new Listener.Limits(1, 1, Duration.ofMinutes(1)),
                                accepted -> {})
                        .toCompletableFuture()
                        .get(5, TimeUnit.SECONDS))
                .rootCause()
                .isInstanceOf(IOException.class)
                .hasMessageContaining("Address already in use");
    }
}
