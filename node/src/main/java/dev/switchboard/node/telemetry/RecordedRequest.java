package dev.switchboard.node.telemetry;

import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.common.AttributesBuilder;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.Context;
import java.util.concurrent.atomic.AtomicBoolean;

/** A span of kind SERVER; where nothing is recorded, the caller's own span stands in its place. */
final class RecordedRequest implements RequestTrace {
    private static final AttributeKey<String> METHOD = AttributeKey.stringKey("http.request.method");
    private static final AttributeKey<String> ROUTE = AttributeKey.stringKey("http.route");
    private static final AttributeKey<Long> STATUS = AttributeKey.longKey("http.response.status_code");
    private static final AttributeKey<String> ERROR = AttributeKey.stringKey("error.type");
    private static final int SERVER_FAULT = 500;

    private final Tracer tracer;
    private final Telemetry.Instruments instruments;
    private final Context context;
    private final String method;
    private final long startedNanos = System.nanoTime();
    private final AtomicBoolean done = new AtomicBoolean();
    private volatile String route = "";

    RecordedRequest(Tracer tracer, Telemetry.Instruments instruments, Context context, String method) {
        this.tracer = tracer;
        this.instruments = instruments;
        this.context = context;
        this.method = method;
    }

    @Override
    public void route(String template) {
        route = template;
        span().updateName(method + " " + template).setAttribute(ROUTE, template);
    }

    @Override
    public AttemptTrace attempt(Call call) {
        return RecordedAttempt.begin(tracer, instruments, context, call);
    }

    @Override
    public void ended(int status) {
        if (!done.compareAndSet(false, true)) {
            return;
        }
        AttributesBuilder attributes = Attributes.builder()
                .put(METHOD, method)
                .put(STATUS, (long) status)
                .put("url.scheme", "http");
        if (!route.isEmpty()) {
            attributes.put(ROUTE, route);
        }
        span().setAttribute(STATUS, (long) status);
        if (status >= SERVER_FAULT) {
            String error = Integer.toString(status);
            attributes.put(ERROR, error);
            span().setStatus(StatusCode.ERROR).setAttribute(ERROR, error);
        }
        instruments.requests().record((System.nanoTime() - startedNanos) / 1e9, attributes.build(), context);
        span().end();
    }

    @Override
    public boolean recording() {
        return span().isRecording();
    }

    private Span span() {
        return Span.fromContext(context);
    }
}
