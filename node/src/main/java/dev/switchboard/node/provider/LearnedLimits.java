package dev.switchboard.node.provider;

import dev.switchboard.protocol.domain.Limits;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Limits that a provider stated for one key and model (behaviour.md §3). Each holds for a day after it was last stated: one
 * that a provider has lifted, or that kept every request away, does not stay for ever.
 */
final class LearnedLimits {
    static final long HOLDS_MILLIS = 24 * 3_600_000L;
    private static final long WORTH_SAVING_MILLIS = 3_600_000L;
    private static final int KINDS = 4;

    private final @Nullable Long[] values = new Long[KINDS];
    private final long[] stated = new long[KINDS];

    /** Takes over what is stated; true where something changed that is worth saving. Numbers below 1 are ignored. */
    boolean learn(Limits limits, long now) {
        boolean changed = false;
        for (int i = 0; i < KINDS; i++) {
            Long value = of(limits, i);
            if (value == null || value < 1) {
                continue;
            }
            if (!Objects.equals(values[i], value) || now - stated[i] >= WORTH_SAVING_MILLIS) {
                values[i] = value;
                stated[i] = now;
                changed = true;
            }
        }
        return changed;
    }

    /** What still holds. */
    Limits at(long now) {
        return new Limits(valid(0, now), valid(1, now), valid(2, now), valid(3, now));
    }

    boolean isEmpty(long now) {
        return at(now).equals(Limits.NONE);
    }

    /** What still holds, each with the time it was stated at. */
    List<Dated> dated(long now) {
        List<Dated> out = new ArrayList<>();
        for (int i = 0; i < KINDS; i++) {
            Long value = valid(i, now);
            if (value != null) {
                out.add(new Dated(only(i, value), stated[i]));
            }
        }
        return out;
    }

    private @Nullable Long valid(int kind, long now) {
        return now - stated[kind] < HOLDS_MILLIS ? values[kind] : null;
    }

    private static @Nullable Long of(Limits limits, int kind) {
        return switch (kind) {
            case 0 -> limits.rpm();
            case 1 -> limits.rpd();
            case 2 -> limits.tpm();
            default -> limits.tpd();
        };
    }

    private static Limits only(int kind, Long value) {
        return new Limits(
                kind == 0 ? value : null, kind == 1 ? value : null, kind == 2 ? value : null, kind == 3 ? value : null);
    }

    /** One limit and when it was stated. */
    record Dated(Limits limits, long atMillis) {}
}
