package dev.switchboard.node.telemetry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;

import dev.switchboard.node.TestNode;
import io.opentelemetry.proto.metrics.v1.HistogramDataPoint;
import io.opentelemetry.proto.metrics.v1.Metric;
import io.opentelemetry.proto.trace.v1.Span;
import io.opentelemetry.proto.trace.v1.Status;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Traces and metrics as a collector gets them, and the trace context that travels from the caller to the provider. */
class TelemetryTest {
    private static final String TRACE = "0af7651916cd43dd8448eb211c80319c";
    private static final String CALLER = "b7ad6b7169203331";
    private static final String PROMPT = "the secret question about Uqbar";
    private static final String SECRET = "sk-never-in-a-trace";

    private final HttpClient client = HttpClient.newHttpClient();
    private OtlpReceiver receiver;
    private RecordingProvider failing;
    private RecordingProvider good;

    @BeforeEach
    void start() throws Exception {
        receiver = new OtlpReceiver();
        failing = new RecordingProvider(500);
        good = new RecordingProvider(200);
    }

    @AfterEach
    void stop() {
        receiver.close();
        failing.close();
        good.close();
    }

    private TestNode node(String telemetry) throws Exception {
        return TestNode.start(
                """
                switchboard {
                  %s
                  catalog = none
                  bootstrap {
                    platforms = [
                      { id = alpha, name = Alpha, adapter = openai, base-url = "%s" }
                      { id = mistral, name = Mistral, adapter = openai, base-url = "%s" }
                    ]
                    models = [ { platform = alpha, id = a }, { platform = mistral, id = m } ]
                    keys = [ { platform = alpha, key = "%s-a" }, { platform = mistral, key = "%s-m" } ]
                  }
                }
                """
                        .formatted(telemetry, failing.url(), good.url(), SECRET, SECRET));
    }

    private HttpResponse<String> ask(TestNode node, String path, String body, String... headers) throws Exception {
        HttpRequest request = node.request("POST", path, body.replace('\'', '"'), node.apiKey());
        HttpRequest.Builder builder = HttpRequest.newBuilder(request, (name, value) -> true);
        for (int i = 0; i < headers.length; i += 2) {
            builder.header(headers[i], headers[i + 1]);
        }
        return client.send(builder.build(), HttpResponse.BodyHandlers.ofString());
    }

    private static String chat(String more) {
        return "{'models':['alpha/a','mistral/m'],'max_tokens':50,'temperature':0.5" + more
                + ",'messages':[{'role':'user','content':'" + PROMPT + "'}]}";
    }

    @Test
    void aRequestIsASpanAndEachAttemptAChildThatTheProviderIsToldOf() throws Exception {
        TestNode node = node("telemetry.endpoint = \"" + receiver.url() + "\"");
        String session;
        try {
            HttpResponse<String> answer = ask(
                    node,
                    "/v1/chat/completions",
                    chat(",'stream':true"),
                    "traceparent",
                    "00-" + TRACE + "-" + CALLER + "-01",
                    "tracestate",
                    "vendor=1",
                    "X-Request-Id",
                    "request-1");
            assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
            session = answer.headers().firstValue("X-Session-Key").orElseThrow();
            assertThat(ask(node, "/v1/chat/completions", "{'messages':7}").statusCode())
                    .isEqualTo(400);
        } finally {
            // A node that stops sends what is waiting.
            node.stop();
        }

        List<Span> ofCaller = receiver.spans().stream()
                .filter(span -> OtlpReceiver.hex(span.getTraceId()).equals(TRACE))
                .toList();
        Span request = only(ofCaller, "POST /v1/chat/completions");
        assertThat(request.getKind()).isEqualTo(Span.SpanKind.SPAN_KIND_SERVER);
        assertThat(OtlpReceiver.hex(request.getParentSpanId())).isEqualTo(CALLER);
        assertThat(OtlpReceiver.attributes(request.getAttributesList()))
                .contains(
                        entry("http.request.method", "POST"),
                        entry("http.route", "/v1/chat/completions"),
                        entry("http.response.status_code", 200L),
                        entry("switchboard.request.id", "request-1"));

        Span failed = only(ofCaller, "chat a");
        Span answered = only(ofCaller, "chat m");
        for (Span attempt : List.of(failed, answered)) {
            assertThat(attempt.getKind()).isEqualTo(Span.SpanKind.SPAN_KIND_CLIENT);
            assertThat(attempt.getParentSpanId()).isEqualTo(request.getSpanId());
            assertThat(OtlpReceiver.attributes(attempt.getAttributesList()))
                    .contains(
                            entry("gen_ai.operation.name", "chat"),
                            entry("gen_ai.conversation.id", session),
                            entry("gen_ai.request.max_tokens", 50L),
                            entry("gen_ai.request.temperature", 0.5),
                            entry("server.address", "127.0.0.1"));
        }
        assertThat(failed.getStatus().getCode()).isEqualTo(Status.StatusCode.STATUS_CODE_ERROR);
        assertThat(OtlpReceiver.attributes(failed.getAttributesList()))
                .contains(
                        entry("error.type", "server_error"),
                        entry("gen_ai.provider.name", "alpha"),
                        entry("switchboard.attempt", 1L));
        assertThat(OtlpReceiver.attributes(answered.getAttributesList()))
                .contains(
                        entry("gen_ai.provider.name", "mistral_ai"),
                        entry("gen_ai.request.model", "m"),
                        entry("gen_ai.usage.input_tokens", 7L),
                        entry("gen_ai.usage.output_tokens", 3L),
                        entry("switchboard.attempt", 2L))
                .containsKey("gen_ai.response.time_to_first_chunk");

        assertThat(failing.traceparents()).containsExactly(parentOf(failed));
        assertThat(good.traceparents()).containsExactly(parentOf(answered));
        assertThat(good.tracestates()).containsExactly("vendor=1");

        Span refused = receiver.spans().stream()
                .filter(span -> !OtlpReceiver.hex(span.getTraceId()).equals(TRACE))
                .findFirst()
                .orElseThrow();
        assertThat(OtlpReceiver.attributes(refused.getAttributesList()))
                .contains(entry("http.response.status_code", 400L));
        assertThat(receiver.resource())
                .contains(entry("service.name", "switchboard"))
                .containsKey("service.version");
        metricsAreThere();
        assertThat(receiver.everything())
                .contains("gen_ai.request.model")
                .doesNotContain("Uqbar", "sunny", SECRET, node.apiKey());
    }

    private void metricsAreThere() {
        HistogramDataPoint input = point("gen_ai.client.token.usage", Map.of("gen_ai.token.type", "input"));
        assertThat(input.getSum()).isEqualTo(7);
        assertThat(point("gen_ai.client.token.usage", Map.of("gen_ai.token.type", "output"))
                        .getSum())
                .isEqualTo(3);
        assertThat(point("gen_ai.client.operation.duration", Map.of("error.type", "server_error"))
                        .getCount())
                .isEqualTo(1);
        assertThat(point("gen_ai.client.operation.time_to_first_chunk", Map.of("gen_ai.request.model", "m"))
                        .getCount())
                .isEqualTo(1);
        assertThat(point(
                                "http.server.request.duration",
                                Map.of("http.route", "/v1/chat/completions", "http.response.status_code", 200L))
                        .getCount())
                .isEqualTo(1);
    }

    private HistogramDataPoint point(String name, Map<String, Object> attributes) {
        return receiver.metrics().stream()
                .filter(metric -> metric.getName().equals(name))
                .map(Metric::getHistogram)
                .flatMap(histogram -> histogram.getDataPointsList().stream())
                .filter(point -> OtlpReceiver.attributes(point.getAttributesList())
                        .entrySet()
                        .containsAll(attributes.entrySet()))
                .findFirst()
                .orElseThrow(() -> new AssertionError(name + " " + attributes + " in " + receiver.metrics()));
    }

    private static Span only(List<Span> spans, String name) {
        List<Span> named =
                spans.stream().filter(span -> span.getName().equals(name)).toList();
        assertThat(named).as(name + " in " + spans).hasSize(1);
        return named.get(0);
    }

    private static String parentOf(Span attempt) {
        return "00-" + TRACE + "-" + OtlpReceiver.hex(attempt.getSpanId()) + "-01";
    }

    @Test
    void withoutACollectorNothingIsSentAndTheCallersContextGoesOnAsItCame() throws Exception {
        TestNode node = node("");
        try {
            String parent = "00-" + TRACE + "-" + CALLER + "-00";
            assertThat(ask(node, "/v1/chat/completions", chat(""), "traceparent", parent, "tracestate", "a=b,c=d")
                            .statusCode())
                    .isEqualTo(200);
            assertThat(ask(node, "/v1/chat/completions", chat("")).statusCode()).isEqualTo(200);
            assertThat(ask(node, "/v1/chat/completions", chat(""), "traceparent", "00-forged")
                            .statusCode())
                    .isEqualTo(200);

            assertThat(good.traceparents())
                    .containsExactly(parent, RecordingProvider.NOTHING, RecordingProvider.NOTHING);
            assertThat(good.tracestates())
                    .containsExactly("a=b,c=d", RecordingProvider.NOTHING, RecordingProvider.NOTHING);
        } finally {
            node.stop();
        }
        assertThat(receiver.everything()).isEmpty();
    }

    @Test
    void aCollectorThatIsAwayChangesNothingForCallers() throws Exception {
        TestNode node = node("telemetry.endpoint = \"http://127.0.0.1:1\"");
        try {
            assertThat(ask(node, "/v1/chat/completions", chat("")).statusCode()).isEqualTo(200);
        } finally {
            node.stop();
        }
    }
}
