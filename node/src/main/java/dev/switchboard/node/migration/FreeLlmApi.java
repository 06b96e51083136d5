package dev.switchboard.node.migration;

import dev.switchboard.node.migration.Migration.ModelRow;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.sqlite.SQLiteConfig;

/** Reads the SQLite database of FreeLLMAPI, of any of its versions, without writing to it. */
public final class FreeLlmApi {
    private static final byte[] MAGIC = "SQLite format 3\0".getBytes(StandardCharsets.US_ASCII);
    private static final String CUSTOM = "custom";

    private final Connection database;
    private final Collected collected;
    private final FreeLlmApiVault vault;
    /** The platforms that custom endpoints have become, by the id of their key and by their address. */
    private final Map<Long, String> endpoints = new HashMap<>();

    private FreeLlmApi(Connection database, Collected collected, FreeLlmApiVault vault) {
        this.database = database;
        this.collected = collected;
        this.vault = vault;
    }

    /**
     * Reads the file.
     *
     * @param builtIn the base URLs of the catalogue's platforms by their ids
     * @param environment where the encryption key may be; else it is beside the database or in it
     */
    public static Migration read(Path file, Map<String, String> builtIn, Map<String, String> environment)
            throws MigrationException {
        requireSqlite(file);
        SQLiteConfig config = new SQLiteConfig();
        config.setReadOnly(true);
        try (Connection database = config.createConnection("jdbc:sqlite:" + file.toAbsolutePath())) {
            if (columns(database, "api_keys").isEmpty()
                    || columns(database, "models").isEmpty()) {
                throw new MigrationException(
                        file + ": is no database of FreeLLMAPI: it has no tables api_keys and models");
            }
            FreeLlmApiVault vault = FreeLlmApiVault.of(file, setting(database, "encryption_key"), environment);
            FreeLlmApi reader = new FreeLlmApi(database, new Collected(builtIn), vault);
            reader.keys(file);
            List<String> order = reader.models();
            reader.embeddings();
            reader.rest();
            return reader.collected.inOrder(order);
        } catch (SQLException e) {
            throw new MigrationException(file + ": cannot be read as a database of FreeLLMAPI: " + e.getMessage());
        }
    }

    private static void requireSqlite(Path file) throws MigrationException {
        try (InputStream in = Files.newInputStream(file)) {
            if (!Arrays.equals(in.readNBytes(MAGIC.length), MAGIC)) {
                throw new MigrationException(file + ": is no SQLite database");
            }
        } catch (IOException e) {
            throw new MigrationException(file + ": cannot be read");
        }
    }

    private static Set<String> columns(Connection database, String table) throws SQLException {
        Set<String> names = new HashSet<>();
        try (Statement statement = database.createStatement();
                ResultSet rows = statement.executeQuery("PRAGMA table_info(" + table + ")")) {
            while (rows.next()) {
                names.add(rows.getString("name"));
            }
        }
        return names;
    }

    private static @Nullable String setting(Connection database, String key) throws SQLException {
        if (columns(database, "settings").isEmpty()) {
            return null;
        }
        try (var statement = database.prepareStatement("SELECT value FROM settings WHERE key = ?")) {
            statement.setString(1, key);
            try (ResultSet row = statement.executeQuery()) {
                return row.next() ? row.getString(1) : null;
            }
        }
    }

    private void keys(Path file) throws SQLException, MigrationException {
        Set<String> columns = columns(database, "api_keys");
        int unreadable = 0;
        int all = 0;
        try (Statement statement = database.createStatement();
                ResultSet row = statement.executeQuery("SELECT * FROM api_keys ORDER BY id")) {
            while (row.next()) {
                all++;
                String secret =
                        vault.open(row.getString("encrypted_key"), row.getString("iv"), row.getString("auth_tag"));
                unreadable += secret == null ? 1 : 0;
                key(row, columns, secret);
            }
        }
        if (unreadable > 0 && unreadable == all) {
            throw new MigrationException(file + ": "
                    + (vault.isEmpty()
                            ? "its encryption key is missing: set FREELLMAPI_ENCRYPTION_KEY, or put its file .encryption-key beside it"
                            : "none of its keys opens with the encryption key given"));
        }
    }

    private void key(ResultSet row, Set<String> columns, @Nullable String secret) throws SQLException {
        String platform = platform(row, columns);
        String label = row.getString("label");
        if (platform == null) {
            return;
        }
        String shown = label == null || label.isBlank() ? "key " + row.getLong("id") : label.strip();
        if (secret == null) {
            collected.note("the key '" + shown + "' of " + platform + " does not open with the encryption key given");
            return;
        }
        // Endpoints without a key hold a word in its place.
        if (!secret.isBlank() && !secret.equals("no-key")) {
            collected.needsKey(platform);
            collected.key(platform, shown, row.getInt("enabled") != 0, secret.strip());
        }
        if (columns.contains("model_scope_json") && row.getString("model_scope_json") != null) {
            collected.note("the key '" + shown + "' of " + platform + " serves some models only: here it serves all");
        }
        if (columns.contains("proxy_encrypted") && row.getString("proxy_encrypted") != null) {
            collected.note("the key '" + shown + "' of " + platform
                    + " has a proxy of its own: here there is one, switchboard.upstream.proxy");
        }
    }

    private @Nullable String platform(ResultSet row, Set<String> columns) throws SQLException {
        String platform = row.getString("platform");
        if (collected.isBuiltIn(platform)) {
            return platform;
        }
        String address = columns.contains("base_url") ? row.getString("base_url") : null;
        if (address == null || !Collected.isAddress(address)) {
            collected.note("the platform '" + platform + "' is not in this version's catalogue: its keys are left out");
            return null;
        }
        String label = row.getString("label");
        String id = collected.platform(null, label == null ? "" : label.strip(), "openai", address, true);
        endpoints.put(row.getLong("id"), id);
        return id;
    }

    /** Answers the references of the chain, the first to be tried first. */
    private List<String> models() throws SQLException {
        Set<String> columns = columns(database, "models");
        String query = "SELECT m.*, f.enabled AS chained FROM models m LEFT JOIN " + chain()
                + " f ON f.model_db_id = m.id ORDER BY f.priority IS NULL, f.priority, m.id";
        List<String> order = new ArrayList<>();
        try (Statement statement = database.createStatement();
                ResultSet row = statement.executeQuery(query)) {
            while (row.next()) {
                String platform = platformOfModel(row, columns);
                if (platform != null) {
                    ModelRow model = model(row, platform, columns);
                    collected.model(model);
                    order.add(model.ref());
                }
            }
        }
        return order;
    }

    /** The chain in force: that of the profile in use, else the only one there is. */
    private String chain() throws SQLException {
        String profile = setting(database, "active_profile_id");
        if (profile != null
                && profile.matches("\\d{1,9}")
                && !columns(database, "profile_models").isEmpty()) {
            return "(SELECT * FROM profile_models WHERE profile_id = " + profile + ")";
        }
        return columns(database, "fallback_config").isEmpty()
                ? "(SELECT id AS model_db_id, intelligence_rank AS priority, 1 AS enabled FROM models)"
                : "fallback_config";
    }

    private @Nullable String platformOfModel(ResultSet row, Set<String> columns) throws SQLException {
        String platform = row.getString("platform");
        if (!platform.equals(CUSTOM)) {
            if (!collected.isBuiltIn(platform)) {
                collected.note(
                        "the platform '" + platform + "' is not in this version's catalogue: its models are left out");
                return null;
            }
            return platform;
        }
        String endpoint = columns.contains("key_id") ? endpoints.get(row.getLong("key_id")) : null;
        if (endpoint == null && endpoints.size() == 1) {
            return endpoints.values().iterator().next();
        }
        if (endpoint == null) {
            collected.note(
                    "the custom model '" + row.getString("model_id") + "' belongs to no endpoint that came along");
        }
        return endpoint;
    }

    private static ModelRow model(ResultSet row, String platform, Set<String> columns) throws SQLException {
        boolean inUse = row.getInt("enabled") != 0 && (row.getObject("chained") == null || row.getInt("chained") != 0);
        String budget = row.getString("monthly_token_budget");
        Long window = number(row, "context_window");
        return new ModelRow(
                platform,
                row.getString("model_id"),
                row.getString("display_name"),
                Math.max(1, row.getInt("intelligence_rank")),
                window == null ? null : (int) Math.min(Integer.MAX_VALUE, window),
                number(row, "rpm_limit"),
                number(row, "rpd_limit"),
                number(row, "tpm_limit"),
                number(row, "tpd_limit"),
                columns.contains("supports_tools") ? row.getInt("supports_tools") != 0 : null,
                columns.contains("supports_vision") ? row.getInt("supports_vision") != 0 : null,
                budget == null || budget.isBlank() ? null : budget,
                false,
                inUse);
    }

    private static @Nullable Long number(ResultSet row, String column) throws SQLException {
        long value = row.getLong(column);
        return row.wasNull() || value <= 0 ? null : value;
    }

    private void embeddings() throws SQLException {
        Set<String> columns = columns(database, "embedding_models");
        if (columns.isEmpty()) {
            return;
        }
        try (Statement statement = database.createStatement();
                ResultSet row = statement.executeQuery("SELECT * FROM embedding_models ORDER BY family, priority")) {
            while (row.next()) {
                String platform = row.getString("platform");
                String endpoint = columns.contains("key_id") ? endpoints.get(row.getLong("key_id")) : null;
                String target = endpoint != null ? endpoint : collected.isBuiltIn(platform) ? platform : null;
                if (target == null) {
                    continue;
                }
                Long window = number(row, "max_input_tokens");
                collected.model(new ModelRow(
                        target,
                        row.getString("model_id"),
                        row.getString("display_name"),
                        null,
                        window == null ? null : window.intValue(),
                        null,
                        null,
                        null,
                        null,
                        null,
                        null,
                        null,
                        true,
                        row.getInt("enabled") != 0));
            }
        }
    }

    private void rest() throws SQLException {
        if (setting(database, "unified_api_key") != null) {
            collected.note("its own API key is not taken over: clients get one of Switchboard");
        }
        count("media_models", "models for images and sound have no counterpart");
        count("users", "accounts have no counterpart: whoever has the admin key signs in");
        count("client_profiles", "client keys and profiles have no counterpart: make API keys under Settings");
        if (rows("profiles") > 1) {
            collected.note("profiles have no counterpart: the chain of the one in use came along");
        }
        count("requests", "the request log and its statistics stay behind");
    }

    private void count(String table, String note) throws SQLException {
        if (rows(table) > 0) {
            collected.note(note);
        }
    }

    private int rows(String table) throws SQLException {
        if (columns(database, table).isEmpty()) {
            return 0;
        }
        try (Statement statement = database.createStatement();
                ResultSet row = statement.executeQuery("SELECT COUNT(*) FROM " + table)) {
            return row.next() ? row.getInt(1) : 0;
        }
    }
}
