package dev.switchboard.node.http;

import dev.switchboard.node.chat.ChatRequest;
import dev.switchboard.protocol.domain.Mode;
import dev.switchboard.protocol.domain.SessionKey;
import java.util.HexFormat;
import java.util.List;

/** The session of a request (contract.md §3): always scoped by caller and mode, and hashed. */
public final class SessionIdentity {
    private static final List<String> HEADERS = List.of(
            "x-session-id",
            "x-session-affinity",
            "x-claude-code-session-id",
            "session_id",
            "session-id",
            "helicone-session-id");
    private static final int KEY_BYTES = 16;

    private SessionIdentity() {}

    /** The first of headers, body fields and fingerprint that is present. */
    public static SessionKey of(Exchange exchange, ChatRequest chat, Mode mode) {
        String source = null;
        for (String name : HEADERS) {
            String value = exchange.header(name);
            if (value != null && !value.isBlank()) {
                source = "id:" + value.trim();
                break;
            }
        }
        if (source == null) {
            source = chat.sessionHint().map(hint -> "id:" + hint).orElseGet(() -> "text:" + chat.fingerprintText());
        }
        byte[] digest = AccessKeys.sha256(exchange.caller() + '\n' + mode.wire() + '\n' + source);
        return new SessionKey("s-" + HexFormat.of().formatHex(digest, 0, KEY_BYTES));
    }
}
