package dev.switchboard.node.http;

import akka.http.javadsl.model.HttpResponse;
import java.util.concurrent.CompletionStage;

/**
 * One row of the route table.
 *
 * @param method in upper case
 * @param path segments separated by slashes; {@code {name}} takes one segment, a last {@code {name*}} all that are left
 */
public record Endpoint(String method, String path, Access access, Handler handler) {
    /** Answers one request; an {@link ApiError} thrown or failed with becomes its JSON. */
    @FunctionalInterface
    public interface Handler {
        /** Never answers null. */
        CompletionStage<HttpResponse> handle(Exchange exchange);
    }

    /** An endpoint that reads. */
    public static Endpoint get(String path, Access access, Handler handler) {
        return new Endpoint("GET", path, access, handler);
    }

    /** An endpoint that posts. */
    public static Endpoint post(String path, Access access, Handler handler) {
        return new Endpoint("POST", path, access, handler);
    }
}
