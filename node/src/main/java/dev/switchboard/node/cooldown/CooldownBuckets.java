package dev.switchboard.node.cooldown;

import akka.cluster.ddata.Key;
import akka.cluster.ddata.LWWMap;
import akka.cluster.ddata.LWWMapKey;
import dev.switchboard.protocol.domain.PlatformId;
import java.util.List;
import java.util.stream.IntStream;

/** The fixed keys of Distributed Data that cooldowns are spread over, so that a change resends little. */
final class CooldownBuckets {
    static final int COUNT = 16;

    private static final List<Key<LWWMap<String, CooldownEntry>>> KEYS = IntStream.range(0, COUNT)
            .mapToObj(
                    i -> (Key<LWWMap<String, CooldownEntry>>) LWWMapKey.<String, CooldownEntry>create("cooldown-" + i))
            .toList();

    private CooldownBuckets() {}

    static List<Key<LWWMap<String, CooldownEntry>>> keys() {
        return KEYS;
    }

    /** The bucket of a platform: the hash of a string is the same in every JVM. */
    static Key<LWWMap<String, CooldownEntry>> of(PlatformId platform) {
        return KEYS.get(Math.floorMod(platform.value().hashCode(), COUNT));
    }
}
