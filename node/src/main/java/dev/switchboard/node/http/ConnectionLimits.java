package dev.switchboard.node.http;

import akka.NotUsed;
import akka.http.javadsl.model.HttpEntity;
import akka.http.javadsl.model.HttpHeader;
import akka.http.javadsl.model.HttpRequest;
import akka.http.javadsl.model.HttpResponse;
import akka.stream.Attributes;
import akka.stream.BackpressureTimeoutException;
import akka.stream.BidiShape;
import akka.stream.Inlet;
import akka.stream.Outlet;
import akka.stream.javadsl.Flow;
import akka.stream.stage.AbstractInHandler;
import akka.stream.stage.AbstractOutHandler;
import akka.stream.stage.AsyncCallback;
import akka.stream.stage.GraphStage;
import akka.stream.stage.GraphStageLogic;
import akka.stream.stage.TimerGraphStageLogic;
import akka.util.ByteString;
import dev.switchboard.node.settings.Settings;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Between a connection and its handler: closes a connection that sends no whole headers in time, at its begin or after a
 * request, and one that takes nothing of an answer in parts. A request whose answer is under way is never cut for time.
 */
final class ConnectionLimits extends GraphStage<BidiShape<HttpRequest, HttpRequest, HttpResponse, HttpResponse>> {
    private static final Logger LOG = LoggerFactory.getLogger(ConnectionLimits.class);

    private final Inlet<HttpRequest> requestIn = Inlet.create("ConnectionLimits.requestIn");
    private final Outlet<HttpRequest> requestOut = Outlet.create("ConnectionLimits.requestOut");
    private final Inlet<HttpResponse> responseIn = Inlet.create("ConnectionLimits.responseIn");
    private final Outlet<HttpResponse> responseOut = Outlet.create("ConnectionLimits.responseOut");
    private final BidiShape<HttpRequest, HttpRequest, HttpResponse, HttpResponse> shape =
            new BidiShape<>(requestIn, requestOut, responseIn, responseOut);

    private final Settings.Clients limits;

    ConnectionLimits(Settings.Clients limits) {
        this.limits = limits;
    }

    @Override
    public BidiShape<HttpRequest, HttpRequest, HttpResponse, HttpResponse> shape() {
        return shape;
    }

    @Override
    public GraphStageLogic createLogic(Attributes attributes) {
        return new Logic();
    }

    /** A client takes nothing of its answer; one line in the log. */
    static final class TooSlowException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        private TooSlowException(BackpressureTimeoutException cause) {
            super("The client takes nothing of the answer. " + cause.getMessage(), null, false, false);
        }
    }

    private final class Logic extends TimerGraphStageLogic {
        private static final String WAITING = "waiting for headers";

        private int serving;
        private final AsyncCallback<NotUsed> answered = createAsyncCallback(nothing -> endOfAnswer());

        private Logic() {
            super(shape);
            setHandler(requestIn, new AbstractInHandler() {
                @Override
                public void onPush() {
                    cancelTimer(WAITING);
                    serving++;
                    push(requestOut, grab(requestIn));
                }

                @Override
                public void onUpstreamFinish() {
                    complete(requestOut);
                }

                @Override
                public void onUpstreamFailure(Throwable failure) {
                    fail(requestOut, failure);
                }
            });
            setHandler(requestOut, new AbstractOutHandler() {
                @Override
                public void onPull() {
                    pull(requestIn);
                }

                @Override
                public void onDownstreamFinish(Throwable cause) {
                    cancel(requestIn, cause);
                }
            });
            setHandler(responseIn, new AbstractInHandler() {
                @Override
                public void onPush() {
                    push(responseOut, limited(grab(responseIn)));
                }

                @Override
                public void onUpstreamFinish() {
                    complete(responseOut);
                }

                @Override
                public void onUpstreamFailure(Throwable failure) {
                    fail(responseOut, failure);
                }
            });
            setHandler(responseOut, new AbstractOutHandler() {
                @Override
                public void onPull() {
                    pull(responseIn);
                }

                @Override
                public void onDownstreamFinish(Throwable cause) {
                    cancel(responseIn, cause);
                }
            });
        }

        @Override
        public void preStart() {
            scheduleOnce(WAITING, limits.headerTimeout());
        }

        @Override
        public void onTimer(Object key) {
            completeStage();
        }

        private HttpResponse limited(HttpResponse response) {
            if (response.entity() instanceof HttpEntity.Strict) {
                endOfAnswer();
                return response;
            }
            Duration patience = limits.writeTimeout();
            return response.transformEntityDataBytes(Flow.of(ByteString.class)
                    .backpressureTimeout(patience)
                    .mapError(BackpressureTimeoutException.class, cause -> tooSlow(cause, response))
                    .watchTermination((before, done) -> {
                        done.whenCompleteAsync((ok, failure) -> answered.invoke(NotUsed.getInstance()), Runnable::run);
                        return before;
                    }));
        }

        private TooSlowException tooSlow(BackpressureTimeoutException cause, HttpResponse response) {
            LOG.atInfo()
                    .addKeyValue(
                            "requestId",
                            response.getHeader("X-Request-Id")
                                    .map(HttpHeader::value)
                                    .orElse(""))
                    .log("a client took nothing of its answer for {} and is disconnected", limits.writeTimeout());
            return new TooSlowException(cause);
        }

        private void endOfAnswer() {
            serving--;
            if (serving <= 0) {
                scheduleOnce(WAITING, limits.keepAliveTimeout());
            }
        }
    }
}
