package dev.switchboard.node.persistence;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.Connection;
import java.sql.Statement;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class MemberRegisterTest {
    private static final MemberRegister.Entry A = new MemberRegister.Entry("a:1", "blue", "0.1.0", List.of("k1", "k2"));
    private static final MemberRegister.Entry B = new MemberRegister.Entry("b:1", "blue", "0.1.0", List.of("k1"));

    @ParameterizedTest
    @EnumSource
    void membersAreKnownWhileTheySayThatTheyLive(DatabaseConfig.Kind kind) throws Exception {
        DatabaseConfig database = TestDatabases.fresh(kind);
        try (Connection open = database.connect();
                Statement statement = open.createStatement()) {
            MemberRegister register = MemberRegister.of(database);
            assertThat(register.live()).isEmpty();
            register.seen(A);
            register.seen(B);
            register.seen(A);
            assertThat(register.live()).containsExactly(A, B);

            register.gone("a:1");
            assertThat(register.live()).containsExactly(B);

            statement.execute("UPDATE cluster_member SET seen_at = seen_at - "
                    + MemberRegister.ALIVE.plusSeconds(1).toMillis());
            assertThat(register.live()).as("silent for too long").isEmpty();
            register.seen(B);
            assertThat(register.live()).containsExactly(B);

            statement.execute("UPDATE cluster_member SET seen_at = 0");
            register.seen(A);
            try (var rows = statement.executeQuery("SELECT COUNT(*) FROM cluster_member")) {
                rows.next();
                assertThat(rows.getInt(1)).as("old rows go").isEqualTo(1);
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void theDatabasesClockIsMeasured(DatabaseConfig.Kind kind) throws Exception {
        DatabaseConfig database = TestDatabases.fresh(kind);
        try (Connection open = database.connect()) {
            assertThat(open.isValid(1)).isTrue();
            MemberRegister register = MemberRegister.of(database);
            Clock system = Clock.systemUTC();
            assertThat(register.clockAhead(system).abs()).isLessThan(Duration.ofSeconds(1));
            assertThat(register.clockAhead(Clock.offset(system, Duration.ofMinutes(5)))
                            .plusMinutes(5)
                            .abs())
                    .isLessThan(Duration.ofSeconds(1));
        }
    }
}
