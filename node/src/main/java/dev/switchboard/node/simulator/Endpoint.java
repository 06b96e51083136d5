package dev.switchboard.node.simulator;

import akka.http.javadsl.model.HttpRequest;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Set;

/**
 * What a path asks for.
 *
 * @param platform first path segment, {@code default} where the path starts with an API version
 * @param path the rest of it, without the leading slash
 * @param model model id in the path, empty for none
 * @param stream whether the path asks for a stream
 */
record Endpoint(Operation operation, WireFormat format, String platform, String path, String model, boolean stream) {
    private static final Set<String> API_ROOTS = Set.of("v1", "v1beta", "v2", "compatibility", "client");

    /** What is asked for. */
    enum Operation {
        CHAT,
        TEXT,
        EMBEDDINGS,
        MODELS,
        MODEL,
        KEY_CHECK,
        CONTROL,
        WRONG_METHOD,
        UNKNOWN;

        FaultRule.On kind() {
            return switch (this) {
                case EMBEDDINGS -> FaultRule.On.EMBEDDINGS;
                case MODELS, MODEL, KEY_CHECK -> FaultRule.On.MODELS;
                default -> FaultRule.On.CHAT;
            };
        }

        private boolean posted() {
            return this == CHAT || this == TEXT || this == EMBEDDINGS;
        }
    }

    static Endpoint of(HttpRequest request) {
        String all = request.getUri().path();
        String path = all.startsWith("/") ? all.substring(1) : all;
        if (path.equals("_control") || path.startsWith("_control/")) {
            return new Endpoint(Operation.CONTROL, WireFormat.OPENAI, "_control", path, "", false);
        }
        int slash = path.indexOf('/');
        String first = slash < 0 ? path : path.substring(0, slash);
        boolean named = !API_ROOTS.contains(first);
        String rest = !named ? path : slash < 0 ? "" : path.substring(slash + 1);
        Endpoint found = find(named ? decode(first) : "default", rest);
        String method = request.method().value();
        boolean allowed =
                found.operation == Operation.UNKNOWN || method.equals(found.operation.posted() ? "POST" : "GET");
        return allowed ? found : found.as(Operation.WRONG_METHOD);
    }

    private static Endpoint find(String platform, String path) {
        WireFormat format = format(path);
        if (format == WireFormat.GOOGLE) {
            return google(platform, path);
        }
        Endpoint endpoint = new Endpoint(Operation.UNKNOWN, format, platform, path, "", false);
        if (path.endsWith("chat/completions")) {
            return endpoint.as(Operation.CHAT);
        }
        if (path.endsWith("completions")) {
            return endpoint.as(Operation.TEXT);
        }
        if (path.endsWith("embeddings") || path.equals("v2/embed")) {
            return endpoint.as(Operation.EMBEDDINGS);
        }
        if (path.endsWith("models")) {
            return endpoint.as(Operation.MODELS);
        }
        if (path.endsWith("tokens/verify") || path.endsWith("account/key")) {
            return endpoint.as(Operation.KEY_CHECK);
        }
        int models = path.indexOf("models/");
        if (models == 0 || (models > 0 && path.charAt(models - 1) == '/')) {
            String model = decode(path.substring(models + 7));
            return new Endpoint(Operation.MODEL, format, platform, path, model, false);
        }
        return endpoint;
    }

    private static WireFormat format(String path) {
        if (path.startsWith("v1beta/") && !path.startsWith("v1beta/openai/")) {
            return WireFormat.GOOGLE;
        }
        if (path.startsWith("compatibility/") || path.startsWith("v2/embed")) {
            return WireFormat.COHERE;
        }
        return path.startsWith("client/v4/") ? WireFormat.CLOUDFLARE : WireFormat.OPENAI;
    }

    private static Endpoint google(String platform, String path) {
        Endpoint endpoint = new Endpoint(Operation.UNKNOWN, WireFormat.GOOGLE, platform, path, "", false);
        if (path.equals("v1beta/models")) {
            return endpoint.as(Operation.MODELS);
        }
        if (!path.startsWith("v1beta/models/")) {
            return endpoint;
        }
        String rest = path.substring("v1beta/models/".length());
        int colon = rest.lastIndexOf(':');
        String method = colon < 0 ? "" : rest.substring(colon + 1);
        String model = decode(colon < 0 ? rest : rest.substring(0, colon));
        Operation operation =
                switch (method) {
                    case "generateContent", "streamGenerateContent" -> Operation.CHAT;
                    case "" -> Operation.MODEL;
                    default -> Operation.UNKNOWN;
                };
        return new Endpoint(
                operation, WireFormat.GOOGLE, platform, path, model, method.equals("streamGenerateContent"));
    }

    private Endpoint as(Operation other) {
        return new Endpoint(other, format, platform, path, model, stream);
    }

    private static String decode(String raw) {
        return raw.indexOf('%') < 0 ? raw : URLDecoder.decode(raw.replace("+", "%2B"), StandardCharsets.UTF_8);
    }
}
