package dev.switchboard.node.telemetry;

import com.sun.net.httpserver.HttpServer;
import io.opentelemetry.proto.collector.metrics.v1.ExportMetricsServiceRequest;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.opentelemetry.proto.common.v1.AnyValue;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.metrics.v1.Metric;
import io.opentelemetry.proto.trace.v1.Span;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.zip.GZIPInputStream;

/** Takes what an OTLP exporter sends over HTTP with protobuf. */
public final class OtlpReceiver implements AutoCloseable {
    private final HttpServer server;
    private final List<byte[]> traces = new CopyOnWriteArrayList<>();
    private final List<byte[]> metrics = new CopyOnWriteArrayList<>();

    /** Listens at once. */
    public OtlpReceiver() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        take("/v1/traces", traces);
        take("/v1/metrics", metrics);
        server.start();
    }

    private void take(String path, List<byte[]> kept) {
        server.createContext(path, exchange -> {
            byte[] body = exchange.getRequestBody().readAllBytes();
            kept.add("gzip".equals(exchange.getRequestHeaders().getFirst("Content-Encoding")) ? unzipped(body) : body);
            exchange.getResponseHeaders().set("Content-Type", "application/x-protobuf");
            exchange.sendResponseHeaders(200, -1);
            exchange.close();
        });
    }

    private static byte[] unzipped(byte[] body) throws IOException {
        try (InputStream in = new GZIPInputStream(new ByteArrayInputStream(body))) {
            return in.readAllBytes();
        }
    }

    /** The endpoint to configure. */
    public String url() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    /** Everything that came, as text to search in. */
    public String everything() {
        StringBuilder text = new StringBuilder();
        traces.forEach(body -> text.append(new String(body, StandardCharsets.ISO_8859_1)));
        metrics.forEach(body -> text.append(new String(body, StandardCharsets.ISO_8859_1)));
        return text.toString();
    }

    List<Span> spans() {
        return traces.stream()
                .flatMap(body -> parsedTraces(body).getResourceSpansList().stream())
                .flatMap(resource -> resource.getScopeSpansList().stream())
                .flatMap(scope -> scope.getSpansList().stream())
                .toList();
    }

    List<Metric> metrics() {
        return metrics.stream()
                .flatMap(body -> parsedMetrics(body).getResourceMetricsList().stream())
                .flatMap(resource -> resource.getScopeMetricsList().stream())
                .flatMap(scope -> scope.getMetricsList().stream())
                .toList();
    }

    /** The attributes of the process that sent the spans. */
    Map<String, Object> resource() {
        return attributes(
                parsedTraces(traces.get(0)).getResourceSpans(0).getResource().getAttributesList());
    }

    private static ExportTraceServiceRequest parsedTraces(byte[] body) {
        try {
            return ExportTraceServiceRequest.parseFrom(body);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static ExportMetricsServiceRequest parsedMetrics(byte[] body) {
        try {
            return ExportMetricsServiceRequest.parseFrom(body);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    static Map<String, Object> attributes(List<KeyValue> list) {
        Map<String, Object> attributes = new TreeMap<>();
        for (KeyValue each : list) {
            AnyValue value = each.getValue();
            attributes.put(
                    each.getKey(),
                    value.hasIntValue()
                            ? value.getIntValue()
                            : value.hasDoubleValue()
                                    ? value.getDoubleValue()
                                    : value.hasBoolValue() ? value.getBoolValue() : value.getStringValue());
        }
        return attributes;
    }

    static String hex(com.google.protobuf.ByteString id) {
        return HexFormat.of().formatHex(id.toByteArray());
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
