package dev.switchboard.node.persistence;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.switchboard.node.TestNode;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A disk that fills up under the embedded database: the node serves on, says so, and writes again when there is room. */
@Tag("proof")
class FullDiskTest {
    private static final String KEY = "0123456789abcdef".repeat(4);
    private static final Duration LONG = Duration.ofSeconds(60);

    @AfterEach
    void room() {
        FullDisk.full(false);
    }

    @Test
    void aNodeOnAFullDiskServesSaysItIsNotReadyAndGoesOnWhenThereIsRoom(@TempDir Path folder) throws Exception {
        FullDisk.register();
        String config = "switchboard.encryption-key = " + KEY + "\nswitchboard.database.url = \"jdbc:h2:fulldisk:"
                + folder.resolve("switchboard") + "\"";
        TestNode node = TestNode.start(config);
        try {
            assertThat(put(node, "31m")).isEqualTo(200);
            assertThat(node.chat("demo/echo", "before").status()).isEqualTo(200);

            // Whatever may be read is read again soon, so it is not ready for some seconds after each write that
            // failed.
            CompletableFuture<Void> saidSo = CompletableFuture.runAsync(() -> await().atMost(LONG)
                    .until(() -> node.get("/readyz").text().contains("the database does not answer")));
            FullDisk.full(true);
            await().atMost(LONG).until(() -> put(node, "32m") == 503);
            saidSo.get(70, TimeUnit.SECONDS);
            assertThat(node.get("/livez").status()).isEqualTo(200);
            for (int i = 0; i < 5; i++) {
                assertThat(node.chat("demo/echo", "while full " + i).status()).isEqualTo(200);
            }

            FullDisk.full(false);
            await().atMost(LONG).until(() -> put(node, "33m") == 200);
            await().atMost(LONG)
                    .untilAsserted(
                            () -> assertThat(node.get("/readyz").status()).isEqualTo(200));
            // What waited is written: the request before and those while it was full.
            await().atMost(LONG).until(() -> node.get("/api/requests").body().size() >= 6);
        } finally {
            FullDisk.full(false);
            node.stop();
        }

        TestNode again = TestNode.start(config);
        try {
            assertThat(again.get("/api/settings")
                            .item("key", "switchboard.session.ttl")
                            .path("value")
                            .asText())
                    .isEqualTo("33m");
            assertThat(again.get("/api/requests").text()).contains("demo/echo");
            assertThat(put(again, "34m")).isEqualTo(200);
        } finally {
            again.stop();
        }
    }

    private static int put(TestNode node, String ttl) throws Exception {
        return node.admin("PUT", "/api/settings", "{\"session.ttl\":\"" + ttl + "\"}")
                .status();
    }
}
