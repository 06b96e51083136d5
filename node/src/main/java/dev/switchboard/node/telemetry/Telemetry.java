package dev.switchboard.node.telemetry;

import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.api.metrics.DoubleHistogram;
import io.opentelemetry.api.metrics.LongHistogram;
import io.opentelemetry.api.metrics.Meter;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.api.trace.propagation.W3CTraceContextPropagator;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.propagation.TextMapGetter;
import io.opentelemetry.sdk.OpenTelemetrySdk;
import io.opentelemetry.sdk.autoconfigure.AutoConfiguredOpenTelemetrySdk;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Where traces and metrics come from. Without an endpoint nothing is recorded; a caller's {@code traceparent} still goes
 * on to the provider as it came.
 */
public final class Telemetry {
    private static final String NAME = "dev.switchboard";
    /** A collector that is away holds a stopping node up for no longer. */
    private static final Duration LAST_WORDS = Duration.ofSeconds(3);

    private static final String TRACEPARENT = "traceparent";
    private static final List<Double> SECONDS =
            List.of(0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.28, 2.56, 5.12, 10.24, 20.48, 40.96, 81.92);
    private static final List<Long> TOKENS = List.of(
            1L, 4L, 16L, 64L, 256L, 1024L, 4096L, 16384L, 65536L, 262144L, 1048576L, 4194304L, 16777216L, 67108864L);

    private static final TextMapGetter<HeaderLookup> HEADERS = new TextMapGetter<>() {
        @Override
        public Iterable<String> keys(HeaderLookup carrier) {
            return List.of(TRACEPARENT, "tracestate");
        }

        @Override
        public @Nullable String get(@Nullable HeaderLookup carrier, String key) {
            return carrier == null ? null : carrier.value(key);
        }
    };

    /** Traces nothing and sends nothing; made after the constants above, which it needs. */
    public static final Telemetry OFF = new Telemetry(OpenTelemetry.noop(), null);

    private final @Nullable OpenTelemetrySdk sdk;
    private final Tracer tracer;
    private final Instruments instruments;

    /** The headers of a request. */
    @FunctionalInterface
    public interface HeaderLookup {
        /** The value of a header by its name in lower case; null where there is none. */
        @Nullable
        String value(String name);
    }

    /** What is counted, by the semantic conventions for generative AI and for HTTP. */
    record Instruments(
            DoubleHistogram requests, DoubleHistogram operations, DoubleHistogram firstChunks, LongHistogram tokens) {
        static Instruments of(Meter meter) {
            return new Instruments(
                    seconds(meter, "http.server.request.duration", "Duration of requests of the API."),
                    seconds(meter, "gen_ai.client.operation.duration", "Duration of attempts on providers."),
                    seconds(
                            meter,
                            "gen_ai.client.operation.time_to_first_chunk",
                            "Time to the first content of a stream."),
                    meter.histogramBuilder("gen_ai.client.token.usage")
                            .ofLongs()
                            .setUnit("{token}")
                            .setDescription("Tokens of answered attempts.")
                            .setExplicitBucketBoundariesAdvice(TOKENS)
                            .build());
        }

        private static DoubleHistogram seconds(Meter meter, String name, String description) {
            return meter.histogramBuilder(name)
                    .setUnit("s")
                    .setDescription(description)
                    .setExplicitBucketBoundariesAdvice(SECONDS)
                    .build();
        }
    }

    private Telemetry(OpenTelemetry api, @Nullable OpenTelemetrySdk sdk) {
        this.sdk = sdk;
        this.tracer = api.getTracer(NAME);
        this.instruments = Instruments.of(api.getMeter(NAME));
    }

    /**
     * Sends to {@code endpoint} by OTLP over HTTP with protobuf. Everything else follows the standard {@code OTEL_*}
     * variables: headers, sampler, intervals.
     *
     * @param node this node's address, to tell the nodes of a cluster apart
     */
    public static Telemetry to(String endpoint, String version, String node) {
        Map<String, String> defaults = new HashMap<>();
        defaults.put("otel.service.name", "switchboard");
        defaults.put("otel.resource.attributes", "service.version=" + version + ",switchboard.node=" + node);
        Map<String, String> fixed = Map.of(
                "otel.exporter.otlp.endpoint", endpoint,
                "otel.exporter.otlp.protocol", "http/protobuf",
                "otel.traces.exporter", "otlp",
                "otel.metrics.exporter", "otlp",
                "otel.logs.exporter", "none");
        OpenTelemetrySdk sdk = AutoConfiguredOpenTelemetrySdk.builder()
                .disableShutdownHook()
                .addPropertiesSupplier(() -> defaults)
                .addPropertiesCustomizer(config -> fixed)
                .build()
                .getOpenTelemetrySdk();
        return new Telemetry(sdk, sdk);
    }

    /** Begins the trace of a request of the API. */
    public RequestTrace begin(String method, String requestId, HeaderLookup headers) {
        if (sdk == null && headers.value(TRACEPARENT) == null) {
            return RequestTrace.NONE;
        }
        Context caller = W3CTraceContextPropagator.getInstance().extract(Context.root(), headers, HEADERS);
        Span span = tracer.spanBuilder(method)
                .setParent(caller)
                .setSpanKind(SpanKind.SERVER)
                .setAttribute("http.request.method", method)
                .setAttribute("url.scheme", "http")
                .setAttribute("switchboard.request.id", requestId)
                .startSpan();
        return new RecordedRequest(tracer, instruments, caller.with(span), method);
    }

    /** Sends what is waiting and ends; the stage never fails. */
    public CompletionStage<Void> close() {
        CompletableFuture<Void> done = new CompletableFuture<>();
        if (sdk == null) {
            done.complete(null);
        } else {
            sdk.shutdown().whenComplete(() -> done.complete(null));
            done.completeOnTimeout(null, LAST_WORDS.toMillis(), TimeUnit.MILLISECONDS);
        }
        return done;
    }
}
