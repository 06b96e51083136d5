package dev.switchboard.node.provider;

import dev.switchboard.protocol.provider.GrantNumber;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What nodes tell a restarted owner of grants before its time (docs/adr/0001): which of them its counts lack. Nodes tell twice,
 * some of it before the saved counts are read.
 *
 * @param <T> what is told of a grant
 * @param <I> what a grant is known by
 */
public final class Recollection<T, I> {
    /** More is not kept while the saved counts cannot be read. */
    static final int MOST_EARLY = 50_000;

    private final Function<T, I> id;
    private final List<T> early = new ArrayList<>();
    private final Set<I> told = new HashSet<>();
    private long since;
    private long count;
    private @Nullable GrantNumber saved;
    private boolean restored;
    private boolean closed;

    /** Of an owner that started at {@code since}, in epoch milliseconds. */
    public Recollection(long since, Function<T, I> id) {
        this.since = since;
        this.id = id;
    }

    /** The number of this owner's next grant. */
    public GrantNumber next() {
        return new GrantNumber(since, ++count);
    }

    /** The number of this owner's last grant. */
    public GrantNumber last() {
        return new GrantNumber(since, count);
    }

    /**
     * The row was read; answers what was told before and is to be looked at now.
     *
     * @param found whether there was one
     * @param granted the last grant that its counts hold
     */
    public List<T> restored(boolean found, @Nullable GrantNumber granted) {
        restored = true;
        saved = granted;
        if (granted != null) {
            since = Math.max(since, granted.since() + 1);
        } else if (found) {
            // An earlier release wrote it: nobody can tell which grants it holds.
            early.clear();
            close();
        }
        List<T> waiting = List.copyOf(early);
        early.clear();
        return waiting;
    }

    /** Those of the grants that are to be looked at now. */
    public List<T> news(List<T> grants) {
        if (closed) {
            return List.of();
        }
        List<T> news = new ArrayList<>();
        for (T grant : grants) {
            if ((restored || early.size() < MOST_EARLY) && hears(id.apply(grant))) {
                (restored ? news : early).add(grant);
            }
        }
        return news;
    }

    /** Whether a grant of an earlier owner is heard of for the first time. */
    public boolean hears(I grant) {
        return closed || told.add(grant);
    }

    /** All nodes have had time to tell; what comes later is not counted. */
    public void close() {
        closed = true;
        told.clear();
    }

    /** Whether the saved counts lack a grant of that number. */
    public boolean lacks(GrantNumber grant) {
        return lacks(saved, grant, since);
    }

    /**
     * Whether counts that hold all grants up to {@code saved} lack {@code grant}. Grants of owners before the one that saved
     * are taken for counted: once too few is better than twice.
     *
     * @param self when the owner that asks started: it has counted its own grants
     */
    static boolean lacks(@Nullable GrantNumber saved, GrantNumber grant, long self) {
        if (grant.since() >= self) {
            return false;
        }
        return saved == null
                || grant.since() > saved.since()
                || (grant.since() == saved.since() && grant.number() > saved.number());
    }
}
