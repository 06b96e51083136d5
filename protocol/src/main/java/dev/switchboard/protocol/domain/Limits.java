package dev.switchboard.protocol.domain;

import org.jspecify.annotations.Nullable;

/**
 * Rate limits; null is unlimited, otherwise at least 1.
 *
 * @param rpm requests a minute
 * @param rpd requests a UTC day
 * @param tpm tokens a minute
 * @param tpd tokens a UTC day
 * @param concurrent requests in flight at a time on one key; counts where it is a platform's limit
 */
public record Limits(
        @Nullable Long rpm, @Nullable Long rpd, @Nullable Long tpm, @Nullable Long tpd, @Nullable Long concurrent) {
    /** No limit at all. */
    public static final Limits NONE = new Limits(null, null, null, null);

    /** Limits a minute and a day; as many requests at a time as one likes. */
    public Limits(@Nullable Long rpm, @Nullable Long rpd, @Nullable Long tpm, @Nullable Long tpd) {
        this(rpm, rpd, tpm, tpd, null);
    }

    /** The smaller of each pair. */
    public Limits narrowedBy(Limits other) {
        return new Limits(
                smaller(rpm, other.rpm),
                smaller(rpd, other.rpd),
                smaller(tpm, other.tpm),
                smaller(tpd, other.tpd),
                smaller(concurrent, other.concurrent));
    }

    private static @Nullable Long smaller(@Nullable Long one, @Nullable Long other) {
        if (one == null || other == null) {
            return one == null ? other : one;
        }
        return Math.min(one, other);
    }
}
