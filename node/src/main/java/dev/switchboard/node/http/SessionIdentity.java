package dev.switchboard.node.http;

import dev.switchboard.node.chat.ChatRequest;
import dev.switchboard.protocol.domain.Mode;
import dev.switchboard.protocol.domain.SessionKey;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

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
    private static final int LONGEST_KEPT = 256;

    /** Most requests are of a session that asked lately; a digest would cost each of them as much as its lease. */
    private static final AtomicReferenceArray<@Nullable Known> LATELY = new AtomicReferenceArray<>(4096);

    private record Known(String scoped, SessionKey key) {}

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
        return key(exchange.caller() + '\n' + mode.wire() + '\n' + source);
    }

    private static SessionKey key(String scoped) {
        if (scoped.length() > LONGEST_KEPT) {
            return made(scoped);
        }
        int slot = (scoped.hashCode() ^ scoped.hashCode() >>> 16) & LATELY.length() - 1;
        Known known = LATELY.getAcquire(slot);
        if (known == null || !known.scoped().equals(scoped)) {
            known = new Known(scoped, made(scoped));
            LATELY.setRelease(slot, known);
        }
        return known.key();
    }

    private static SessionKey made(String scoped) {
        return new SessionKey("s-" + HexFormat.of().formatHex(AccessKeys.sha256(scoped), 0, KEY_BYTES));
    }
}
