package dev.switchboard.node.http.docs;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Locale;

/** The OpenAPI document as a page for people: no script, nothing from elsewhere. */
final class ApiPage {
    private static final String STYLE = "body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;"
            + "padding:0 1rem;color-scheme:light dark}code,pre{font:14px/1.45 ui-monospace,monospace}"
            + "pre{overflow:auto;padding:.75rem;border:1px solid;border-radius:.5rem}"
            + "summary{cursor:pointer}h2 code{font-size:1.1rem}";

    private ApiPage() {}

    static String of(JsonNode document) {
        StringBuilder page = new StringBuilder(32_768);
        page.append("<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><title>Switchboard API</title>")
                .append("<meta name=\"viewport\" content=\"width=device-width\"><style>")
                .append(STYLE)
                .append("</style></head><body><main><h1>Switchboard API</h1><p>")
                .append(escaped(document.at("/info/description").asText()))
                .append("</p><p><a href=\"/v1/openapi.json\">openapi.json</a></p>");
        for (var path : document.path("paths").properties()) {
            for (var operation : path.getValue().properties()) {
                String name = operation.getKey().toUpperCase(Locale.ROOT) + " " + path.getKey();
                operation(name, operation.getValue(), document, page);
            }
        }
        return page.append("</main></body></html>").toString();
    }

    private static void operation(String name, JsonNode operation, JsonNode document, StringBuilder page) {
        page.append("<section><h2><code>")
                .append(escaped(name))
                .append("</code></h2><p>")
                .append(escaped(operation.path("summary").asText()))
                .append("</p>");
        for (JsonNode parameter : operation.path("parameters")) {
            page.append("<p>In the ")
                    .append(escaped(parameter.path("in").asText()))
                    .append(": <code>")
                    .append(escaped(parameter.path("name").asText() + " " + parameter.path("schema")))
                    .append("</code></p>");
        }
        schema("Request", operation.at("/requestBody/content/application~1json/schema/$ref"), document, page);
        JsonNode answer = operation.at("/responses/200/content");
        schema("Answer", answer.at("/application~1json/schema/$ref"), document, page);
        JsonNode events = answer.path("text/event-stream").path("schema").path("description");
        if (events.isTextual()) {
            page.append("<p>Events: ").append(escaped(events.textValue())).append("</p>");
        }
        schema("Errors", operation.at("/responses/default/content/application~1json/schema/$ref"), document, page);
        page.append("</section>");
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
