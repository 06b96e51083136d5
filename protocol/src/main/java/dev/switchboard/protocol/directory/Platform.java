package dev.switchboard.protocol.directory;

import dev.switchboard.protocol.domain.Limits;
import dev.switchboard.protocol.domain.PlatformId;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One provider platform.
 *
 * @param adapter the wire format it speaks
 * @param baseUrl without a trailing slash; Cloudflare's holds {@code {account}}
 * @param keyless whether it answers without a key; a keyless platform is routable without one
 * @param responseTimeout until response headers; null for the configured default
 * @param headers sent with every request
 * @param quirks what makes this platform differ from its wire format
 * @param shared limits over all models of one key, where the platform has one pool
 * @param keyPage where a person gets a key
 */
public record Platform(
        PlatformId id,
        String name,
        AdapterKind adapter,
        String baseUrl,
        Origin origin,
        boolean enabled,
        boolean keyless,
        @Nullable Duration responseTimeout,
        Map<String, String> headers,
        Quirks quirks,
        Limits shared,
        @Nullable String keyPage) {}
