package dev.switchboard.node.provider;

import static dev.switchboard.node.provider.World.ALPHA;
import static dev.switchboard.node.provider.World.K1;
import static dev.switchboard.node.provider.World.LARGE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import akka.actor.testkit.typed.javadsl.ActorTestKit;
import akka.actor.testkit.typed.javadsl.TestProbe;
import akka.actor.typed.ActorRef;
import akka.actor.typed.javadsl.Behaviors;
import com.zaxxer.hikari.HikariDataSource;
import dev.switchboard.node.persistence.DatabaseConfig;
import dev.switchboard.node.persistence.JdbcStateStore;
import dev.switchboard.node.persistence.TestDatabases;
import dev.switchboard.node.sharding.Entities;
import dev.switchboard.protocol.domain.Limits;
import dev.switchboard.protocol.provider.LeaseReply;
import dev.switchboard.protocol.provider.LeaseReply.Reason;
import dev.switchboard.protocol.provider.ProviderCommand;
import dev.switchboard.protocol.provider.ProviderReport;
import dev.switchboard.protocol.turn.TurnMessage;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.time.Duration;
import java.time.ZoneOffset;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The owner of a platform on real databases. */
abstract class ProviderStoreContract {
    private static final Duration LONG = Duration.ofSeconds(20);

    private final World world = new World();
    private final Clock noon = Clock.fixed(World.START, ZoneOffset.UTC);
    private final ActorTestKit kit;
    private final DatabaseConfig database;
    private final TestProbe<LeaseReply> replies;
    private final ActorRef<TurnMessage> turn;

    ProviderStoreContract(DatabaseConfig.Kind kind) {
        database = TestDatabases.fresh(kind);
        kit = ActorTestKit.create("provider", TestDatabases.systemConfig(database));
        replies = kit.createTestProbe(LeaseReply.class);
        turn = kit.spawn(Behaviors.<TurnMessage>ignore());
        world.directory = World.directory(new Limits(null, 2L, null, 100L), K1);
    }

    @AfterEach
    void stop() {
        kit.shutdownTestKit();
    }

    private ActorRef<ProviderCommand> owner() {
        return kit.spawn(ProviderActor.create(
                ALPHA,
                new ProviderSetup(
                        noon,
                        () -> world.directory,
                        () -> world.cooldowns,
                        () -> World.RESERVATION,
                        new JdbcStateStore<>(kit.system(), ProviderState.class),
                        new Entities<>(
                                id -> kit.<ProviderCommand>createTestProbe().ref()),
                        call -> {})));
    }

    private LeaseReply acquire(ActorRef<ProviderCommand> owner, World.Ask ask) {
        owner.tell(ask.owner(turn).to(replies.ref()));
        return replies.receiveMessage(LONG);
    }

    private void complete(ActorRef<ProviderCommand> owner, long tokens) {
        LeaseReply lease = acquire(owner, world.ask().alone());
        assertThat(lease).isInstanceOf(LeaseReply.Granted.class);
        owner.tell(new ProviderCommand.Settle(lease.lease(), World.completed(tokens)));
    }

    private ProviderReport report(ActorRef<ProviderCommand> owner) {
        TestProbe<ProviderReport> probe = kit.createTestProbe(ProviderReport.class);
        owner.tell(new ProviderCommand.Inspect(probe.ref()));
        return probe.receiveMessage(LONG);
    }

    private void stopAndAwait(ActorRef<ProviderCommand> owner) {
        owner.tell(ProviderCommand.Stop.INSTANCE);
        replies.expectTerminated(owner, LONG);
    }

    private int sql(String statement) throws SQLException {
        try (HikariDataSource pool = database.openPool("test", 1);
                Connection connection = pool.getConnection();
                Statement run = connection.createStatement()) {
            return run.executeUpdate(statement);
        }
    }

    @Test
    void dailyCountsAndReservationSurviveARestart() {
        ActorRef<ProviderCommand> first = owner();
        complete(first, 40);
        stopAndAwait(first);
        ActorRef<ProviderCommand> second = owner();
        complete(second, 50);
        stopAndAwait(second);
        ActorRef<ProviderCommand> third = owner();
        assertThat(report(third).windows()).containsExactly(new ProviderReport.WindowUse(LARGE, K1, 2, 2, 90, 90));
        assertThat(acquire(third, world.ask().tokens(1)))
                .isInstanceOfSatisfying(LeaseReply.Denied.class, denied -> assertThat(denied.reason())
                        .isEqualTo(Reason.RPD));
        assertThat(acquire(third, world.ask().alone().session("other")))
                .isInstanceOfSatisfying(LeaseReply.Denied.class, denied -> assertThat(denied.reason())
                        .isEqualTo(Reason.RESERVED));
    }

    @Test
    void whatWasWrittenBehindSurvivesACrash() {
        ActorRef<ProviderCommand> first = owner();
        complete(first, 40);
        await().atMost(LONG).until(() -> sql("UPDATE durable_state SET revision = revision") == 1);
        kit.stop(first);
        assertThat(report(owner()).windows())
                .singleElement()
                .extracting(ProviderReport.WindowUse::rpd)
                .isEqualTo(1L);
    }

    @Test
    void anUnreadableRowStopsTheOwnerAndIsKept() throws SQLException {
        ActorRef<ProviderCommand> first = owner();
        complete(first, 40);
        stopAndAwait(first);
        assertThat(sql("UPDATE durable_state SET state_serial_manifest = 'x.Unknown'"))
                .isEqualTo(1);
        replies.expectTerminated(owner(), LONG);
        assertThat(sql("UPDATE durable_state SET state_serial_manifest = 'x.Unknown' WHERE revision = 2"))
                .isEqualTo(1);
    }
}
