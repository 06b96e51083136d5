package dev.switchboard.node.directory;

import static org.assertj.core.api.Assertions.assertThat;

import dev.switchboard.protocol.directory.DirectoryChange.Place;
import dev.switchboard.protocol.directory.DirectoryChange.Rechain;
import dev.switchboard.protocol.domain.ModelRef;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

class ChainPropertyTest {
    @Property(tries = 200)
    void aListGoesAheadAndTheOthersKeepTheirOrder(@ForAll @IntRange(min = 2, max = 40) int size, @ForAll long seed) {
        DirectoryState state = ChainTest.chainOf(size);
        Random random = new Random(seed);
        for (int round = 0; round < 3; round++) {
            List<ModelRef> before = ChainTest.chain(state);
            List<ModelRef> named = new ArrayList<>(before);
            Collections.shuffle(named, random);
            named = named.subList(0, 2 + random.nextInt(size - 1));
            Rechain change = new Rechain(
                    named.stream().map(ref -> new Place(ref, null, null)).toList());
            if (Changes.decide(state, change) instanceof Decision.Happens) {
                state = Fixtures.after(state, change);
            }
            List<ModelRef> expected = new ArrayList<>(named);
            before.stream().filter(ref -> !expected.contains(ref)).forEach(expected::add);
            assertThat(ChainTest.chain(state)).isEqualTo(expected);
            assertThat(ChainTest.priorities(state)).doesNotHaveDuplicates();
        }
    }
}
