package dev.switchboard.node.simulator;

import org.jspecify.annotations.Nullable;

/**
 * A fault and the requests it is for. Null matches everything.
 *
 * @param platform first path segment of the request
 * @param model model id as the request names it
 * @param key the caller's key
 * @param on the kind of request
 * @param times how many requests it hits, at least 1; {@link #FOREVER} has no end
 * @param probability chance to hit a matching request, above 0, at most 1
 * @param fault what happens
 */
public record FaultRule(
        @Nullable String platform,
        @Nullable String model,
        @Nullable String key,
        On on,
        int times,
        double probability,
        Fault fault) {

    /** A number of times without end. */
    public static final int FOREVER = Integer.MAX_VALUE;

    /** Kinds of request a rule can be for. */
    public enum On {
        /** Chat and text completions. */
        CHAT,
        /** Model lists and key checks. */
        MODELS,
        /** Embeddings. */
        EMBEDDINGS,
        /** Every request. */
        ANY
    }

    /** Refuses numbers out of range. */
    public FaultRule {
        if (times < 1) {
            throw new IllegalArgumentException("times must be at least 1, not " + times);
        }
        if (!(probability > 0 && probability <= 1)) {
            throw new IllegalArgumentException("probability must be above 0 and at most 1, not " + probability);
        }
    }

    /** Hits every chat request, for ever, until narrowed. */
    public static FaultRule of(Fault fault) {
        return new FaultRule(null, null, null, On.CHAT, FOREVER, 1, fault);
    }

    /** The same from the text of a fault, see {@link Fault#parse}. */
    public static FaultRule of(String fault) {
        return of(Fault.parse(fault));
    }

    /** Only this platform. */
    public FaultRule platform(String only) {
        return new FaultRule(only, model, key, on, times, probability, fault);
    }

    /** Only this model. */
    public FaultRule model(String only) {
        return new FaultRule(platform, only, key, on, times, probability, fault);
    }

    /** Only this caller's key. */
    public FaultRule key(String only) {
        return new FaultRule(platform, model, only, on, times, probability, fault);
    }

    /** Only this kind of request. */
    public FaultRule on(On only) {
        return new FaultRule(platform, model, key, only, times, probability, fault);
    }

    /** Only the next n matching requests. */
    public FaultRule times(int n) {
        return new FaultRule(platform, model, key, on, n, probability, fault);
    }

    /** Only a share of the matching requests. */
    public FaultRule probability(double chance) {
        return new FaultRule(platform, model, key, on, times, chance, fault);
    }

    boolean matches(On kind, String itsPlatform, String itsModel, String itsKey) {
        return (on == On.ANY || on == kind)
                && (platform == null || platform.equals(itsPlatform))
                && (model == null || model.equals(itsModel))
                && (key == null || key.equals(itsKey));
    }
}
