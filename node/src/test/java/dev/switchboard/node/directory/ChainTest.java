package dev.switchboard.node.directory;

import static org.assertj.core.api.Assertions.assertThat;

import dev.switchboard.node.settings.Settings.Bootstrap;
import dev.switchboard.protocol.directory.ChangeReply;
import dev.switchboard.protocol.directory.DirectoryChange;
import dev.switchboard.protocol.directory.DirectoryChange.Place;
import dev.switchboard.protocol.directory.DirectoryChange.Rechain;
import dev.switchboard.protocol.directory.Model;
import dev.switchboard.protocol.directory.Origin;
import dev.switchboard.protocol.domain.ModelRef;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ChainTest {
    @Test
    void beginsByRankThenByTheOrderOfTheFile() {
        DirectoryState state = Fixtures.started(Fixtures.setup(Bootstrap.NONE));
        assertThat(chain(state)).containsExactly(Fixtures.LARGE, Fixtures.FAST);
        DirectoryState same = ranked(List.of(3, 1, 3, 2));
        assertThat(chain(same)).containsExactly(ref(1), ref(3), ref(0), ref(2));
        assertThat(priorities(same)).containsExactly(1, 2, 3, 4);
    }

    @Test
    void theOrderOfTheListCountsAndTheOthersFollow() {
        DirectoryState state = Fixtures.after(chainOf(5), rechain(place(3, null), place(1, null)));
        assertThat(chain(state)).containsExactly(ref(3), ref(1), ref(0), ref(2), ref(4));
    }

    @Test
    void aGivenPriorityIsKeptExactlyAndOthersMoveOnlyWhereItIsTaken() {
        DirectoryState state = Fixtures.after(chainOf(5), rechain(place(4, 2)));
        assertThat(chain(state)).containsExactly(ref(0), ref(4), ref(1), ref(2), ref(3));
        assertThat(priorities(state)).containsExactly(1, 2, 3, 4, 5);

        DirectoryState wide = Fixtures.after(chainOf(3), rechain(place(0, 30), place(1, 10), place(2, 20)));
        assertThat(chain(wide)).containsExactly(ref(1), ref(2), ref(0));
        assertThat(priorities(wide)).containsExactly(10, 20, 30);
    }

    @Test
    void aModelThatComesLaterSharesNobodysNumber() {
        DirectoryState ordered = Fixtures.after(chainOf(4), rechain(place(1, 1)));
        assertThat(chain(ordered)).containsExactly(ref(1), ref(0), ref(2), ref(3));
        DirectoryState first = Fixtures.after(ordered, add(9, 1, 0));
        assertThat(chain(first)).containsExactly(ref(1), ref(0), ref(9), ref(2), ref(3));
        assertThat(priorities(first)).containsExactly(1, 2, 3, 4, 5);
        DirectoryState asked = Fixtures.after(first, add(8, 1, 1));
        assertThat(chain(asked)).containsExactly(ref(1), ref(8), ref(0), ref(9), ref(2), ref(3));
        assertThat(priorities(asked)).doesNotHaveDuplicates();
        DirectoryState less = Fixtures.after(asked, new DirectoryChange.RemoveModel(ref(9)));
        assertThat(chain(less)).containsExactly(ref(1), ref(8), ref(0), ref(2), ref(3));
        assertThat(priorities(less)).doesNotHaveDuplicates();
    }

    @Test
    void aGivenPriorityIsKeptExactlyWhereOthersShareIt() {
        DirectoryState shared = Fixtures.after(Fixtures.after(chainOf(3), rechain(place(1, 1))), add(8, 1, 1));
        assertThat(chain(shared)).containsExactly(ref(1), ref(8), ref(0), ref(2));
        DirectoryState state = Fixtures.after(shared, rechain(place(2, 1), place(1, 9)));
        assertThat(chain(state)).containsExactly(ref(2), ref(8), ref(0), ref(1));
        assertThat(priorities(state)).containsExactly(1, 2, 3, 9);
    }

    private static DirectoryChange add(int index, int rank, int priority) {
        return new DirectoryChange.AddModel(
                Rows.withPriority(Fixtures.model(ref(index), rank, Origin.CUSTOM), priority));
    }

    @Test
    void aSingleModelWithoutPriorityKeepsItsPlace() {
        DirectoryState state = Fixtures.after(chainOf(3), new Rechain(List.of(new Place(ref(2), null, false))));
        assertThat(chain(state)).containsExactly(ref(0), ref(1), ref(2));
        assertThat(Rows.of(state).models().get(ref(2)))
                .extracting(Model::enabled)
                .isEqualTo(false);
    }

    @Test
    void badListsAreRefusedWhole() {
        DirectoryState state = chainOf(2);
        for (Rechain bad : List.of(
                rechain(place(0, null), place(7, null)),
                rechain(place(0, 1), place(0, 2)),
                rechain(place(0, 0)),
                rechain(place(1, -1)))) {
            assertThat(Changes.decide(state, bad)).isInstanceOfSatisfying(Decision.Refuses.class, refused -> assertThat(
                            refused.reply().reason())
                    .isEqualTo(ChangeReply.Reason.INVALID));
        }
    }

    @Test
    void whatIsSoAlreadyIsNoEvent() {
        DirectoryState state = Fixtures.after(chainOf(3), rechain(place(2, null), place(1, null), place(0, null)));
        assertThat(Changes.decide(state, rechain(place(2, null), place(1, null), place(0, null))))
                .isEqualTo(Decision.Unchanged.INSTANCE);
        assertThat(Changes.decide(state, new Rechain(List.of()))).isEqualTo(Decision.Unchanged.INSTANCE);
    }

    static DirectoryState chainOf(int size) {
        return ranked(IntStream.rangeClosed(1, size).boxed().toList());
    }

    private static DirectoryState ranked(List<Integer> ranks) {
        List<Model> models = new ArrayList<>();
        for (int i = 0; i < ranks.size(); i++) {
            models.add(Fixtures.model(ref(i), ranks.get(i), Origin.BUILTIN));
        }
        return DirectoryState.EMPTY.apply(Fixtures.event(
                new Fact.CatalogLoaded("2026-11-1", List.of(Fixtures.platform(Fixtures.GROQ, Origin.BUILTIN)), models),
                null));
    }

    private static ModelRef ref(int index) {
        return new ModelRef(Fixtures.GROQ, "m%02d".formatted(index));
    }

    private static Place place(int index, @Nullable Integer priority) {
        return new Place(ref(index), priority, null);
    }

    private static Rechain rechain(Place... places) {
        return new Rechain(List.of(places));
    }

    static List<ModelRef> chain(DirectoryState state) {
        return Rows.snapshot(state).models().stream().map(Model::ref).toList();
    }

    static List<Integer> priorities(DirectoryState state) {
        return Rows.snapshot(state).models().stream().map(Model::priority).toList();
    }
}
