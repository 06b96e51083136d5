package dev.switchboard.node.http;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** All endpoints of the node; finds the one for a method and path. */
public final class RouteTable {
    private final List<Endpoint> endpoints;
    private final Map<String, Map<String, Endpoint>> fixed = new HashMap<>();
    private final List<Template> templates = new ArrayList<>();

    /** Later endpoints of the same method and path are refused. */
    public RouteTable(List<Endpoint> endpoints) {
        this.endpoints = List.copyOf(endpoints);
        for (Endpoint endpoint : endpoints) {
            if (endpoint.path().contains("{")) {
                templates.add(new Template(endpoint));
            } else if (fixed.computeIfAbsent(endpoint.path(), path -> new HashMap<>())
                            .put(endpoint.method(), endpoint)
                    != null) {
                throw new IllegalArgumentException("twice: " + endpoint.method() + " " + endpoint.path());
            }
        }
    }

    /** Every endpoint, for checks that no route can be forgotten in. */
    public List<Endpoint> endpoints() {
        return endpoints;
    }

    /** What a path leads to: an endpoint, or only the methods that the path knows; both empty for an unknown path. */
    public record Match(@Nullable Endpoint endpoint, Map<String, String> params, Set<String> allowed) {}

    /** Finds the endpoint; {@code rawPath} is still percent-encoded. */
    public Match find(String method, String rawPath) {
        String path =
                rawPath.length() > 1 && rawPath.endsWith("/") ? rawPath.substring(0, rawPath.length() - 1) : rawPath;
        Map<String, Endpoint> methods = fixed.get(path);
        if (methods != null) {
            Endpoint endpoint = methods.get(method);
            if (endpoint != null) {
                return new Match(endpoint, Map.of(), Set.of());
            }
        }
        Set<String> allowed = new TreeSet<>(methods == null ? Set.of() : methods.keySet());
        String[] segments = path.split("/", -1);
        for (Template template : templates) {
            Map<String, String> params = template.match(segments);
            if (params != null) {
                if (template.endpoint.method().equals(method)) {
                    return new Match(template.endpoint, params, Set.of());
                }
                allowed.add(template.endpoint.method());
            }
        }
        return new Match(null, Map.of(), allowed);
    }

    private static final class Template {
        private final Endpoint endpoint;
        private final String[] segments;

        private Template(Endpoint endpoint) {
            this.endpoint = endpoint;
            this.segments = endpoint.path().split("/", -1);
        }

        private @Nullable Map<String, String> match(String[] path) {
            String last = segments[segments.length - 1];
            boolean rest = last.endsWith("*}");
            if (rest ? path.length < segments.length : path.length != segments.length) {
                return null;
            }
            Map<String, String> params = new LinkedHashMap<>();
            for (int i = 0; i < segments.length; i++) {
                String segment = segments[i];
                if (rest && i == segments.length - 1) {
                    String value = decode(String.join("/", List.of(path).subList(i, path.length)));
                    if (value.isEmpty()) {
                        return null;
                    }
                    params.put(segment.substring(1, segment.length() - 2), value);
                } else if (segment.startsWith("{")) {
                    if (path[i].isEmpty()) {
                        return null;
                    }
                    params.put(segment.substring(1, segment.length() - 1), decode(path[i]));
                } else if (!segment.equals(path[i])) {
                    return null;
                }
            }
            return params;
        }

        private static String decode(String segment) {
            try {
                return URLDecoder.decode(segment.replace("+", "%2B"), StandardCharsets.UTF_8);
            } catch (IllegalArgumentException e) {
                return segment;
            }
        }
    }
}
