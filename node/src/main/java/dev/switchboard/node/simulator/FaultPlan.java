package dev.switchboard.node.simulator;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * The faults on order, in order: the first rule that matches a request, has times left and wins its roll decides.
 * Thread-safe.
 */
public final class FaultPlan {
    private final List<Armed> armed = new ArrayList<>();
    private Random random;
    private volatile boolean empty = true;

    FaultPlan(long seed) {
        this.random = new Random(seed);
    }

    /** Puts a rule behind those already there. */
    public synchronized FaultPlan add(FaultRule rule) {
        armed.add(new Armed(rule));
        empty = false;
        return this;
    }

    /** Drops all rules and takes these instead. */
    public synchronized void replace(List<FaultRule> rules) {
        clear();
        rules.forEach(this::add);
    }

    /** Drops all rules. */
    public synchronized void clear() {
        armed.clear();
        empty = true;
    }

    /** Starts the dice for {@link FaultRule#probability} anew. */
    public synchronized void seed(long seed) {
        random = new Random(seed);
    }

    /** The rules that still have times left, each with the number left. */
    public synchronized List<FaultRule> rules() {
        return armed.stream().map(each -> each.rule.times(each.left)).toList();
    }

    /** The fault for one request; uses up one time of the rule it came from. */
    Fault next(FaultRule.On kind, String platform, String model, String key) {
        return empty ? Fault.NONE : roll(kind, platform, model, key);
    }

    private synchronized Fault roll(FaultRule.On kind, String platform, String model, String key) {
        for (Armed each : armed) {
            FaultRule rule = each.rule;
            if (rule.matches(kind, platform, model, key)
                    && (rule.probability() >= 1 || random.nextDouble() < rule.probability())) {
                use(each);
                return rule.fault();
            }
        }
        return Fault.NONE;
    }

    private synchronized void use(Armed used) {
        if (used.rule.times() != FaultRule.FOREVER && --used.left == 0) {
            armed.remove(used);
            empty = armed.isEmpty();
        }
    }

    /** A rule and how often it may still hit. */
    private static final class Armed {
        private final FaultRule rule;
        private int left;

        private Armed(FaultRule rule) {
            this.rule = rule;
            this.left = rule.times();
        }
    }
}
