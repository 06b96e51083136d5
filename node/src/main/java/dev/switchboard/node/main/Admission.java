package dev.switchboard.node.main;

import dev.switchboard.node.persistence.MemberRegister.Entry;
import dev.switchboard.node.settings.Settings;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Whether a node may run beside those that use the same database, and whom it joins; pure. */
final class Admission {
    private static final Pattern RELEASE = Pattern.compile("(\\d+)\\.(\\d+)\\..*");

    private Admission() {}

    /** Why {@code own} must not run beside {@code live}, as one line that names the setting; empty where it may. */
    static Optional<String> refusal(Settings.Cluster cluster, Entry own, List<Entry> live) {
        for (Entry other : others(own, live)) {
            if (!other.cluster().equals(own.cluster())) {
                return Optional.of("switchboard.cluster.name = " + own.cluster()
                        + ": the database is in use by cluster " + other.cluster() + " (node " + other.address() + ")");
            }
            if (!readEachOther(own, other)) {
                return Optional.of("switchboard.encryption-key: is not the one of node " + other.address()
                        + ", which uses the same database; give every node the same ENCRYPTION_KEY");
            }
            if (!adjacent(own.version(), other.version())) {
                return Optional.of("version " + own.version() + " cannot run beside version " + other.version()
                        + " of node " + other.address() + ": upgrade one minor version at a time");
            }
            if (cluster.seedNodes().isEmpty() && cluster.discovery() == null) {
                return Optional.of("switchboard.cluster.seed-nodes is empty, but node " + other.address()
                        + " uses the same database: name the seeds, the same on every node");
            }
        }
        return Optional.empty();
    }

    /** Each can read what the other writes; so a new key is made known everywhere before it is written with. */
    private static boolean readEachOther(Entry one, Entry two) {
        return one.encryptionKeys().contains(two.encryptionKeys().get(0))
                && two.encryptionKeys().contains(one.encryptionKeys().get(0));
    }

    /** The same major version, and minor versions at most one apart; a build without a version runs beside any. */
    private static boolean adjacent(String one, String two) {
        Matcher a = RELEASE.matcher(one);
        Matcher b = RELEASE.matcher(two);
        if (!a.matches() || !b.matches()) {
            return true;
        }
        return a.group(1).equals(b.group(1))
                && Math.abs(Integer.parseInt(a.group(2)) - Integer.parseInt(b.group(2))) <= 1;
    }

    private static List<Entry> others(Entry own, List<Entry> live) {
        return live.stream()
                .filter(entry -> !entry.address().equals(own.address()))
                .toList();
    }

    /**
     * Whom to ask, in this order. The first may form a cluster alone when nobody answers, so a node is never the first
     * itself while others are known to live: behind a partition it would begin a second cluster.
     */
    static List<String> seeds(List<String> seeds, Entry own, List<Entry> live) {
        List<Entry> others = others(own, live);
        if (others.isEmpty()) {
            return seeds;
        }
        List<String> order = new ArrayList<>();
        others.forEach(entry -> order.add(entry.address()));
        seeds.stream()
                .filter(seed -> !seed.equals(own.address()) && !order.contains(seed))
                .forEach(order::add);
        if (seeds.contains(own.address())) {
            order.add(own.address());
        }
        return order;
    }
}
