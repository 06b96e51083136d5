package dev.switchboard.node.routing;

import java.time.Duration;

/**
 * The configured times of the failure policy (contract.md §2); all positive.
 *
 * @param transientTime the first cooldown of a model, {@code cooldown.transient}
 * @param max the longest doubled cooldown of a model, {@code cooldown.max}
 * @param rateLimitedKey how long a key cools where upstream names no time, {@code cooldown.rate-limited-key}
 * @param banTtl how long a session bans a platform, {@code session.ban-ttl}
 */
public record PolicyTimes(Duration transientTime, Duration max, Duration rateLimitedKey, Duration banTtl) {}
