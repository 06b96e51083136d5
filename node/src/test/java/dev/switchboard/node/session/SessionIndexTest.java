package dev.switchboard.node.session;

import static org.assertj.core.api.Assertions.assertThat;

import dev.switchboard.node.persistence.TestClock;
import dev.switchboard.protocol.domain.KeyId;
import dev.switchboard.protocol.domain.Mode;
import dev.switchboard.protocol.domain.ModelRef;
import dev.switchboard.protocol.domain.SessionKey;
import dev.switchboard.protocol.session.SessionSummary;
import java.util.List;
import org.junit.jupiter.api.Test;

class SessionIndexTest {
    private final TestClock clock = new TestClock();
    private final SessionIndex index = new SessionIndex("127.0.0.1:25520", clock);

    private void put(String key, Mode mode, String model, int second) {
        index.put(
                new SessionKey(key),
                SessionState.EMPTY
                        .opened(mode, clock.instant().plusSeconds(second))
                        .succeeded(ModelRef.parse(model), new KeyId("k"), true, clock.instant()));
    }

    private List<String> found(String query, int limit) {
        return index.search(query, limit).stream()
                .map(SessionSummary::key)
                .map(SessionKey::value)
                .toList();
    }

    @Test
    void newestFirstWithinTheLimit() {
        put("a", Mode.BALANCED, "alpha/one", 1);
        put("b", Mode.BALANCED, "beta/two", 3);
        put("c", Mode.SMART, "beta/three", 2);
        assertThat(found("", 10)).containsExactly("b", "c", "a");
        assertThat(found("", 2)).containsExactly("b", "c");
        assertThat(index.count()).isEqualTo(3);
    }

    @Test
    void searchesKeyModelPlatformAndMode() {
        put("key-a", Mode.BALANCED, "alpha/One", 1);
        put("key-b", Mode.SMART, "beta/two", 2);
        assertThat(found("KEY-A", 10)).containsExactly("key-a");
        assertThat(found("one", 10)).containsExactly("key-a");
        assertThat(found("beta", 10)).containsExactly("key-b");
        assertThat(found("smart", 10)).containsExactly("key-b");
        assertThat(found("nothing", 10)).isEmpty();
    }

    @Test
    void removedSessionsAreGone() {
        put("a", Mode.BALANCED, "alpha/one", 1);
        index.remove(new SessionKey("a"));
        assertThat(found("", 10)).isEmpty();
        assertThat(index.search("", 10)).isEmpty();
    }

    @Test
    void summariesNameThisNode() {
        put("a", Mode.FAST, "alpha/one", 1);
        assertThat(index.search("", 1).get(0).node()).isEqualTo("127.0.0.1:25520");
        assertThat(index.search("", 1).get(0).mode()).isEqualTo(Mode.FAST);
    }
}
