package dev.switchboard.node.telemetry;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/** A provider that keeps the {@code traceparent} of every chat, answers as told, and quotes the prompt when it fails. */
final class RecordingProvider implements AutoCloseable {
    /** Where a chat brought none. */
    static final String NOTHING = "-";

    private static final String STREAM = "data: {\"id\":\"c\",\"object\":\"chat.completion.chunk\",\"created\":1,"
            + "\"model\":\"m\",\"choices\":[{\"index\":0,\"delta\":{\"content\":\"sunny\"},\"finish_reason\":null}]}\n\n"
            + "data: {\"id\":\"c\",\"object\":\"chat.completion.chunk\",\"created\":1,\"model\":\"m\",\"choices\":"
            + "[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}],\"usage\":{\"prompt_tokens\":7,\"completion_tokens\":3,"
            + "\"total_tokens\":10}}\n\ndata: [DONE]\n\n";
    private static final String WHOLE = "{\"id\":\"c\",\"object\":\"chat.completion\",\"created\":1,\"model\":\"m\","
            + "\"choices\":[{\"index\":0,\"message\":{\"role\":\"assistant\",\"content\":\"sunny\"},\"finish_reason\":\"stop\"}],"
            + "\"usage\":{\"prompt_tokens\":7,\"completion_tokens\":3,\"total_tokens\":10}}";

    private final HttpServer server;
    private final List<String> traceparents = new CopyOnWriteArrayList<>();
    private final List<String> tracestates = new CopyOnWriteArrayList<>();

    RecordingProvider(int status) throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/v1/chat/completions", exchange -> {
            String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
            traceparents.add(or(exchange.getRequestHeaders().getFirst("traceparent")));
            tracestates.add(or(exchange.getRequestHeaders().getFirst("tracestate")));
            boolean stream = body.contains("\"stream\":true");
            String answer = status != 200
                    ? "{\"error\":{\"message\":\"cannot answer the secret question about Uqbar\"}}"
                    : stream ? STREAM : WHOLE;
            exchange.getResponseHeaders()
                    .set("Content-Type", stream && status == 200 ? "text/event-stream" : "application/json");
            byte[] bytes = answer.getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(status, bytes.length);
            exchange.getResponseBody().write(bytes);
            exchange.close();
        });
        server.start();
    }

    private static String or(@Nullable String header) {
        return header == null ? NOTHING : header;
    }

    String url() {
        return "http://127.0.0.1:" + server.getAddress().getPort() + "/v1";
    }

    List<String> traceparents() {
        return traceparents;
    }

    List<String> tracestates() {
        return tracestates;
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
