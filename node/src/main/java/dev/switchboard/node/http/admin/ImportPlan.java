package dev.switchboard.node.http.admin;

import akka.util.ByteString;
import com.fasterxml.jackson.annotation.JsonValue;
import dev.switchboard.node.directory.Secrets;
import dev.switchboard.node.http.ApiError;
import dev.switchboard.node.http.Json;
import dev.switchboard.protocol.directory.DirectoryChange;
import dev.switchboard.protocol.directory.DirectorySnapshot;
import dev.switchboard.protocol.directory.Model;
import dev.switchboard.protocol.directory.Platform;
import dev.switchboard.protocol.directory.ProviderKey;
import dev.switchboard.protocol.domain.ModelRef;
import dev.switchboard.protocol.domain.PlatformId;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What an export file would change here: rows that are there already stay as they are, the others are added. */
final class ImportPlan {
    private static final List<String> FILE = List.of("format", "exportedAt", "platforms", "models", "keys");
    private static final List<String> KEY = List.of("platform", "label", "enabled", "maskedKey", "key");

    /** Bytes; the change travels to its owner in one message of at most 512 KiB. */
    private static final int LARGEST = 400_000;

    private final DirectorySnapshot snapshot;
    private final Secrets secrets;
    private final Instant now;
    private final Map<PlatformId, Platform> platforms = new LinkedHashMap<>();
    private final Map<ModelRef, Model> models = new LinkedHashMap<>();
    private final List<ProviderKey> keys = new ArrayList<>();
    private final Set<String> fingerprints = new HashSet<>();
    private final List<Address> addresses = new ArrayList<>();
    private final List<Item> platformItems = new ArrayList<>();
    private final List<Item> modelItems = new ArrayList<>();
    private final List<Item> keyItems = new ArrayList<>();

    private ImportPlan(DirectorySnapshot snapshot, Secrets secrets, Instant now) {
        this.snapshot = snapshot;
        this.secrets = secrets;
        this.now = now;
    }

    /** Reads a whole file; a 400 names the row and field at fault. */
    static ImportPlan of(ByteString bytes, DirectorySnapshot snapshot, Secrets secrets, Instant now) {
        Body file = Body.of(bytes, FILE);
        if (!TransferFile.FORMAT.equals(file.required("format"))) {
            throw file.problem("format", "must be " + TransferFile.FORMAT);
        }
        ImportPlan plan = new ImportPlan(snapshot, secrets, now);
        file.list("platforms", PlatformEndpoints.NEW).forEach(plan::platform);
        file.list("models", ModelEndpoints.NEW).forEach(plan::model);
        file.list("keys", KEY).forEach(plan::key);
        if (Json.bytes(plan.change()).size() > LARGEST) {
            throw ApiError.invalid("This is too much for one import; split the file.", "models");
        }
        return plan;
    }

    /** What becomes of one row. */
    enum Outcome {
        ADDED("added"),
        PRESENT("present"),
        WITHOUT_SECRET("without-secret");

        private final String wire;

        Outcome(String wire) {
            this.wire = wire;
        }

        @JsonValue
        String wire() {
            return wire;
        }
    }

    /** One row of the file; {@code name} is a platform's name, a model's id or a key's label. */
    record Item(String platform, String name, Outcome outcome) {}

    /** The answer of {@code /api/import}. */
    record Report(boolean dryRun, List<Item> platforms, List<Item> models, List<Item> keys) {}

    /** An address that is checked before anything is added, with the row that names it. */
    record Address(Body row, String url) {}

    List<Address> addresses() {
        return List.copyOf(addresses);
    }

    boolean isEmpty() {
        return platforms.isEmpty() && models.isEmpty() && keys.isEmpty();
    }

    DirectoryChange.Import change() {
        return new DirectoryChange.Import(
                List.copyOf(platforms.values()), List.copyOf(models.values()), List.copyOf(keys));
    }

    Report report(boolean dryRun) {
        return new Report(dryRun, List.copyOf(platformItems), List.copyOf(modelItems), List.copyOf(keyItems));
    }

    private void platform(Body row) {
        Platform platform = PlatformEndpoints.newPlatform(row);
        boolean present = snapshot.platform(platform.id()) != null;
        if (!present && platforms.putIfAbsent(platform.id(), platform) != null) {
            throw row.problem("id", "is there twice: " + platform.id());
        }
        if (!present) {
            addresses.add(new Address(row, platform.baseUrl()));
        }
        platformItems.add(new Item(platform.id().value(), platform.name(), present ? Outcome.PRESENT : Outcome.ADDED));
    }

    private void model(Body row) {
        Model model = ModelEndpoints.newModel(row);
        ModelRef ref = model.ref();
        known(row, ref.platform());
        boolean present = snapshot.model(ref) != null;
        if (!present && models.putIfAbsent(ref, model) != null) {
            throw row.problem("id", "is there twice: " + ref);
        }
        modelItems.add(new Item(ref.platform().value(), ref.id(), present ? Outcome.PRESENT : Outcome.ADDED));
    }

    private void key(Body row) {
        Platform platform = known(row, row.platform("platform"));
        String label = row.textOr("label", "");
        boolean enabled = row.flagOr("enabled", true);
        String secret = row.text("key");
        Outcome outcome = secret == null ? Outcome.WITHOUT_SECRET : key(row, platform, secret, label, enabled);
        String shown = label.isEmpty() ? row.textOr("maskedKey", "key") : label;
        keyItems.add(new Item(platform.id().value(), shown, outcome));
    }

    private Outcome key(Body row, Platform platform, String secret, String label, boolean enabled) {
        String problem = Secrets.problemWith(secret, platform.adapter());
        if (problem != null) {
            throw row.problem("key", problem);
        }
        String shown =
                label.isEmpty() ? "key " + (snapshot.keysOf(platform.id()).size() + keys.size() + 1) : label;
        ProviderKey key = KeyEndpoints.switched(secrets.newKey(platform.id(), secret, shown, now), enabled);
        boolean present = snapshot.keysOf(platform.id()).stream()
                .anyMatch(other -> other.fingerprint().equals(key.fingerprint()));
        if (present) {
            return Outcome.PRESENT;
        }
        if (!fingerprints.add(platform.id() + " " + key.fingerprint())) {
            throw row.problem("key", "is there twice");
        }
        keys.add(key);
        return Outcome.ADDED;
    }

    private Platform known(Body row, PlatformId id) {
        Platform platform = snapshot.platform(id);
        Platform found = platform == null ? platforms.get(id) : platform;
        if (found == null) {
            throw row.problem("platform", "is neither here nor in the file: " + id);
        }
        return found;
    }
}
