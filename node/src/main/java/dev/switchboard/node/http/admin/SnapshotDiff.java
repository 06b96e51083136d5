package dev.switchboard.node.http.admin;

import dev.switchboard.protocol.cooldown.CooldownSnapshot;
import dev.switchboard.protocol.directory.DirectorySnapshot;
import dev.switchboard.protocol.directory.ProviderKey;
import dev.switchboard.protocol.domain.KeyId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Finds what changed between two looks at this node's replicas. Not thread-safe. */
final class SnapshotDiff {
    private Map<String, CooldownSnapshot.Entry> cooldowns = new HashMap<>();
    private DirectorySnapshot directory = DirectorySnapshot.EMPTY;
    private TreeSet<String> unreachable = new TreeSet<>();
    private boolean begun;

    /** What changed since the last look; nothing at the first one. */
    List<EventFrame> look(
            DirectorySnapshot nowKnown, List<CooldownSnapshot.Entry> nowCooling, Iterable<String> nowUnreachable) {
        List<EventFrame> frames = new ArrayList<>();
        Map<String, CooldownSnapshot.Entry> cooling = new LinkedHashMap<>();
        nowCooling.forEach(entry -> cooling.put(entry.id(), entry));
        TreeSet<String> away = new TreeSet<>();
        nowUnreachable.forEach(away::add);
        if (begun) {
            cooldowns(cooling, nowKnown, frames);
            if (nowKnown != directory) {
                keys(nowKnown, frames);
            }
            members(away, frames);
        }
        begun = true;
        cooldowns = cooling;
        directory = nowKnown;
        unreachable = away;
        return frames;
    }

    private void cooldowns(
            Map<String, CooldownSnapshot.Entry> cooling, DirectorySnapshot known, List<EventFrame> frames) {
        cooling.forEach((id, entry) -> {
            CooldownSnapshot.Entry old = cooldowns.get(id);
            if (old == null || entry.until().isAfter(old.until())) {
                frames.add(cooldown("started", entry, known));
            }
        });
        cooldowns.forEach((id, entry) -> {
            if (!cooling.containsKey(id)) {
                frames.add(cooldown("ended", entry, known));
            }
        });
    }

    private static EventFrame cooldown(String state, CooldownSnapshot.Entry entry, DirectorySnapshot known) {
        return new EventFrame(
                "cooldown",
                new EventRows.Cooldown(
                        state,
                        entry.id(),
                        entry.scope(),
                        entry.platform().value(),
                        entry.model() == null ? null : entry.model().id(),
                        label(entry.key(), known),
                        entry.reason(),
                        entry.until()));
    }

    private static @Nullable String label(@Nullable KeyId id, DirectorySnapshot known) {
        if (id == null) {
            return null;
        }
        ProviderKey key = known.keys().get(id);
        return key == null ? id.value() : key.label();
    }

    private void keys(DirectorySnapshot known, List<EventFrame> frames) {
        known.keys().forEach((id, key) -> {
            ProviderKey old = directory.keys().get(id);
            if (old == null) {
                frames.add(key("added", key));
            } else if (!old.equals(key)) {
                frames.add(key("changed", key));
            }
        });
        directory.keys().forEach((id, key) -> {
            if (!known.keys().containsKey(id)) {
                frames.add(key("removed", key));
            }
        });
    }

    private static EventFrame key(String change, ProviderKey key) {
        return new EventFrame(
                "key",
                new EventRows.Key(
                        change, key.id().value(), key.platform().value(), key.label(), key.status(), key.enabled()));
    }

    private void members(TreeSet<String> away, List<EventFrame> frames) {
        away.stream()
                .filter(address -> !unreachable.contains(address))
                .forEach(address -> frames.add(member(address, "Unreachable")));
        unreachable.stream()
                .filter(address -> !away.contains(address))
                .forEach(address -> frames.add(member(address, "Reachable")));
    }

    private static EventFrame member(String address, String status) {
        return new EventFrame("member", new EventRows.Member(address, status));
    }
}
