package dev.switchboard.node.http;

import akka.NotUsed;
import akka.http.javadsl.model.HttpEntity;
import akka.http.javadsl.model.HttpHeader;
import akka.http.javadsl.model.HttpProtocols;
import akka.http.javadsl.model.HttpRequest;
import akka.http.javadsl.model.HttpResponse;
import akka.http.javadsl.model.headers.Connection;
import akka.stream.Attributes;
import akka.stream.FlowShape;
import akka.stream.Inlet;
import akka.stream.Outlet;
import akka.stream.SubscriptionWithCancelException;
import akka.stream.javadsl.Flow;
import akka.stream.stage.AbstractInHandler;
import akka.stream.stage.AbstractOutHandler;
import akka.stream.stage.AsyncCallback;
import akka.stream.stage.GraphStage;
import akka.stream.stage.GraphStageLogic;
import dev.switchboard.node.settings.Settings;
import dev.switchboard.node.socket.DeadlineLogic;
import java.net.InetAddress;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.CompletionStage;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What serves one client's connection, one request after the other, as a single stage: every further one would cost each
 * request some microseconds. It tells the request when its client has gone, closes a connection that sends no whole
 * headers in time, at its begin or after a request, and one that takes nothing of an answer in parts. A request whose
 * answer is under way is never cut for time. Where the node stops, each answer says that it is the connection's last, so
 * that the client goes elsewhere with the next request.
 */
final class ClientConnection extends GraphStage<FlowShape<HttpRequest, HttpResponse>> {
    private static final Logger LOG = LoggerFactory.getLogger(ClientConnection.class);

    private static final Connection CLOSE = Connection.create("close");

    private final Inlet<HttpRequest> in = Inlet.create("ClientConnection.in");
    private final Outlet<HttpResponse> out = Outlet.create("ClientConnection.out");
    private final FlowShape<HttpRequest, HttpResponse> shape = FlowShape.of(in, out);

    private final InetAddress address;
    private final Settings.Clients limits;
    private final Function<HttpRequest, CompletionStage<HttpResponse>> handler;
    private final BooleanSupplier stopping;

    ClientConnection(
            InetAddress address,
            Settings.Clients limits,
            Function<HttpRequest, CompletionStage<HttpResponse>> handler,
            BooleanSupplier stopping) {
        this.address = address;
        this.limits = limits;
        this.handler = handler;
        this.stopping = stopping;
    }

    @Override
    public FlowShape<HttpRequest, HttpResponse> shape() {
        return shape;
    }

    @Override
    public GraphStageLogic createLogic(Attributes attributes) {
        return new Logic();
    }

    /** A client takes nothing of its answer; one line in the log. */
    static final class TooSlowException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        private TooSlowException(Duration time) {
            super("The client has taken nothing of the answer for " + time, null, false, false);
        }
    }

    private record Handled(@Nullable HttpResponse response, @Nullable Throwable failure) {}

    private final class Logic extends DeadlineLogic {
        private final ClientLink link = new ClientLink(address);
        private final AsyncCallback<Handled> handled = createAsyncCallback(this::onHandled);
        private final AsyncCallback<NotUsed> answered = createAsyncCallback(nothing -> onAnswered());
        private @Nullable HttpResponse ready;
        private boolean handling;
        private int serving;

        private Logic() {
            super(shape);
            setHandler(in, new AbstractInHandler() {
                @Override
                public void onPush() {
                    serve(grab(in));
                }

                @Override
                public void onUpstreamFinish() {
                    // The end of the requests tells that the client has gone even while its answer is silent; a write
                    // would notice only at the second keep-alive.
                    link.end(false);
                    if (!handling && ready == null) {
                        completeStage();
                    }
                }

                @Override
                public void onUpstreamFailure(Throwable failure) {
                    link.end(true);
                    failStage(failure);
                }
            });
            setHandler(out, new AbstractOutHandler() {
                @Override
                public void onPull() {
                    if (ready != null) {
                        HttpResponse response = ready;
                        ready = null;
                        answer(response);
                    } else if (!handling && !hasBeenPulled(in)) {
                        pull(in);
                    }
                }

                @Override
                public void onDownstreamFinish(Throwable cause) {
                    link.end(!(cause instanceof SubscriptionWithCancelException.NonFailureCancellation));
                    cancelStage(cause);
                }
            });
        }

        @Override
        public void preStart() {
            dueIn(limits.headerTimeout());
        }

        @Override
        public void postStop() {
            link.end(true);
        }

        private void serve(HttpRequest request) {
            serving++;
            lift();
            handling = true;
            link.begin(!endsConnection(request));
            handler.apply(request.addAttribute(Exchange.CLIENT_LINK, link))
                    .whenCompleteAsync(
                            (response, failure) -> handled.invoke(new Handled(response, failure)), Runnable::run);
        }

        private void onHandled(Handled done) {
            handling = false;
            HttpResponse response = done.response();
            if (response == null) {
                failStage(done.failure() == null ? new IllegalStateException("no response") : done.failure());
            } else if (isAvailable(out)) {
                answer(response);
            } else {
                ready = response;
            }
        }

        private void answer(HttpResponse response) {
            push(out, limited(stopping.getAsBoolean() ? response.addHeader(CLOSE) : response));
            if (isClosed(in)) {
                complete(out);
            } else if (!hasBeenPulled(in)) {
                pull(in);
            }
        }

        private HttpResponse limited(HttpResponse response) {
            if (response.entity() instanceof HttpEntity.Strict) {
                onAnswered();
                return response;
            }
            String requestId =
                    response.getHeader("X-Request-Id").map(HttpHeader::value).orElse("");
            if (response.entity() instanceof HttpEntity.Chunked chunked) {
                return response.withEntity(Chunks.of(chunked, bounded(requestId)));
            }
            return response.transformEntityDataBytes(Flow.fromGraph(bounded(requestId)));
        }

        private <T> WriteTimeout<T> bounded(String requestId) {
            return new WriteTimeout<>(
                    limits.writeTimeout(), () -> tooSlow(requestId), () -> answered.invoke(NotUsed.getInstance()));
        }

        private TooSlowException tooSlow(String requestId) {
            LOG.atInfo()
                    .addKeyValue("requestId", requestId)
                    .log("a client took nothing of its answer for {} and is disconnected", limits.writeTimeout());
            return new TooSlowException(limits.writeTimeout());
        }

        private void onAnswered() {
            serving--;
            if (serving <= 0) {
                dueIn(limits.keepAliveTimeout());
            }
        }

        @Override
        protected void onDeadline() {
            completeStage();
        }
    }

    /** A request that says so ends the requests by itself, so for it only a failed connection means a client gone. */
    private static boolean endsConnection(HttpRequest request) {
        return request.protocol().equals(HttpProtocols.HTTP_1_0)
                || request.getHeader(Connection.class)
                        .map(header -> header.value().toLowerCase(Locale.ROOT).contains("close"))
                        .orElse(false);
    }
}
