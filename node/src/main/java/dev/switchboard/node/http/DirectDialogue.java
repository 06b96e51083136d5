package dev.switchboard.node.http;

import akka.http.javadsl.model.ContentTypes;
import akka.http.javadsl.model.HttpEntities;
import akka.http.javadsl.model.HttpEntity;
import akka.http.javadsl.model.HttpRequest;
import akka.http.javadsl.model.HttpResponse;
import akka.util.ByteString;
import dev.switchboard.node.settings.Settings;
import dev.switchboard.node.socket.Dialogue;
import java.net.InetAddress;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.BooleanSupplier;
import java.util.function.Function;

/**
 * One client's requests as Akka HTTP would hand them to the handler, and its answers as Akka HTTP would write them, without
 * the two dozen stages between: {@link DirectRequest} says which. See docs/adr/0009.
 */
final class DirectDialogue implements Dialogue {
    private final ClientLink link;
    private final Settings.Clients limits;
    private final Function<HttpRequest, CompletionStage<HttpResponse>> handler;
    private final Function<HttpEntity, CompletionStage<HttpEntity.Strict>> whole;
    private final BooleanSupplier stopping;
    private final DirectRequest request = new DirectRequest();
    private HttpRequest blank = HttpRequest.POST("/");
    private String blankPath = "/";

    /**
     * A client at that address.
     *
     * @param whole reads the entity of an answer that came in parts after all
     * @param stopping whether every answer is its connection's last
     */
    DirectDialogue(
            InetAddress address,
            Settings.Clients limits,
            Function<HttpRequest, CompletionStage<HttpResponse>> handler,
            Function<HttpEntity, CompletionStage<HttpEntity.Strict>> whole,
            BooleanSupplier stopping) {
        this.link = new ClientLink(address);
        this.limits = limits;
        this.handler = handler;
        this.whole = whole;
        this.stopping = stopping;
    }

    @Override
    public Heard hear(byte[] received, int length) {
        return request.hear(received, length);
    }

    @Override
    public CompletionStage<Answer> answer() {
        link.begin(true);
        return handler.apply(heard())
                .thenComposeAsync(
                        response -> response.entity() instanceof HttpEntity.Strict strict
                                ? completed(response, strict)
                                : whole.apply(response.entity())
                                        .thenComposeAsync(strict -> completed(response, strict), Runnable::run),
                        Runnable::run);
    }

    private HttpRequest heard() {
        if (!request.path().equals(blankPath)) {
            blankPath = request.path();
            blank = HttpRequest.POST(blankPath)
                    .addAttribute(Exchange.PATH, blankPath)
                    .addAttribute(Exchange.CLIENT_LINK, link);
        }
        HttpRequest made = blank.withHeaders(request.headers())
                .withEntity(
                        HttpEntities.create(ContentTypes.APPLICATION_JSON, ByteString.fromArrayUnsafe(request.body())));
        request.forget();
        return made;
    }

    private CompletionStage<Answer> completed(HttpResponse response, HttpEntity.Strict entity) {
        return CompletableFuture.completedStage(DirectAnswer.of(response, entity, stopping.getAsBoolean()));
    }

    @Override
    public void gone(boolean broken) {
        link.end(broken);
    }

    @Override
    public Duration firstPatience() {
        return limits.headerTimeout();
    }

    @Override
    public Duration patience() {
        return limits.keepAliveTimeout();
    }
}
