package dev.switchboard.node.directory;

import dev.switchboard.protocol.directory.DirectoryChange.Place;
import dev.switchboard.protocol.directory.Model;
import dev.switchboard.protocol.domain.ModelRef;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * New places in the fallback chain. A named model with a priority gets exactly that one. Two or more named without one
 * come first, in the order of the list; a single one keeps its place, for one name is no order. The other models keep
 * their priority, and move behind only where it is taken.
 */
final class Chain {
    private final Rows rows;
    private final Map<ModelRef, Integer> chosen;
    private final Map<ModelRef, Place> places = new HashMap<>();
    private final Map<ModelRef, Integer> priorities = new HashMap<>();
    private final Set<Integer> taken = new HashSet<>();

    private Chain(DirectoryState state) {
        rows = Rows.of(state);
        chosen = state.choices().priorities();
    }

    /** What changes, in the order of the new chain's computation; throws {@link Refusal} for a bad list. */
    static List<Fact.Link> rechain(DirectoryState state, List<Place> places) {
        Chain chain = new Chain(state);
        places.forEach(chain::accept);
        chain.moveOthers(chain.leadWith(places));
        return chain.changes();
    }

    private void accept(Place place) {
        ModelRef ref = place.ref();
        if (!rows.models().containsKey(ref)) {
            throw Refusal.invalid("model", "is unknown: " + ref);
        }
        if (places.put(ref, place) != null) {
            throw Refusal.invalid("model", "is named twice: " + ref);
        }
        Checks.priority(place.priority());
        if (place.priority() != null) {
            priorities.put(ref, place.priority());
            taken.add(place.priority());
        }
    }

    /** Numbers the named models that have no priority; answers the last number given. */
    private int leadWith(List<Place> list) {
        List<Place> unplaced =
                list.stream().filter(place -> place.priority() == null).toList();
        int last = 0;
        if (unplaced.size() > 1) {
            for (Place place : unplaced) {
                last = free(last + 1);
                priorities.put(place.ref(), last);
                taken.add(last);
            }
        }
        return last;
    }

    private void moveOthers(int behind) {
        int last = behind;
        for (ModelRef ref : rows.chain()) {
            Model row = rows.models().get(ref);
            if (row != null && !priorities.containsKey(ref)) {
                last = free(Math.max(row.priority(), last + 1));
                priorities.put(ref, last);
            }
        }
    }

    private int free(int from) {
        int number = from;
        while (taken.contains(number)) {
            number++;
        }
        return number;
    }

    private List<Fact.Link> changes() {
        List<Fact.Link> links = new ArrayList<>();
        rows.models().forEach((ref, row) -> {
            Integer priority = priorities.get(ref);
            Place place = places.get(ref);
            Boolean enabled = place == null ? null : place.enabled();
            // What was chosen is behind where it is shared: it is put down anew, or it would come back when the number
            // is free.
            Integer moved = chosen.getOrDefault(ref, row.priority()).equals(priority) ? null : priority;
            Boolean switched = enabled == null || enabled == row.enabled() ? null : enabled;
            Integer exact = place == null ? null : place.priority();
            if (moved != null || switched != null || exact != null) {
                links.add(new Fact.Link(ref, exact == null ? moved : exact, switched));
            }
        });
        return links;
    }
}
