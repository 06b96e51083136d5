package dev.switchboard.node.migration;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HexFormat;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/** A database as FreeLLMAPI leaves it: its schema with all later columns, or that of its first version. */
public final class FreeLlmApiFile {
    public static final String KEY = "00112233445566778899aabbccddeeff".repeat(2);

    private static final String FIRST =
            """
            CREATE TABLE models (id INTEGER PRIMARY KEY AUTOINCREMENT, platform TEXT NOT NULL, model_id TEXT NOT NULL,
              display_name TEXT NOT NULL, intelligence_rank INTEGER NOT NULL, speed_rank INTEGER NOT NULL,
              size_label TEXT NOT NULL DEFAULT '', rpm_limit INTEGER, rpd_limit INTEGER, tpm_limit INTEGER,
              tpd_limit INTEGER, monthly_token_budget TEXT NOT NULL DEFAULT '', context_window INTEGER,
              enabled INTEGER NOT NULL DEFAULT 1);
            CREATE TABLE api_keys (id INTEGER PRIMARY KEY AUTOINCREMENT, platform TEXT NOT NULL,
              label TEXT NOT NULL DEFAULT '', encrypted_key TEXT NOT NULL, iv TEXT NOT NULL, auth_tag TEXT NOT NULL,
              status TEXT NOT NULL DEFAULT 'unknown', enabled INTEGER NOT NULL DEFAULT 1,
              created_at TEXT NOT NULL DEFAULT (datetime('now')), last_checked_at TEXT);
            CREATE TABLE fallback_config (id INTEGER PRIMARY KEY AUTOINCREMENT,
              model_db_id INTEGER NOT NULL REFERENCES models(id), priority INTEGER NOT NULL,
              enabled INTEGER NOT NULL DEFAULT 1, UNIQUE(model_db_id));
            CREATE TABLE settings (key TEXT PRIMARY KEY, value TEXT NOT NULL);
            CREATE TABLE requests (id INTEGER PRIMARY KEY AUTOINCREMENT, platform TEXT NOT NULL, model_id TEXT NOT NULL,
              status TEXT NOT NULL);
            """;
    private static final String LATER =
            """
            ALTER TABLE api_keys ADD COLUMN base_url TEXT;
            ALTER TABLE api_keys ADD COLUMN last_health_error TEXT;
            ALTER TABLE api_keys ADD COLUMN model_scope_json TEXT;
            ALTER TABLE api_keys ADD COLUMN proxy_encrypted TEXT;
            ALTER TABLE models ADD COLUMN supports_vision INTEGER NOT NULL DEFAULT 0;
            ALTER TABLE models ADD COLUMN supports_tools INTEGER NOT NULL DEFAULT 0;
            ALTER TABLE models ADD COLUMN key_id INTEGER;
            ALTER TABLE models ADD COLUMN endpoint_scope TEXT NOT NULL DEFAULT '';
            CREATE TABLE profiles (id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL);
            CREATE TABLE profile_models (id INTEGER PRIMARY KEY AUTOINCREMENT, profile_id INTEGER NOT NULL,
              model_db_id INTEGER NOT NULL, priority INTEGER NOT NULL, enabled INTEGER NOT NULL DEFAULT 1);
            CREATE TABLE embedding_models (id INTEGER PRIMARY KEY AUTOINCREMENT, family TEXT NOT NULL,
              platform TEXT NOT NULL, model_id TEXT NOT NULL, display_name TEXT NOT NULL, dimensions INTEGER NOT NULL,
              max_input_tokens INTEGER, priority INTEGER NOT NULL DEFAULT 0, enabled INTEGER NOT NULL DEFAULT 1,
              quota_label TEXT NOT NULL DEFAULT '', key_id INTEGER);
            CREATE TABLE users (id INTEGER PRIMARY KEY AUTOINCREMENT, email TEXT NOT NULL UNIQUE,
              password_hash TEXT NOT NULL);
            """;

    private FreeLlmApiFile() {}

    /** A database with the tables of its first version, or of the latest. */
    public static Connection create(Path file, boolean first) throws SQLException {
        Connection database = DriverManager.getConnection("jdbc:sqlite:" + file);
        run(database, FIRST);
        if (!first) {
            run(database, LATER);
        }
        return database;
    }

    /** A database of somebody who has used it for a while; its encryption key is beside it. */
    public static Path used(Path folder) throws Exception {
        Path file = folder.resolve("freeapi.db");
        try (Connection database = create(file, false)) {
            key(database, "groq", "main", "gsk-one", true, null);
            key(database, "groq", "spare", "gsk-two", false, null);
            key(database, "cloudflare", "", "account:token", true, null);
            key(database, "custom", "my box", "no-key", true, "http://10.0.0.7:8000/v1");
            key(database, "custom", "relay.example", "sk-relay", true, "https://relay.example/v1/");
            key(database, "longgone", "old", "sk-gone", true, null);
            run(
                    database,
                    """
                    INSERT INTO models (platform, model_id, display_name, intelligence_rank, speed_rank, rpm_limit, rpd_limit,
                        tpm_limit, tpd_limit, monthly_token_budget, context_window, enabled, supports_vision, supports_tools, key_id)
                      VALUES ('groq', 'llama-3.3-70b-versatile', 'Llama 3.3 70B', 9, 2, 30, 1000, 6000, 500000, '~15M', 131072, 1, 0, 1, NULL),
                             ('groq', 'own-model', 'Own', 12, 2, NULL, NULL, NULL, NULL, '', NULL, 0, 0, 0, NULL),
                             ('custom', 'qwen3', 'Qwen at home', 5, 5, NULL, NULL, NULL, NULL, '', 32768, 1, 1, 1, 4),
                             ('custom', 'qwen3', 'Qwen of the relay', 6, 5, NULL, NULL, NULL, NULL, '', 8192, 1, 0, 1, 5),
                             ('longgone', 'm', 'M', 3, 3, NULL, NULL, NULL, NULL, '', 8192, 1, 0, 0, NULL);
                    INSERT INTO fallback_config (model_db_id, priority, enabled) VALUES (1, 3, 1), (2, 1, 1), (3, 2, 1), (4, 4, 0);
                    INSERT INTO embedding_models (family, platform, model_id, display_name, dimensions, max_input_tokens, priority, key_id)
                      VALUES ('bge', 'cloudflare', '@cf/baai/bge-m3', 'BGE-M3', 1024, 8192, 1, NULL),
                             ('own', 'custom', 'embed-here', 'Own embeddings', 768, NULL, 1, 4);
                    INSERT INTO settings VALUES ('unified_api_key', 'freellmapi-secret-unified');
                    INSERT INTO users (email, password_hash) VALUES ('me@example.org', 'x');
                    INSERT INTO requests (platform, model_id, status) VALUES ('groq', 'x', 'ok');
                    """);
        }
        Files.writeString(folder.resolve(".encryption-key"), KEY + "\n");
        return file;
    }

    static void run(Connection database, String statements) throws SQLException {
        try (Statement statement = database.createStatement()) {
            statement.executeUpdate(statements);
        }
    }

    static void key(
            Connection database,
            String platform,
            String label,
            String secret,
            boolean enabled,
            @Nullable String baseUrl)
            throws Exception {
        byte[] iv = new byte[16];
        new SecureRandom().nextBytes(iv);
        Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
        cipher.init(
                Cipher.ENCRYPT_MODE,
                new SecretKeySpec(HexFormat.of().parseHex(KEY), "AES"),
                new GCMParameterSpec(128, iv));
        String sealed = HexFormat.of().formatHex(cipher.doFinal(secret.getBytes(StandardCharsets.UTF_8)));
        String more = baseUrl == null ? "" : ", base_url";
        try (PreparedStatement insert =
                database.prepareStatement("INSERT INTO api_keys (platform, label, encrypted_key, iv, auth_tag, enabled"
                        + more + ") VALUES (?, ?, ?, ?, ?, ?" + (baseUrl == null ? "" : ", ?") + ")")) {
            insert.setString(1, platform);
            insert.setString(2, label);
            insert.setString(3, sealed.substring(0, sealed.length() - 32));
            insert.setString(4, HexFormat.of().formatHex(iv));
            insert.setString(5, sealed.substring(sealed.length() - 32));
            insert.setInt(6, enabled ? 1 : 0);
            if (baseUrl != null) {
                insert.setString(7, baseUrl);
            }
            insert.executeUpdate();
        }
    }
}
