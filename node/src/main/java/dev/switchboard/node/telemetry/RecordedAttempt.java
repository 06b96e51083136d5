package dev.switchboard.node.telemetry;

import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.common.AttributesBuilder;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanBuilder;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.api.trace.propagation.W3CTraceContextPropagator;
import io.opentelemetry.context.Context;
import java.net.URI;
import java.util.HashMap;
import java.util.Map;

/** A span of kind CLIENT by the semantic conventions for generative AI, and the metrics of the same attempt. */
final class RecordedAttempt implements AttemptTrace {
    private static final AttributeKey<String> OPERATION = AttributeKey.stringKey("gen_ai.operation.name");
    private static final AttributeKey<String> PROVIDER = AttributeKey.stringKey("gen_ai.provider.name");
    private static final AttributeKey<String> MODEL = AttributeKey.stringKey("gen_ai.request.model");
    private static final AttributeKey<String> ADDRESS = AttributeKey.stringKey("server.address");
    private static final AttributeKey<Long> PORT = AttributeKey.longKey("server.port");
    private static final AttributeKey<String> ERROR = AttributeKey.stringKey("error.type");
    private static final String TOKEN_TYPE = "gen_ai.token.type";

    /** Where the conventions have a word of their own for a provider; every other one goes by its platform's id. */
    private static final Map<String, String> WELL_KNOWN =
            Map.of("google", "gcp.gemini", "mistral", "mistral_ai", "xai", "x_ai", "moonshot", "moonshot_ai");

    private final Telemetry.Instruments instruments;
    private final Context context;
    private final Attributes attributes;
    private final long startedNanos = System.nanoTime();

    private RecordedAttempt(Telemetry.Instruments instruments, Context context, Attributes attributes) {
        this.instruments = instruments;
        this.context = context;
        this.attributes = attributes;
    }

    static RecordedAttempt begin(
            Tracer tracer, Telemetry.Instruments instruments, Context request, RequestTrace.Call call) {
        String operation = call.embedding() ? "embeddings" : "chat";
        AttributesBuilder common = Attributes.builder()
                .put(OPERATION, operation)
                .put(PROVIDER, WELL_KNOWN.getOrDefault(call.platform(), call.platform()))
                .put(MODEL, call.model());
        server(common, call.baseUrl());
        Attributes attributes = common.build();
        SpanBuilder builder = tracer.spanBuilder(operation + " " + call.model())
                .setParent(request)
                .setSpanKind(SpanKind.CLIENT)
                .setAllAttributes(attributes)
                .setAttribute("gen_ai.conversation.id", call.session())
                .setAttribute("gen_ai.request.stream", call.stream())
                .setAttribute("switchboard.platform", call.platform())
                .setAttribute("switchboard.attempt", (long) call.number());
        call.settings().forEach((name, value) -> {
            if (name.endsWith("_tokens")) {
                builder.setAttribute(name, value.longValue());
            } else {
                builder.setAttribute(name, value);
            }
        });
        return new RecordedAttempt(instruments, request.with(builder.startSpan()), attributes);
    }

    private static void server(AttributesBuilder attributes, String baseUrl) {
        URI url = URI.create(baseUrl.replace("{account}", "account"));
        if (url.getHost() != null) {
            int port = url.getPort() > 0 ? url.getPort() : "https".equals(url.getScheme()) ? 443 : 80;
            attributes.put(ADDRESS, url.getHost()).put(PORT, (long) port);
        }
    }

    @Override
    public Map<String, String> headers() {
        Map<String, String> headers = new HashMap<>();
        W3CTraceContextPropagator.getInstance().inject(context, headers, (carrier, name, value) -> {
            if (carrier != null) {
                carrier.put(name, value);
            }
        });
        return headers;
    }

    @Override
    public void succeeded(long inputTokens, long outputTokens, long firstChunkMs) {
        Span span = Span.fromContext(context)
                .setAttribute("gen_ai.usage.input_tokens", inputTokens)
                .setAttribute("gen_ai.usage.output_tokens", outputTokens);
        if (firstChunkMs > 0) {
            double seconds = firstChunkMs / 1e3;
            span.setAttribute("gen_ai.response.time_to_first_chunk", seconds);
            instruments.firstChunks().record(seconds, attributes, context);
        }
        instruments.tokens().record(inputTokens, ofType("input"), context);
        instruments.tokens().record(outputTokens, ofType("output"), context);
        ended(span, attributes);
    }

    private Attributes ofType(String type) {
        return attributes.toBuilder().put(TOKEN_TYPE, type).build();
    }

    @Override
    public void failed(String kind) {
        // No description: what a provider says may quote the prompt.
        Span span = Span.fromContext(context).setStatus(StatusCode.ERROR).setAttribute(ERROR, kind);
        ended(span, attributes.toBuilder().put(ERROR, kind).build());
    }

    private void ended(Span span, Attributes measured) {
        instruments.operations().record((System.nanoTime() - startedNanos) / 1e9, measured, context);
        span.end();
    }
}
