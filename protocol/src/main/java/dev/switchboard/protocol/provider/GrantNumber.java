package dev.switchboard.protocol.provider;

/**
 * Where a grant stands among all grants of a platform, or admissions of an API key, so that an owner's saved counts can say
 * which they hold.
 *
 * @param since when the owner that granted started, in epoch milliseconds; later owners have later ones
 * @param number counts that owner's grants, from 1
 */
public record GrantNumber(long since, long number) {}
