package dev.switchboard.node.directory;

import static dev.switchboard.node.directory.Fixtures.FAST;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import akka.actor.testkit.typed.javadsl.ActorTestKit;
import akka.cluster.MemberStatus;
import akka.cluster.typed.Cluster;
import akka.cluster.typed.Join;
import akka.cluster.typed.Leave;
import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import dev.switchboard.node.persistence.DatabaseConfig;
import dev.switchboard.node.persistence.TestDatabases;
import dev.switchboard.node.settings.Settings.Bootstrap;
import dev.switchboard.protocol.directory.ChangeReply;
import dev.switchboard.protocol.directory.DirectoryChange;
import dev.switchboard.protocol.directory.DirectorySnapshot;
import dev.switchboard.protocol.directory.Model;
import dev.switchboard.protocol.directory.Platform;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;

/** Two nodes in one JVM over one database. */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class DirectoryClusterTest {
    private static final Duration KNOWN_EVERYWHERE = Duration.ofSeconds(1);
    private static ActorTestKit one;
    private static ActorTestKit two;
    private static Directory first;
    private static Directory second;

    @BeforeAll
    static void start() throws Exception {
        DatabaseConfig database = TestDatabases.fresh(DatabaseConfig.Kind.H2);
        Config config = ConfigFactory.parseString(
                        """
                        akka.actor.provider = cluster
                        akka.remote.artery.canonical { hostname = "127.0.0.1", port = 0 }
                        akka.cluster {
                          downing-provider-class = "akka.cluster.sbr.SplitBrainResolverProvider"
                          gossip-interval = 200ms
                          leader-actions-interval = 200ms
                          jmx.enabled = off
                          singleton.hand-over-retry-interval = 300ms
                          singleton-proxy.singleton-identification-interval = 300ms
                        }
                        """)
                .withFallback(TestDatabases.systemConfig(database));
        one = ActorTestKit.create("pair", config);
        two = ActorTestKit.create("pair", config);
        Cluster seed = Cluster.get(one.system());
        seed.manager().tell(Join.create(seed.selfMember().address()));
        Cluster.get(two.system()).manager().tell(Join.create(seed.selfMember().address()));
        await().atMost(Duration.ofSeconds(30)).until(() -> sees(one, 2) && sees(two, 2));
        Catalog catalog = DemoPlatform.addTo(Fixtures.catalog("2026-11-1"));
        DirectorySetup setup =
                Fixtures.setup(Fixtures.settings(true, Bootstrap.NONE, null, null), Fixtures.VAULT, catalog);
        first = Directory.start(one.system(), setup, "http://127.0.0.1:1/v1");
        second = Directory.start(two.system(), setup, "http://127.0.0.1:2/v1");
        get(first.ready());
        get(second.ready());
    }

    @AfterAll
    static void stop() {
        two.shutdownTestKit();
        one.shutdownTestKit();
    }

    @Test
    @Order(2)
    void aChangeThroughOneNodeIsKnownOnTheOtherAndOutlivesTheOwner() throws Exception {
        BlockingQueue<DirectorySnapshot> seen = new LinkedBlockingQueue<>();
        first.addListener(seen::add);
        assertThat(get(second.change(renamed("Through two"), "admin"))).isInstanceOf(ChangeReply.Accepted.class);
        assertThat(second.snapshot().model(FAST)).extracting(Model::name).isEqualTo("Through two");
        DirectorySnapshot there = seen.poll(KNOWN_EVERYWHERE.toMillis(), TimeUnit.MILLISECONDS);
        assertThat(there).isNotNull();
        assertThat(there.model(FAST)).extracting(Model::name).isEqualTo("Through two");

        second.addListener(seen::add);
        seen.clear();
        get(first.change(renamed("Through one"), "admin"));
        assertThat(seen.poll(KNOWN_EVERYWHERE.toMillis(), TimeUnit.MILLISECONDS))
                .isNotNull();
        assertThat(seen.poll(KNOWN_EVERYWHERE.toMillis(), TimeUnit.MILLISECONDS))
                .isNotNull();
        assertThat(second.snapshot().version()).isEqualTo(first.snapshot().version());
        assertThat(demoOf(first)).isEqualTo("http://127.0.0.1:1/v1");
        assertThat(demoOf(second)).isEqualTo("http://127.0.0.1:2/v1");

        String apiKey = second.secrets().apiKey(second.snapshot());
        Cluster.get(one.system())
                .manager()
                .tell(Leave.create(Cluster.get(one.system()).selfMember().address()));
        await().atMost(Duration.ofSeconds(30)).until(() -> sees(two, 1));
        await().atMost(Duration.ofSeconds(30))
                .ignoreExceptions()
                .until(() -> get(second.change(renamed("Alone"), "admin")) instanceof ChangeReply.Accepted);
        await().atMost(Duration.ofSeconds(10)).until(() -> nameOf(second).equals("Alone"));
        assertThat(second.secrets().apiKey(second.snapshot())).isEqualTo(apiKey);
    }

    /** Runs first, while both nodes are there. */
    @Test
    @Order(1)
    void anAcceptedChangeIsReadOnTheOtherNodeAtOnce() throws Exception {
        for (int i = 0; i < 40; i++) {
            String name = "Name " + i;
            boolean throughFirst = i % 2 == 0;
            get((throughFirst ? first : second).change(renamed(name), "admin"));
            assertThat(nameOf(throughFirst ? second : first)).isEqualTo(name);
        }
    }

    private static String demoOf(Directory directory) {
        Platform demo = directory.snapshot().platform(DemoPlatform.ID);
        return demo == null ? "absent" : demo.baseUrl();
    }

    private static String nameOf(Directory directory) {
        Model row = directory.snapshot().model(FAST);
        return row == null ? "absent" : row.name();
    }

    private static DirectoryChange renamed(String name) {
        return new DirectoryChange.PatchModel(FAST, name, null, null, null, null, null, null, null);
    }

    private static boolean sees(ActorTestKit kit, int members) {
        var state = Cluster.get(kit.system()).state();
        return StreamSupport.stream(state.getMembers().spliterator(), false)
                                .filter(member -> member.status().equals(MemberStatus.up()))
                                .count()
                        == members
                && StreamSupport.stream(state.getMembers().spliterator(), false).count() == members;
    }

    private static <T> T get(CompletionStage<T> stage) throws Exception {
        return stage.toCompletableFuture().get(30, TimeUnit.SECONDS);
    }
}
