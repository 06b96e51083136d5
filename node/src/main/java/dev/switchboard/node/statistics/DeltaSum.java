package dev.switchboard.node.statistics;

import dev.switchboard.protocol.domain.ModelRef;
import dev.switchboard.protocol.statistics.StatisticsCommand.BucketDelta;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Deltas waiting to go somewhere, summed by model and hour: as large as the models and hours touched, not the traffic. */
final class DeltaSum {
    private final Map<Cell, BucketDelta> cells = new HashMap<>();

    void add(BucketDelta delta) {
        cells.merge(new Cell(delta.model(), delta.hour()), delta, Deltas::plus);
    }

    void addAll(Collection<BucketDelta> deltas) {
        deltas.forEach(this::add);
    }

    boolean isEmpty() {
        return cells.isEmpty();
    }

    /** The sums so far; they stay. */
    List<BucketDelta> peek() {
        return List.copyOf(cells.values());
    }

    /** Takes the sums out. */
    List<BucketDelta> drain() {
        List<BucketDelta> all = new ArrayList<>(cells.values());
        cells.clear();
        return all;
    }

    private record Cell(ModelRef model, long hour) {}
}
