package dev.switchboard.node.simulator;

import java.time.Duration;
import java.util.List;
import java.util.Set;

/**
 * How a simulator runs.
 *
 * @param host address to bind, a loopback one
 * @param port port to bind, 0 for any free one
 * @param models ids in its model lists; every other id is answered too
 * @param keyless platforms that need no key
 * @param loremPace wait between two words of the model {@code lorem}, zero or more
 * @param seed start of the dice for fault probabilities
 * @param journalCapacity requests the journal remembers, at least 1
 * @param maxBodyBytes largest request body, in bytes
 */
public record SimulatorSettings(
        String host,
        int port,
        List<String> models,
        Set<String> keyless,
        Duration loremPace,
        long seed,
        int journalCapacity,
        long maxBodyBytes) {

    /** Copies its lists and refuses numbers out of range. */
    public SimulatorSettings {
        models = List.copyOf(models);
        keyless = Set.copyOf(keyless);
        if (port < 0 || port > 65535) {
            throw new IllegalArgumentException("port must be 0 to 65535, not " + port);
        }
        if (journalCapacity < 1) {
            throw new IllegalArgumentException("journalCapacity must be at least 1, not " + journalCapacity);
        }
        if (loremPace.isNegative()) {
            throw new IllegalArgumentException("loremPace must not be negative: " + loremPace);
        }
    }

    /** Loopback, any free port. */
    public static SimulatorSettings defaults() {
        return new SimulatorSettings(
                "127.0.0.1",
                0,
                List.of("echo", "lorem", "reasoner"),
                Set.of("demo", "kilo", "ovh"),
                Duration.ofMillis(30),
                42,
                2_000,
                64L * 1024 * 1024);
    }

    /** Another address. */
    public SimulatorSettings withAddress(String newHost, int newPort) {
        return new SimulatorSettings(newHost, newPort, models, keyless, loremPace, seed, journalCapacity, maxBodyBytes);
    }

    /** Another pace of the model {@code lorem}. */
    public SimulatorSettings withLoremPace(Duration pace) {
        return new SimulatorSettings(host, port, models, keyless, pace, seed, journalCapacity, maxBodyBytes);
    }

    /** Another length of the journal. */
    public SimulatorSettings withJournalCapacity(int requests) {
        return new SimulatorSettings(host, port, models, keyless, loremPace, seed, requests, maxBodyBytes);
    }

    /** Another set of platforms without key. */
    public SimulatorSettings withKeyless(Set<String> platforms) {
        return new SimulatorSettings(host, port, models, platforms, loremPace, seed, journalCapacity, maxBodyBytes);
    }
}
