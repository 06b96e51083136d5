package dev.switchboard.node.directory;

import static dev.switchboard.node.directory.Fixtures.ALPHA;
import static dev.switchboard.node.directory.Fixtures.GROQ;
import static dev.switchboard.node.directory.Fixtures.NOW;
import static org.assertj.core.api.Assertions.assertThat;

import dev.switchboard.node.settings.Settings.Bootstrap;
import dev.switchboard.protocol.directory.ChangeReply.Reason;
import dev.switchboard.protocol.directory.DirectoryChange;
import dev.switchboard.protocol.directory.Model;
import dev.switchboard.protocol.directory.Origin;
import dev.switchboard.protocol.directory.Platform;
import dev.switchboard.protocol.directory.ProviderKey;
import dev.switchboard.protocol.domain.ModelRef;
import dev.switchboard.protocol.domain.PlatformId;
import java.util.List;
import org.junit.jupiter.api.Test;

class ImportChangesTest {
    private static final DirectorySetup SETUP = Fixtures.setup(Bootstrap.NONE);
    private static final DirectoryState STATE = Fixtures.started(SETUP);
    private static final Platform PLATFORM = Fixtures.platform(ALPHA, Origin.CUSTOM);
    private static final Model MODEL = Fixtures.model(new ModelRef(ALPHA, "mine"), 3, Origin.CUSTOM);
    private static final ProviderKey KEY = Fixtures.secrets(SETUP).newKey(ALPHA, "sk-alpha-0123456789", "one", NOW);

    private static DirectoryChange.Import rows(List<Platform> platforms, List<Model> models, List<ProviderKey> keys) {
        return new DirectoryChange.Import(platforms, models, keys);
    }

    @Test
    void rowsThatNeedEachOtherComeInTogetherAsOneVersion() {
        DirectoryState after = Fixtures.after(STATE, rows(List.of(PLATFORM), List.of(MODEL), List.of(KEY)));

        assertThat(after.version()).isEqualTo(STATE.version() + 1);
        assertThat(Rows.of(after).platforms()).containsKey(ALPHA);
        assertThat(Rows.of(after).models()).containsKey(MODEL.ref());
        assertThat(after.keys()).containsKey(KEY.id());
        var entry = after.audit().get(after.audit().size() - 1);
        assertThat(entry.action()).isEqualTo("providers.import");
        assertThat(entry.after()).contains("alpha", "one").doesNotContain("sk-alpha-0123456789");
    }

    @Test
    void oneRowThatCannotComeInKeepsAllOut() {
        Model stray = Fixtures.model(new ModelRef(new PlatformId("nowhere"), "x"), 1, Origin.CUSTOM);
        Decision decision = Changes.decide(STATE, rows(List.of(PLATFORM), List.of(MODEL, stray), List.of(KEY)));

        assertThat(decision).isInstanceOf(Decision.Refuses.class);
        assertThat(((Decision.Refuses) decision).reply().field()).isEqualTo("platform");
    }

    @Test
    void whatIsThereAlreadyIsAConflict() {
        Decision decision =
                Changes.decide(STATE, rows(List.of(Fixtures.platform(GROQ, Origin.CUSTOM)), List.of(), List.of()));

        assertThat(((Decision.Refuses) decision).reply().reason()).isEqualTo(Reason.CONFLICT);
    }

    @Test
    void nothingToAddIsNoChange() {
        assertThat(Changes.decide(STATE, rows(List.of(), List.of(), List.of()))).isEqualTo(Decision.Unchanged.INSTANCE);
    }
}
