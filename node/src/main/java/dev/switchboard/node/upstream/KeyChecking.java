package dev.switchboard.node.upstream;

import akka.util.ByteString;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.switchboard.protocol.directory.AdapterKind;
import dev.switchboard.protocol.directory.KeyCheckRule;
import dev.switchboard.protocol.directory.Platform;
import dev.switchboard.protocol.domain.Failure;
import java.net.URI;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Key checks that a platform's entry describes (behaviour.md §9). */
final class KeyChecking {
    private static final String MODEL = "{model}";

    private KeyChecking() {}

    static boolean needsModel(KeyCheckRule rule) {
        String body = rule.body();
        return body != null && body.contains(MODEL);
    }

    /** The question; throws {@link UnusableKey} for a key that cannot be sent. */
    static WireRequest request(KeyCheckRule rule, Platform platform, String secret, @Nullable String model) {
        String body = rule.body();
        String quoted = TextNode.valueOf(model == null ? "" : model).toString();
        return new WireRequest(
                under(platform.baseUrl(), rule.path()),
                headers(platform, secret),
                body == null
                        ? null
                        : ByteString.fromString(body.replace(MODEL, quoted.substring(1, quoted.length() - 1))));
    }

    /** A path below a base URL as below a folder; {@code ../} leads out of it. */
    static String under(String baseUrl, String path) {
        return URI.create(baseUrl + "/").resolve(path).toString();
    }

    private static Map<String, String> headers(Platform platform, String secret) {
        return platform.adapter() == AdapterKind.GOOGLE ? Map.of("x-goog-api-key", secret) : WireRequest.bearer(secret);
    }

    static KeyCheck judge(KeyCheckRule rule, int status, ByteString body, String secret) {
        if (isAmong(rule.good(), status)) {
            return new KeyCheck.Good();
        }
        Failure failure = FailureClassifier.response(status, null, body, secret);
        return isAmong(rule.bad(), status)
                ? new KeyCheck.Bad(failure.message())
                : new KeyCheck.CannotTell(failure.message());
    }

    private static boolean isAmong(List<String> statuses, int status) {
        String exact = Integer.toString(status);
        return statuses.stream()
                .anyMatch(one -> one.endsWith("xx") ? one.charAt(0) == exact.charAt(0) : one.equals(exact));
    }
}
