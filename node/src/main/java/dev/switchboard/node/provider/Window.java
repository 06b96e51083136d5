package dev.switchboard.node.provider;

import dev.switchboard.protocol.domain.Limits;
import dev.switchboard.protocol.provider.LeaseReply.Reason;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Requests and tokens of one key, on one model or over all, in the last minute and in this UTC day. */
public final class Window {
    private static final long DAY_MILLIS = 86_400_000L;
    private static final int SAVED_BUCKET_SECONDS = 5;

    private final MinuteRing minute;
    private long day;
    private long dayRequests;
    private long dayTokens;
    private int inFlight;

    /** Empty, at a time in epoch milliseconds. */
    public Window(long nowMillis) {
        minute = new MinuteRing(nowMillis);
        day = dayOf(nowMillis);
    }

    /** Where a reservation was counted, so that it can be taken back there. */
    public record Ticket(long tick, long day, long tokens) {}

    static long dayOf(long millis) {
        return Math.floorDiv(millis, DAY_MILLIS);
    }

    /** Brings the window up to now. */
    public void advance(long nowMillis) {
        minute.advance(nowMillis);
        long today = dayOf(nowMillis);
        if (today > day) {
            dayRequests = 0;
            dayTokens = 0;
        }
        day = today;
    }

    /** What stands in the way of one request of {@code estimate} tokens; null when it fits. */
    public @Nullable Block check(Limits limits, long estimate, long nowMillis) {
        advance(nowMillis);
        Block block = null;
        Long rpm = limits.rpm();
        if (rpm != null && minute.requestSum() >= rpm) {
            block = new Block(Reason.RPM, minute.requestRoomAt(rpm));
        }
        Long tpm = limits.tpm();
        if (tpm != null && minute.tokenSum() + estimate > tpm) {
            long at = estimate > tpm ? Block.NEVER : minute.tokenRoomAt(tpm, estimate);
            block = Block.later(block, new Block(Reason.TPM, at));
        }
        long tomorrow = (day + 1) * DAY_MILLIS;
        Long rpd = limits.rpd();
        if (rpd != null && dayRequests >= rpd) {
            block = Block.later(block, new Block(Reason.RPD, tomorrow));
        }
        Long tpd = limits.tpd();
        if (tpd != null && dayTokens + estimate > tpd) {
            block = Block.later(block, new Block(Reason.TPD, estimate > tpd ? Block.NEVER : tomorrow));
        }
        return block;
    }

    /** Counts a request in flight; {@code requests} is 0 where the request itself was counted before. */
    public Ticket reserve(long requests, long estimate, long nowMillis) {
        advance(nowMillis);
        minute.add(minute.tick(), requests, estimate);
        dayRequests += requests;
        dayTokens += estimate;
        inFlight++;
        return new Ticket(minute.tick(), day, estimate);
    }

    /** Takes up a request that restored counts already hold. */
    public Ticket adopt(long second, long countedDay, long estimate, long nowMillis) {
        advance(nowMillis);
        inFlight++;
        return new Ticket(minute.tickOf(second), countedDay >= day ? day : countedDay, estimate);
    }

    /** Ends a request: less than the estimate is given back where it was counted, more counts from now. */
    public void settle(Ticket ticket, long tokens, long nowMillis) {
        advance(nowMillis);
        inFlight--;
        long more = tokens - ticket.tokens();
        if (more > 0) {
            minute.add(minute.tick(), 0, more);
            dayTokens += more;
        } else {
            minute.take(ticket.tick(), 0, -more);
            if (ticket.day() == day) {
                dayTokens = Math.max(0, dayTokens + more);
            }
        }
    }

    /** Takes back a request and its tokens wholly, because the same request is counted a second time. */
    public void uncount(Ticket ticket, long nowMillis) {
        settle(ticket, 0, nowMillis);
        minute.take(ticket.tick(), 1, 0);
        if (ticket.day() == day) {
            dayRequests = Math.max(0, dayRequests - 1);
        }
    }

    /** Counts a request at an earlier moment. */
    public void count(long atMillis, long tokens, long nowMillis) {
        ProviderState.Recent second = new ProviderState.Recent(MinuteRing.second(atMillis), 1, tokens);
        restore(dayOf(atMillis), 1, tokens, List.of(second), nowMillis);
    }

    /** Counts a request at an earlier moment that is still in flight. */
    public Ticket reserveAt(long atMillis, long estimate, long nowMillis) {
        count(atMillis, estimate, nowMillis);
        return adopt(MinuteRing.second(atMillis), dayOf(atMillis), estimate, nowMillis);
    }

    /** Adds counts that were saved before a restart. */
    void restore(ProviderState.Count count, long nowMillis) {
        restore(count.day(), count.requests(), count.tokens(), count.minute(), nowMillis);
    }

    /** Adds counts that were saved before a restart. */
    public void restore(
            long countedDay, long requests, long tokens, List<ProviderState.Recent> recentCounts, long nowMillis) {
        advance(nowMillis);
        if (countedDay >= day) {
            dayRequests += requests;
            dayTokens += tokens;
        }
        for (ProviderState.Recent recent : recentCounts) {
            minute.add(minute.tickOf(recent.second()), recent.requests(), recent.tokens());
        }
    }

    /** The last minute for saving, in buckets of 5 seconds, each dated by its end. */
    public List<ProviderState.Recent> recent() {
        List<ProviderState.Recent> out = new ArrayList<>();
        long requests = 0;
        long tokens = 0;
        for (int age = MinuteRing.SECONDS; age >= 0; age--) {
            long second = minute.head() - age;
            requests += minute.requestsAt(age);
            tokens += minute.tokensAt(age);
            if (savedSecond(second) == second && (requests != 0 || tokens != 0)) {
                out.add(new ProviderState.Recent(second, requests, tokens));
                requests = 0;
                tokens = 0;
            }
        }
        return out;
    }

    /** The second under which {@link #recent} saves what this reservation counted. */
    public long savedSecond(Ticket ticket) {
        return savedSecond(minute.head() - (minute.tick() - ticket.tick()));
    }

    private long savedSecond(long second) {
        long end = Math.floorDiv(second, (long) SAVED_BUCKET_SECONDS) * SAVED_BUCKET_SECONDS + SAVED_BUCKET_SECONDS - 1;
        return Math.min(end, minute.head());
    }

    boolean isIdle() {
        return inFlight == 0
                && minute.requestSum() == 0
                && minute.tokenSum() == 0
                && dayRequests == 0
                && dayTokens == 0;
    }

    int inFlight() {
        return inFlight;
    }

    /** The UTC day since 1970 that the day's counts belong to. */
    public long day() {
        return day;
    }

    /** Requests of the last minute. */
    public long rpm() {
        return minute.requestSum();
    }

    /** Requests of this UTC day. */
    public long rpd() {
        return dayRequests;
    }

    /** Tokens of the last minute. */
    public long tpm() {
        return minute.tokenSum();
    }

    /** Tokens of this UTC day. */
    public long tpd() {
        return dayTokens;
    }
}
