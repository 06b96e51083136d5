package dev.switchboard.node.turn;

import dev.switchboard.protocol.domain.KeyId;
import dev.switchboard.protocol.domain.Limits;
import dev.switchboard.protocol.domain.ModelRef;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The limits that this node has passed on to the owners of platforms: what a provider says with every answer is told once, and
 * again after an hour. One entry for each key and model in use.
 */
public final class StatedBefore {
    private static final Duration AGAIN = Duration.ofHours(1);

    private final Map<Place, Told> told = new ConcurrentHashMap<>();

    private record Place(KeyId key, ModelRef model) {}

    private record Told(Limits limits, Instant at) {}

    /** Whether the owner should be told; remembers that it was. */
    boolean isNews(KeyId key, ModelRef model, Limits limits, Instant now) {
        if (limits.equals(Limits.NONE)) {
            return false;
        }
        Place place = new Place(key, model);
        Told before = told.get(place);
        if (before != null
                && before.limits().equals(limits)
                && now.isBefore(before.at().plus(AGAIN))) {
            return false;
        }
        told.put(place, new Told(limits, now));
        return true;
    }
}
