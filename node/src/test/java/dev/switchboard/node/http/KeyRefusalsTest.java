package dev.switchboard.node.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.switchboard.node.persistence.TestClock;
import dev.switchboard.protocol.directory.DirectorySnapshot;
import dev.switchboard.protocol.domain.ApiKeyId;
import dev.switchboard.protocol.domain.SessionKey;
import dev.switchboard.protocol.statistics.StatisticsCommand;
import dev.switchboard.protocol.statistics.StatisticsCommand.RequestEnded;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class KeyRefusalsTest {
    private static final ApiKeyId KEY = new ApiKeyId("0123456789ab");
    private final List<StatisticsCommand> rows = new ArrayList<>();
    private final TestClock clock = new TestClock();
    private final KeyRefusals refusals = new KeyRefusals(rows::add, () -> DirectorySnapshot.EMPTY, clock);

    private static ApiError limit(ApiKeyId key) {
        return ApiError.overloaded("the limit", 1).because(new KeyRefusal(key, KeyRefusal.Reason.LIMIT, "auto"));
    }

    @Test
    void aFloodOfOneKeyIsARowInTenSecondsThatSaysHowManyThereWere() {
        for (int i = 0; i < 1_000; i++) {
            refusals.note(limit(KEY), "r" + i);
        }
        assertThat(rows).hasSize(1);
        clock.advance(KeyRefusals.ROW_EVERY);
        refusals.note(limit(KEY), "later");
        assertThat(rows).hasSize(2);
        RequestEnded later = (RequestEnded) rows.get(1);
        assertThat(later.requestId()).isEqualTo("later");
        assertThat(later.requested()).isEqualTo("auto");
        assertThat(later.session()).isEqualTo(SessionKey.NONE);
        assertThat(later.message()).contains(KEY.value(), "the limit", "999 more");
        assertThat(refusals.counts().get("limit").sum()).isEqualTo(1_001);
    }

    @Test
    void keysAndReasonsDoNotHideEachOther() {
        refusals.note(limit(KEY), "a");
        refusals.note(limit(new ApiKeyId("ba9876543210")), "b");
        refusals.note(
                ApiError.unauthorized("expired").because(new KeyRefusal(KEY, KeyRefusal.Reason.EXPIRED, "")), "c");
        assertThat(rows).extracting(row -> ((RequestEnded) row).requestId()).containsExactly("a", "b", "c");
    }

    @Test
    void whatIsNoKeysRuleIsNoRow() {
        refusals.note(AccessKeys.wrongKey(), "stranger");
        assertThat(rows).isEmpty();
        assertThat(refusals.counts().values()).allMatch(count -> count.sum() == 0);
    }
}
