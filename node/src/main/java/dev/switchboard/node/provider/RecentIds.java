package dev.switchboard.node.provider;

import dev.switchboard.protocol.domain.LeaseId;
import java.util.Arrays;

/**
 * The last leases that ended, as 64-bit fingerprints in two generations. As objects they would outlive several collections
 * and then be thrown away, which costs more than all else that an owner does for a lease. Two leases are taken for one
 * once in about 2⁵⁰; the second is then denied.
 */
final class RecentIds {
    private static final int FIRST_SIZE = 64;
    private static final long FNV_BASIS = 0xcbf29ce484222325L;
    private static final long FNV_PRIME = 0x100000001b3L;

    private final int generation;
    private Generation young = new Generation();
    private Generation old = new Generation();

    /** Remembers at least the last {@code least} ids, and less than twice as many. */
    RecentIds(int least) {
        generation = least;
    }

    void add(LeaseId id) {
        long print = fingerprint(id);
        if (holds(print)) {
            return;
        }
        if (young.size == generation) {
            Generation oldest = old;
            old = young;
            young = oldest;
            young.clear();
        }
        young.add(print);
    }

    boolean contains(LeaseId id) {
        return holds(fingerprint(id));
    }

    private boolean holds(long print) {
        return young.holds(print) || old.holds(print);
    }

    /** FNV-1a, its bits mixed so that the low ones choose a place; never 0. */
    static long fingerprint(LeaseId id) {
        String text = id.value();
        long hash = FNV_BASIS;
        for (int i = 0; i < text.length(); i++) {
            hash = (hash ^ text.charAt(i)) * FNV_PRIME;
        }
        hash ^= hash >>> 32;
        return hash == 0 ? 1 : hash;
    }

    /** A set of numbers by open addressing, half full at most; it grows to what was needed and keeps that. */
    private static final class Generation {
        private long[] places = new long[FIRST_SIZE];
        private int size;

        private boolean holds(long print) {
            return places[place(places, print)] == print;
        }

        private void add(long print) {
            if (2 * (size + 1) > places.length) {
                long[] larger = new long[2 * places.length];
                for (long known : places) {
                    if (known != 0) {
                        larger[place(larger, known)] = known;
                    }
                }
                places = larger;
            }
            places[place(places, print)] = print;
            size++;
        }

        private void clear() {
            Arrays.fill(places, 0);
            size = 0;
        }

        /** Where the number is, or would be. */
        private static int place(long[] places, long print) {
            int mask = places.length - 1;
            int at = (int) print & mask;
            while (places[at] != 0 && places[at] != print) {
                at = (at + 1) & mask;
            }
            return at;
        }
    }
}
