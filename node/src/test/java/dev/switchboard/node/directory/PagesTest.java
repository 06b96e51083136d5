package dev.switchboard.node.directory;

import static org.assertj.core.api.Assertions.assertThat;

import akka.actor.testkit.typed.javadsl.ActorTestKit;
import akka.serialization.SerializationExtension;
import dev.switchboard.node.settings.Settings.Bootstrap;
import dev.switchboard.protocol.directory.ApiKey;
import dev.switchboard.protocol.directory.DirectorySnapshot;
import dev.switchboard.protocol.directory.DirectoryUpdate.Page;
import dev.switchboard.protocol.directory.Grants;
import dev.switchboard.protocol.directory.Model;
import dev.switchboard.protocol.directory.Origin;
import dev.switchboard.protocol.directory.Platform;
import dev.switchboard.protocol.directory.ProviderKey;
import dev.switchboard.protocol.directory.SignIns;
import dev.switchboard.protocol.domain.ApiKeyId;
import dev.switchboard.protocol.domain.KeyStatus;
import dev.switchboard.protocol.domain.Limits;
import dev.switchboard.protocol.domain.ModelRef;
import dev.switchboard.protocol.domain.PlatformId;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class PagesTest {
    private static final int FRAME_SHARE = 100_000;

    @Test
    void aLargeDirectoryTravelsInSmallPagesAndComesBackWhole() {
        DirectorySnapshot large = large();
        List<Page> pages = Pages.of(large, null);
        ActorTestKit kit = ActorTestKit.create("pages", Fixtures.serialization());
        try {
            var serialization = SerializationExtension.get(kit.system());
            assertThat(pages)
                    .allSatisfy(page -> assertThat(serialization.serialize(page).get().length)
                            .isLessThan(FRAME_SHARE));
        } finally {
            kit.shutdownTestKit();
        }
        assertThat(pages).extracting(Page::count).containsOnly(pages.size());
        DirectorySnapshot whole = Pages.whole(pages);
        assertThat(whole.version()).isEqualTo(9);
        assertThat(whole.platforms()).isEqualTo(large.platforms());
        assertThat(whole.models()).isEqualTo(large.models());
        assertThat(whole.keys()).isEqualTo(large.keys());
        assertThat(whole.settings()).isEqualTo(large.settings());
        assertThat(whole.apiKeyCipher()).isEqualTo("api");
        assertThat(whole.adminKeyCipher()).isEqualTo("admin");
        assertThat(whole.grants()).isEqualTo(large.grants());
    }

    @Test
    void anEmptyDirectoryIsOnePage() {
        assertThat(Pages.of(DirectorySnapshot.EMPTY, null))
                .containsExactly(new Page(0, 0, 1, List.of(), List.of(), List.of(), Map.of(), null, null, null, null));
    }

    private static DirectorySnapshot large() {
        List<Platform> platforms = new ArrayList<>();
        List<Model> models = new ArrayList<>();
        List<ProviderKey> keys = new ArrayList<>();
        Secrets secrets = Fixtures.secrets(Fixtures.setup(Bootstrap.NONE));
        for (int i = 0; i < 60; i++) {
            PlatformId id = new PlatformId("p" + i);
            platforms.add(Fixtures.platform(id, Origin.CUSTOM));
            for (int j = 0; j < 20; j++) {
                models.add(Fixtures.model(new ModelRef(id, "m".repeat(150) + j), j + 1, Origin.CUSTOM));
                ProviderKey key = secrets.newKey(id, "sk-" + "s".repeat(200) + j, "ü".repeat(100), Fixtures.NOW);
                keys.add(Rows.withStatus(
                        key, new Fact.KeyStatusChanged(key.id(), KeyStatus.ERROR, "r".repeat(200), null)));
            }
        }
        return new DirectorySnapshot(
                9, platforms, models, keys, Map.of("a", "b".repeat(4_000)), "api", "admin", grants());
    }

    private static Grants grants() {
        List<ApiKey> apiKeys = new ArrayList<>();
        for (int i = 0; i < 300; i++) {
            apiKeys.add(new ApiKey(
                    new ApiKeyId("id-" + i),
                    "ü".repeat(100),
                    "5a".repeat(16),
                    "a5".repeat(32),
                    "…",
                    List.of("m".repeat(150) + i, "p/*"),
                    null,
                    Limits.NONE,
                    true,
                    Fixtures.NOW,
                    null));
        }
        Map<String, Instant> revoked = new HashMap<>();
        for (int i = 0; i < GrantChanges.MOST_REVOKED; i++) {
            revoked.put("0123456789abcdef0123" + i, Fixtures.NOW);
        }
        return new Grants(apiKeys, new SignIns(revoked, Fixtures.NOW));
    }
}
