package dev.switchboard.node.upstream;

import akka.util.ByteString;
import com.fasterxml.jackson.databind.JsonNode;
import dev.switchboard.node.chat.ChatRequest;
import java.net.URI;
import java.time.Duration;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * The images that one request names by URL, fetched for a wire format that takes them inline only. Callers choose the URLs,
 * so only public addresses are connected to, no redirect is followed, and no header of the caller travels. Whatever goes
 * wrong is the fault of the field that named the image.
 */
final class RemoteImages {
    /** The largest image. */
    static final long MOST_BYTES = 8L << 20;

    /** All images of a request together: what Google takes in one request. */
    static final long MOST_BYTES_IN_ALL = 20L << 20;

    /** Images in one request. */
    static final int MOST_IMAGES = 16;

    private static final int LONGEST_URL = 8_192;
    private static final Duration LONGEST = Duration.ofSeconds(15);

    private final HttpClient client;
    private final Executor longWork;
    private final Queue<Exchange> open = new ConcurrentLinkedQueue<>();
    private final AtomicLong bytesInAll = new AtomicLong();
    private final AtomicReference<@Nullable Inexpressible> fault = new AtomicReference<>();

    RemoteImages(HttpClient client) {
        this.client = client;
        this.longWork = client.longWork();
    }

    /** The fields that name an image elsewhere, and their URLs, in order. */
    static Map<String, String> in(ChatRequest request) {
        Map<String, String> found = new LinkedHashMap<>();
        JsonNode messages = request.messages();
        for (int i = 0; i < messages.size(); i++) {
            JsonNode content = messages.get(i).path("content");
            for (int k = 0; k < content.size(); k++) {
                JsonNode image = content.path(k).path("image_url");
                String url = image.isTextual()
                        ? image.textValue()
                        : image.path("url").asText("");
                String lower = url.substring(0, Math.min(8, url.length())).toLowerCase(Locale.ROOT);
                if (lower.startsWith("http://") || lower.startsWith("https://")) {
                    found.put("messages[" + i + "].content[" + k + "].image_url", url);
                }
            }
        }
        return found;
    }

    /** Each URL's image as a {@code data:} URL; the stage fails with {@link Inexpressible} naming the field at fault. */
    CompletionStage<Map<String, String>> fetch(Map<String, String> fields) {
        Map<String, CompletableFuture<String>> fetches = new LinkedHashMap<>();
        for (Map.Entry<String, String> field : fields.entrySet()) {
            String problem = fetches.size() >= MOST_IMAGES && !fetches.containsKey(field.getValue())
                    ? "is one image too many: " + MOST_IMAGES + " can be fetched for a request"
                    : problem(field.getValue());
            if (problem != null) {
                abort();
                return CompletableFuture.failedFuture(fault(field.getKey(), problem));
            }
            fetches.computeIfAbsent(field.getValue(), url -> one(field.getKey(), url));
        }
        return CompletableFuture.allOf(fetches.values().toArray(CompletableFuture[]::new))
                .handleAsync(
                        (done, failure) -> {
                            Inexpressible first = fault.get();
                            if (first != null) {
                                throw new CompletionException(first);
                            }
                            Map<String, String> images = new LinkedHashMap<>();
                            fetches.forEach((url, image) -> images.put(url, image.getNow("")));
                            return images;
                        },
                        longWork);
    }

    /** Ends what is still under way. */
    void abort() {
        for (Exchange exchange = open.poll(); exchange != null; exchange = open.poll()) {
            exchange.abort(Abandoned.cancelled());
        }
    }

    private static @Nullable String problem(String url) {
        if (url.length() > LONGEST_URL) {
            return "is longer than " + LONGEST_URL + " characters";
        }
        try {
            URI uri = URI.create(url);
            return uri.getHost() == null || uri.getUserInfo() != null ? "is not a plain http or https URL" : null;
        } catch (IllegalArgumentException e) {
            return "is not a plain http or https URL";
        }
    }

    private CompletableFuture<String> one(String field, String url) {
        Exchange exchange = new Exchange(client, null);
        open.add(exchange);
        CompletableFuture<String> image;
        try {
            image = exchange.send(WireRequest.get(url, Map.of("Accept", "image/*")), LONGEST)
                    .thenComposeAsync(answer -> read(field, exchange, answer), Runnable::run)
                    .toCompletableFuture();
        } catch (RuntimeException e) {
            image = CompletableFuture.failedFuture(e);
        }
        // Also for a body that comes drop by drop.
        return image.orTimeout(LONGEST.toMillis(), TimeUnit.MILLISECONDS)
                .exceptionallyAsync(
                        thrown -> {
                            fault.compareAndSet(null, named(field, thrown));
                            abort();
                            return "";
                        },
                        longWork);
    }

    private CompletionStage<String> read(String field, Exchange exchange, ResponseHead answer) {
        int status = answer.status();
        String type = answer.mediaType();
        if (status != 200) {
            exchange.discard();
            throw new CompletionException(fault(field, "cannot be fetched: it answers " + status));
        }
        if (!type.startsWith("image/")) {
            exchange.discard();
            throw new CompletionException(fault(field, "leads to no image but to " + type));
        }
        return exchange.whole(answer, MOST_BYTES, LONGEST).thenApplyAsync(body -> dataUrl(field, type, body), longWork);
    }

    private String dataUrl(String field, String type, ByteString body) {
        if (body.length() > MOST_BYTES || bytesInAll.addAndGet(body.length()) > MOST_BYTES_IN_ALL) {
            throw new CompletionException(tooLarge(field));
        }
        return "data:" + type + ";base64," + Base64.getEncoder().encodeToString(body.toArrayUnsafe());
    }

    private static Inexpressible tooLarge(String field) {
        return fault(
                field,
                "is too large: an image may have " + (MOST_BYTES >> 20) + " MB, all of a request "
                        + (MOST_BYTES_IN_ALL >> 20) + " MB");
    }

    private static Inexpressible named(String field, Throwable thrown) {
        for (Throwable cause : List.of(thrown, thrown.getCause() == null ? thrown : thrown.getCause())) {
            if (cause instanceof Inexpressible known) {
                return known;
            }
        }
        if (Exceptions.isTooLarge(thrown)) {
            return tooLarge(field);
        }
        Outbound.Forbidden forbidden = Exceptions.forbidden(thrown);
        return fault(field, forbidden == null ? "cannot be fetched" : forbidden.problem());
    }

    private static Inexpressible fault(String field, String problem) {
        return new Inexpressible(field, "'" + field + "' " + problem);
    }
}
