package dev.switchboard.node.directory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import akka.actor.testkit.typed.javadsl.ActorTestKit;
import akka.actor.testkit.typed.javadsl.ManualTime;
import akka.actor.testkit.typed.javadsl.TestProbe;
import akka.actor.typed.ActorRef;
import dev.switchboard.node.settings.Settings.Bootstrap;
import dev.switchboard.protocol.directory.ChangeReply;
import dev.switchboard.protocol.directory.DirectoryChange;
import dev.switchboard.protocol.directory.DirectoryCommand;
import dev.switchboard.protocol.directory.DirectoryCommand.AuditEntry;
import dev.switchboard.protocol.directory.DirectoryCommand.AuditTrail;
import dev.switchboard.protocol.directory.DirectoryCommand.Change;
import dev.switchboard.protocol.directory.DirectoryCommand.ReadAudit;
import dev.switchboard.protocol.directory.DirectoryCommand.Subscribe;
import dev.switchboard.protocol.directory.DirectoryUpdate;
import dev.switchboard.protocol.directory.DirectoryUpdate.Page;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class DirectoryTest {
    private static final DirectoryChange CHANGE = new DirectoryChange.PutSettings(Map.of("a", "b"));

    private ActorTestKit kit;
    private ManualTime time;
    private TestProbe<DirectoryCommand> owner;
    private Directory directory;
    private ActorRef<DirectoryUpdate> updates;

    @BeforeEach
    void start() {
        kit = ActorTestKit.create("door", ManualTime.config().withFallback(Fixtures.serialization()));
        time = ManualTime.get(kit.system());
        owner = kit.createTestProbe();
        directory = Directory.start(kit.system(), owner.ref(), Fixtures.setup(Bootstrap.NONE), null);
        updates = owner.expectMessageClass(Subscribe.class).replica();
    }

    @AfterEach
    void stop() {
        kit.shutdownTestKit();
    }

    @Test
    void anAcceptedChangeCompletesOnceThisNodeReadsIt() throws Exception {
        CompletableFuture<ChangeReply> asked = directory.change(CHANGE, "admin").toCompletableFuture();
        owner.expectMessageClass(Change.class).replyTo().tell(new ChangeReply.Accepted(7));
        updates.tell(page(6));
        assertThatThrownBy(() -> asked.get(50, TimeUnit.MILLISECONDS)).isInstanceOf(TimeoutException.class);
        updates.tell(page(7));
        assertThat(asked.get(5, TimeUnit.SECONDS)).isEqualTo(new ChangeReply.Accepted(7));
        assertThat(directory.snapshot().version()).isEqualTo(7);
    }

    @Test
    void anAcceptedChangeDoesNotWaitForEver() throws Exception {
        CompletableFuture<ChangeReply> asked = directory.change(CHANGE, "admin").toCompletableFuture();
        owner.expectMessageClass(Change.class).replyTo().tell(new ChangeReply.Accepted(7));
        assertThatThrownBy(() -> asked.get(50, TimeUnit.MILLISECONDS)).isInstanceOf(TimeoutException.class);
        time.timePasses(Duration.ofSeconds(6));
        assertThat(asked.get(5, TimeUnit.SECONDS)).isEqualTo(new ChangeReply.Accepted(7));
    }

    @Test
    void aRefusalComesBackAtOnceAndASilentOwnerIsATimeout() throws Exception {
        ChangeReply.Refused refused = new ChangeReply.Refused(ChangeReply.Reason.INVALID, "no", "field");
        CompletableFuture<ChangeReply> asked = directory.change(CHANGE, "admin").toCompletableFuture();
        owner.expectMessageClass(Change.class).replyTo().tell(refused);
        assertThat(asked.get(5, TimeUnit.SECONDS)).isEqualTo(refused);

        CompletableFuture<ChangeReply> unheard =
                directory.change(CHANGE, "admin").toCompletableFuture();
        owner.expectMessageClass(Change.class);
        time.timePasses(Duration.ofSeconds(6));
        assertThatThrownBy(() -> unheard.get(5, TimeUnit.SECONDS)).hasRootCauseInstanceOf(TimeoutException.class);
    }

    @Test
    void readsTheTrail() throws Exception {
        AuditEntry entry = new AuditEntry(Fixtures.NOW, "admin", "act", "target", null, null);
        CompletableFuture<List<AuditEntry>> asked = directory.audit(5).toCompletableFuture();
        ReadAudit read = owner.expectMessageClass(ReadAudit.class);
        assertThat(read.limit()).isEqualTo(5);
        read.replyTo().tell(new AuditTrail(List.of(entry)));
        assertThat(asked.get(5, TimeUnit.SECONDS)).containsExactly(entry);
    }

    private static Page page(long version) {
        return new Page(version, 0, 1, List.of(), List.of(), List.of(), Map.of(), null, null, null, null);
    }
}
