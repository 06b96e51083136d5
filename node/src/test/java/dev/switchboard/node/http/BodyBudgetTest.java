package dev.switchboard.node.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

class BodyBudgetTest {
    private final BodyBudget budget = new BodyBudget(60, 100);

    @Test
    void whatDoesNotFitIsRefusedAndTakesNothing() {
        assertThat(budget.share().grow(60)).isTrue();
        BodyBudget.Share second = budget.share();
        assertThat(second.grow(41)).isFalse();
        assertThat(second.grow(40)).isTrue();
        assertThat(budget.held()).isEqualTo(100);
        assertThat(budget.refused()).isEqualTo(1);
    }

    @Test
    void aReleasedShareGivesAllBackOnceAndTakesNothingMore() {
        BodyBudget.Share share = budget.share();
        share.grow(30);
        share.grow(20);
        share.release();
        share.release();
        assertThat(budget.held()).isZero();
        assertThat(share.grow(1)).isFalse();
        assertThat(share.force(1)).isFalse();
        assertThat(budget.held()).isZero();
    }

    @Test
    void aRequestThatIsAloneAlwaysFits() {
        BodyBudget.Share alone = budget.share();
        assertThat(alone.grow(60)).isTrue();
        assertThat(alone.grow(60)).isTrue();
        assertThat(budget.share().grow(1)).isFalse();
    }

    @Test
    void operatorsGetInWhileTheNodeIsFull() {
        budget.share().grow(100);
        BodyBudget.Share operator = budget.share();
        assertThat(operator.force(50)).isTrue();
        assertThat(budget.held()).isEqualTo(150);
        operator.release();
        assertThat(budget.held()).isEqualTo(100);
    }

    @Test
    void manyThreadsNeverTakeMoreThanThereIsAndLeaveNothing() throws Exception {
        BodyBudget small = new BodyBudget(10, 25);
        ExecutorService threads = Executors.newFixedThreadPool(4);
        try {
            List<Future<Integer>> taken = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                taken.add(threads.submit(() -> {
                    int fitted = 0;
                    for (int round = 0; round < 20_000; round++) {
                        BodyBudget.Share share = small.share();
                        fitted += share.grow(10) ? 1 : 0;
                        share.release();
                    }
                    return fitted;
                }));
            }
            for (Future<Integer> each : taken) {
                assertThat(each.get()).isPositive();
            }
        } finally {
            threads.shutdownNow();
        }
        assertThat(small.held()).isZero();
    }
}
