package dev.switchboard.node.http.docs;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** The OpenAPI document as a page for people: no script, nothing from elsewhere. */
final class ApiPage {
    private static final String STYLE = "body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;"
            + "padding:0 1rem;color-scheme:light dark}code,pre{font:14px/1.45 ui-monospace,monospace}"
            + "pre{overflow:auto;padding:.75rem;border:1px solid;border-radius:.5rem}"
            + "summary{cursor:pointer}h2{margin:2rem 0 0;padding-top:1rem;border-top:1px solid #8886}"
            + "h2 code{font-size:1.1rem}nav ul{padding:0;list-style:none;columns:22rem}dt{margin-top:.5rem}"
            + "dd{margin:0 0 0 1.5rem}";

    private ApiPage() {}

    static String of(JsonNode document) {
        StringBuilder page = new StringBuilder(32_768);
        page.append("<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><title>Switchboard API</title>")
                .append("<meta name=\"viewport\" content=\"width=device-width\"><style>")
                .append(STYLE)
                .append("</style></head><body><main><h1>Switchboard API</h1><p>")
                .append(prose(document.at("/info/description").asText()))
                .append("</p><p><a href=\"/v1/openapi.json\">openapi.json</a></p><nav><ul>");
        for (String name : names(document)) {
            page.append("<li><a href=\"#")
                    .append(anchor(name))
                    .append("\"><code>")
                    .append(escaped(name))
                    .append("</code></a></li>");
        }
        page.append("</ul></nav>");
        for (var path : document.path("paths").properties()) {
            for (var operation : path.getValue().properties()) {
                String name = operation.getKey().toUpperCase(Locale.ROOT) + " " + path.getKey();
                operation(name, operation.getValue(), document, page);
            }
        }
        return page.append("</main></body></html>").toString();
    }

    private static void operation(String name, JsonNode operation, JsonNode document, StringBuilder page) {
        page.append("<section><h2 id=\"")
                .append(anchor(name))
                .append("\"><code>")
                .append(escaped(name))
                .append("</code></h2><p>")
                .append(escaped(operation.path("summary").asText()))
                .append("</p>");
        if (!operation.path("parameters").isEmpty()) {
            page.append("<dl>");
            operation.path("parameters").forEach(parameter -> parameter(resolved(parameter, document), page));
            page.append("</dl>");
        }
        schema("Request", operation.at("/requestBody/content/application~1json/schema/$ref"), document, page);
        JsonNode answer = operation.at("/responses/200/content");
        schema("Answer", answer.at("/application~1json/schema/$ref"), document, page);
        JsonNode events = answer.path("text/event-stream").path("schema").path("description");
        if (events.isTextual()) {
            page.append("<p>Events: ").append(escaped(events.textValue())).append("</p>");
            schema("Event", answer.at("/text~1event-stream/schema/contentSchema/$ref"), document, page);
        }
        schema("Errors", operation.at("/responses/default/content/application~1json/schema/$ref"), document, page);
        page.append("</section>");
    }

    private static void parameter(JsonNode parameter, StringBuilder page) {
        JsonNode schema = parameter.path("schema");
        StringBuilder bounds = new StringBuilder(schema.path("type").asText());
        for (String bound : List.of("minimum", "maximum", "enum", "default")) {
            if (schema.has(bound)) {
                bounds.append(", ").append(bound).append(' ').append(schema.path(bound));
            }
        }
        page.append("<dt><code>")
                .append(escaped(parameter.path("name").asText()))
                .append("</code> in the ")
                .append(escaped(parameter.path("in").asText()))
                .append("</dt><dd>")
                .append(prose(parameter.path("description").asText("")))
                .append(" <code>")
                .append(escaped(bounds.toString()))
                .append("</code></dd>");
    }

    private static JsonNode resolved(JsonNode node, JsonNode document) {
        JsonNode reference = node.path("$ref");
        return reference.isTextual() ? document.at(reference.textValue().substring(1)) : node;
    }

    private static List<String> names(JsonNode document) {
        List<String> names = new ArrayList<>();
        for (var path : document.path("paths").properties()) {
            for (var operation : path.getValue().properties()) {
                names.add(operation.getKey().toUpperCase(Locale.ROOT) + " " + path.getKey());
            }
        }
        return names;
    }

    private static String anchor(String name) {
        return name.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]+", "-");
    }

    /** Text with code between backticks. */
    private static String prose(String text) {
        return escaped(text).replaceAll("`([^`]*)`", "<code>$1</code>");
    }

    private static void schema(String title, JsonNode reference, JsonNode document, StringBuilder page) {
        if (reference.isTextual()) {
            page.append("<details><summary>")
                    .append(title)
                    .append("</summary><pre>")
                    .append(escaped(
                            document.at(reference.textValue().substring(1)).toPrettyString()))
                    .append("</pre></details>");
        }
    }

    private static String escaped(String text) {
        return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
    }
}
