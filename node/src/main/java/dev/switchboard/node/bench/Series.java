package dev.switchboard.node.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.function.ToDoubleFunction;

/** The rounds of one target. */
final class Series {
    /** One round: what the client saw and the CPU the target took, in microseconds a request. */
    record Round(Load.Result seen, double cpuMicros) {}

    private final List<Round> rounds = new ArrayList<>();

    void add(Load.Result seen, long cpuMicros) {
        rounds.add(new Round(seen, cpuMicros / (double) Math.max(1, seen.requests())));
    }

    double median(ToDoubleFunction<Round> figure) {
        return Lab.median(rounds.stream().map(figure::applyAsDouble).toList());
    }

    double rate() {
        return median(round -> round.seen().rate());
    }

    double p50() {
        return median(round -> round.seen().p50());
    }

    double p99() {
        return median(round -> round.seen().p99());
    }

    double cpu() {
        return median(Round::cpuMicros);
    }

    long errors() {
        return rounds.stream().mapToLong(round -> round.seen().errors()).sum();
    }
}
