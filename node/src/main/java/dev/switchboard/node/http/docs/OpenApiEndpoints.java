package dev.switchboard.node.http.docs;

import akka.http.javadsl.model.ContentTypes;
import akka.http.javadsl.model.HttpEntities;
import akka.http.javadsl.model.HttpResponse;
import akka.http.javadsl.model.headers.RawHeader;
import akka.util.ByteString;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.switchboard.node.http.Access;
import dev.switchboard.node.http.Endpoint;
import dev.switchboard.node.http.Json;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** {@code GET /v1/openapi.json} and the page {@code /docs/api}; both hold no secret and need no key. */
public final class OpenApiEndpoints {
    private static final String CSP = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'";

    // Anybody may ask for them, so that they are made once.
    private final ByteString document;
    private final ByteString page;
    private final List<Endpoint> own = List.of(
            Endpoint.get("/v1/openapi.json", Access.OPEN, exchange -> CompletableFuture.completedStage(description())),
            Endpoint.get("/docs/api", Access.OPEN, exchange -> CompletableFuture.completedStage(page())));

    /** Describes {@code described} and its own endpoints. */
    public OpenApiEndpoints(List<Endpoint> described) {
        List<Endpoint> all = new ArrayList<>(described);
        all.addAll(own);
        ObjectNode description = OpenApi.describe(all);
        this.document = Json.bytes(description);
        this.page = ByteString.fromString(ApiPage.of(description));
    }

    /** The endpoints of this class. */
    public List<Endpoint> endpoints() {
        return own;
    }

    private HttpResponse description() {
        return HttpResponse.create().withEntity(HttpEntities.create(ContentTypes.APPLICATION_JSON, document));
    }

    private HttpResponse page() {
        return HttpResponse.create()
                .withEntity(HttpEntities.create(ContentTypes.TEXT_HTML_UTF8, page))
                .addHeader(RawHeader.create("Content-Security-Policy", CSP));
    }
}
