package dev.switchboard.protocol.directory;

import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What to ask a platform about a key, and what its answer means, where the wire format's own question does not tell
 * (behaviour.md §9). A status is written {@code 402}, or {@code 2xx} for all of its hundred; what is neither good nor bad says
 * nothing of the key.
 *
 * @param path relative to the base URL as to a folder, such as {@code models} or {@code ../account/key}
 * @param body what to POST, {@code {model}} standing for a model of the platform; null for a GET
 * @param good statuses of a key that works
 * @param bad statuses of a key that does not
 * @param every time between checks on a schedule; null for the usual
 */
public record KeyCheckRule(
        String path, @Nullable String body, List<String> good, List<String> bad, @Nullable Duration every) {}
