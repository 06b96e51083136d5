package dev.switchboard.node.provider;

import static org.assertj.core.api.Assertions.assertThat;

import dev.switchboard.protocol.domain.SessionKey;
import dev.switchboard.protocol.provider.LeaseReply;
import dev.switchboard.protocol.provider.ProviderReport;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

/** What holds for the safeguard whatever the order. */
class SafeguardPropertiesTest {
    /** Whatever the order, two sessions never hold leases of an exclusive platform at once. */
    @Property(tries = 100)
    void twelveSessionsNeverHoldLeasesTogether(@ForAll long seed) {
        World fresh = new World();
        Random random = new Random(seed);
        List<LeaseReply> open = new ArrayList<>();
        int granted = 0;
        for (int step = 0; step < 400; step++) {
            int what = random.nextInt(10);
            if (what < 6) {
                LeaseReply reply = fresh.acquire(fresh.ask().alone().session("s" + random.nextInt(12)));
                if (reply instanceof LeaseReply.Granted) {
                    open.add(reply);
                    granted++;
                }
            } else if (what < 8 && !open.isEmpty()) {
                fresh.complete(open.remove(random.nextInt(open.size())), 1);
            } else if (what == 8) {
                fresh.pass(Duration.ofSeconds(random.nextInt(300)));
            } else if (random.nextInt(5) == 0) {
                fresh.restart(random.nextBoolean());
            }
            Set<SessionKey> holders = fresh.desk.report(fresh.now).leases().stream()
                    .map(ProviderReport.Lease::session)
                    .collect(Collectors.toSet());
            assertThat(holders).hasSizeLessThanOrEqualTo(1);
        }
        assertThat(granted).isPositive();
    }
}
