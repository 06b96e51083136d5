package dev.switchboard.node.routing;

/**
 * Why a model stands where it stands, for the dashboard (behaviour.md §7).
 *
 * @param reliability b, the mean; a quarter of it during an outage
 * @param speed r
 * @param latency t
 * @param intelligence I
 * @param score balanced, before the penalty
 * @param smartScore by the weights of the smart mode, before the penalty
 * @param effectiveScore balanced, less the penalty
 * @param penalty points, 0 to 10
 * @param outage whether a fresh outage lowers the reliability
 */
public record ScoreParts(
        double reliability,
        double speed,
        double latency,
        double intelligence,
        double score,
        double smartScore,
        double effectiveScore,
        double penalty,
        Pool pool,
        boolean outage) {}
