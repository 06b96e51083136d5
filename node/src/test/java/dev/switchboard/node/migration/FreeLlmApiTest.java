package dev.switchboard.node.migration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.switchboard.node.migration.Migration.KeyRow;
import dev.switchboard.node.migration.Migration.ModelRow;
import dev.switchboard.node.migration.Migration.Place;
import dev.switchboard.node.migration.Migration.PlatformRow;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FreeLlmApiTest {
    private static final Map<String, String> BUILT_IN = Map.of(
            "groq", "https://api.groq.com/openai/v1",
            "cloudflare", "https://api.cloudflare.com/client/v4/accounts/{account}/ai/v1");

    @TempDir
    Path folder;

    private Migration read(Path file, Map<String, String> environment) throws Exception {
        return FreeLlmApi.read(file, BUILT_IN, environment);
    }

    @Test
    void keysEndpointsModelsAndChainOfAUsedDatabase() throws Exception {
        Migration migration = read(FreeLlmApiFile.used(folder), Map.of());

        assertThat(migration.platforms())
                .containsExactly(
                        new PlatformRow("10.0.0.7-8000", "my box", "openai", "http://10.0.0.7:8000/v1", true),
                        new PlatformRow("relay.example", "relay.example", "openai", "https://relay.example/v1", false));
        assertThat(migration.keys())
                .containsExactly(
                        new KeyRow("groq", "main", true, "gsk-one"),
                        new KeyRow("groq", "spare", false, "gsk-two"),
                        new KeyRow("cloudflare", "key 3", true, "account:token"),
                        new KeyRow("relay.example", "relay.example", true, "sk-relay"));
        assertThat(migration.models())
                .extracting(ModelRow::ref)
                .containsExactly(
                        "groq/own-model",
                        "10.0.0.7-8000/qwen3",
                        "groq/llama-3.3-70b-versatile",
                        "relay.example/qwen3",
                        "cloudflare/@cf/baai/bge-m3",
                        "10.0.0.7-8000/embed-here");
        ModelRow llama = migration.models().get(2);
        assertThat(llama)
                .isEqualTo(new ModelRow(
                        "groq",
                        "llama-3.3-70b-versatile",
                        "Llama 3.3 70B",
                        9,
                        131072,
                        30L,
                        1000L,
                        6000L,
                        500000L,
                        true,
                        false,
                        "~15M",
                        false,
                        true));
        assertThat(migration.chain())
                .containsExactly(
                        new Place("groq", "own-model", false),
                        new Place("10.0.0.7-8000", "qwen3", true),
                        new Place("groq", "llama-3.3-70b-versatile", true),
                        new Place("relay.example", "qwen3", false));
        assertThat(String.join("\n", migration.notes()))
                .contains(
                        "the platform 'longgone' is not in this version's catalogue",
                        "its own API key is not taken over",
                        "accounts have no counterpart",
                        "the request log")
                .doesNotContain("unified", "gsk-", "me@example.org");
    }

    @Test
    void theChainOfTheProfileInUseWins() throws Exception {
        Path file = FreeLlmApiFile.used(folder);
        try (Connection database = DriverManager.getConnection("jdbc:sqlite:" + file)) {
            FreeLlmApiFile.run(
                    database,
                    """
                    INSERT INTO profiles (name) VALUES ('work'), ('play');
                    INSERT INTO profile_models (profile_id, model_db_id, priority, enabled) VALUES (2, 4, 1, 1), (2, 1, 2, 0);
                    INSERT INTO settings VALUES ('active_profile_id', '2');
                    """);
        }

        Migration migration = read(file, Map.of());

        assertThat(migration.chain())
                .startsWith(
                        new Place("relay.example", "qwen3", true), new Place("groq", "llama-3.3-70b-versatile", false));
        assertThat(String.join("\n", migration.notes())).contains("profiles have no counterpart");
    }

    @Test
    void theFirstVersionsDatabaseWithItsKeyInsideIsReadToo() throws Exception {
        Path file = folder.resolve("old.db");
        try (Connection database = FreeLlmApiFile.create(file, true)) {
            FreeLlmApiFile.key(database, "groq", "main", "gsk-old", true, null);
            FreeLlmApiFile.run(
                    database,
                    "INSERT INTO models (platform, model_id, display_name, intelligence_rank, speed_rank)"
                            + " VALUES ('groq', 'm', 'M', 1, 1); INSERT INTO settings VALUES ('encryption_key', '"
                            + FreeLlmApiFile.KEY + "')");
        }

        Migration migration = read(file, Map.of());

        assertThat(migration.keys()).extracting(KeyRow::key).containsExactly("gsk-old");
        assertThat(migration.models()).extracting(ModelRow::ref).containsExactly("groq/m");
        assertThat(migration.models().get(0).tools()).isNull();
    }

    @Test
    void theKeyOfTheEnvironmentOpensItAndAWrongOrMissingOneIsToldInOneLine() throws Exception {
        Path file = FreeLlmApiFile.used(folder);
        Files.delete(folder.resolve(".encryption-key"));

        assertThat(read(file, Map.of("FREELLMAPI_ENCRYPTION_KEY", FreeLlmApiFile.KEY))
                        .keys())
                .hasSize(4);
        assertThat(read(file, Map.of("FREELLMAPI_ENCRYPTION_KEY", "f".repeat(64), "ENCRYPTION_KEY", FreeLlmApiFile.KEY))
                        .keys())
                .hasSize(4);
        assertThatThrownBy(() -> read(file, Map.of()))
                .isInstanceOf(MigrationException.class)
                .hasMessageContaining("FREELLMAPI_ENCRYPTION_KEY");
        assertThatThrownBy(() -> read(file, Map.of("ENCRYPTION_KEY", "f".repeat(64))))
                .isInstanceOf(MigrationException.class)
                .hasMessageContaining("none of its keys opens");
    }

    @Test
    void otherFilesAreRefused() throws Exception {
        Path text = Files.writeString(folder.resolve("a.db"), "not a database at all");
        assertThatThrownBy(() -> read(text, Map.of()))
                .isInstanceOf(MigrationException.class)
                .hasMessageContaining("is no SQLite database");

        Path other = folder.resolve("b.db");
        try (Connection database = DriverManager.getConnection("jdbc:sqlite:" + other)) {
            FreeLlmApiFile.run(database, "CREATE TABLE cats (name TEXT)");
        }
        assertThatThrownBy(() -> read(other, Map.of()))
                .isInstanceOf(MigrationException.class)
                .hasMessageContaining("no tables api_keys and models");

        byte[] damaged = Files.readAllBytes(FreeLlmApiFile.used(folder));
        Path cut = Files.write(folder.resolve("c.db"), java.util.Arrays.copyOf(damaged, damaged.length / 3));
        assertThatThrownBy(() -> read(cut, Map.of())).isInstanceOf(MigrationException.class);
    }

    @Test
    void theDatabaseIsNotWrittenTo() throws Exception {
        Path file = FreeLlmApiFile.used(folder);
        byte[] before = Files.readAllBytes(file);
        read(file, Map.of());
        assertThat(Files.readAllBytes(file)).isEqualTo(before);
    }
}
