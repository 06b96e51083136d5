package dev.switchboard.node.main;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.switchboard.node.http.TlsCertificate;
import dev.switchboard.node.migration.Migration;
import dev.switchboard.node.settings.Settings;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The admin API of a running node, for commands. */
final class AdminDoor {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final HttpClient client;
    private final String url;
    private final String adminKey;

    private AdminDoor(HttpClient client, String url, String adminKey) {
        this.client = client;
        this.url = url;
        this.adminKey = adminKey;
    }

    /**
     * {@code url} null for a node of the data folder, else of the configured address: it proves itself by the certificate of
     * the settings. One that is named by its URL has to have a certificate that this machine trusts.
     */
    static AdminDoor open(Settings settings, @Nullable String url) throws StartFailure, IOException {
        String key = settings.auth().adminKey();
        if (key == null) {
            throw new StartFailure("ADMIN_DASHBOARD_KEY: set it to the admin key, as start printed it");
        }
        String address = url == null ? noted(settings) : url.replaceAll("/+$", "");
        if (!address.matches("https?://[^/]+.*")) {
            throw new StartFailure("--url = " + url + ": must be an http or https address");
        }
        HttpClient.Builder client = HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(5));
        TlsCertificate own = url == null ? Node.certificate(settings.http()) : null;
        if (own != null) {
            client.sslContext(PinnedTrust.of(own));
        }
        return new AdminDoor(client.build(), address, key);
    }

    private static String noted(Settings settings) throws IOException {
        List<String> running = Files.isDirectory(settings.dataDir()) ? NodeUrls.of(settings.dataDir()) : List.of();
        return running.isEmpty()
                ? (settings.http().tls() == null ? "http://" : "https://")
                        + settings.http().host() + ":" + settings.http().port()
                : running.get(0);
    }

    /**
     * Adds what is not there yet, and puts the chain in that order, before what else is in it. A node that has no catalogue
     * gets the rows of {@code catalogue} that are needed.
     */
    JsonNode take(Migration migration, List<Migration.PlatformRow> catalogue)
            throws IOException, InterruptedException, StartFailure {
        Set<String> here = new HashSet<>();
        send("GET", "/api/platforms", null)
                .forEach(row -> here.add(row.path("id").asText()));
        List<Migration.PlatformRow> platforms = new ArrayList<>(migration.platforms());
        platforms.addAll(migration.needed(here, catalogue));
        ObjectNode file = JSON.createObjectNode().put("format", "switchboard-providers/1");
        file.set("platforms", JSON.valueToTree(platforms));
        file.set("models", JSON.valueToTree(migration.models()));
        file.set("keys", JSON.valueToTree(migration.keys()));
        JsonNode report = send("POST", "/api/import", file);
        if (!migration.chain().isEmpty()) {
            send("PUT", "/api/fallback", chain(migration, send("GET", "/api/fallback", null)));
        }
        return report;
    }

    private static ArrayNode chain(Migration migration, JsonNode current) {
        ArrayNode chain = JSON.createArrayNode();
        Set<String> placed = new HashSet<>();
        for (Migration.Place place : migration.chain()) {
            placed.add(place.platform() + "/" + place.model());
            chain.addObject()
                    .put("platform", place.platform())
                    .put("model", place.model())
                    .put("priority", chain.size())
                    .put("enabled", place.enabled());
        }
        for (JsonNode row : current) {
            String platform = row.path("platform").asText();
            String model = row.path("model").asText();
            if (placed.add(platform + "/" + model)) {
                chain.addObject().put("platform", platform).put("model", model).put("priority", chain.size());
            }
        }
        return chain;
    }

    private JsonNode send(String method, String path, @Nullable JsonNode body)
            throws IOException, InterruptedException, StartFailure {
        HttpRequest request = HttpRequest.newBuilder(URI.create(url + path))
                .timeout(PATIENCE)
                .header("Authorization", "Bearer " + adminKey)
                .header("Content-Type", "application/json")
                .method(
                        method,
                        body == null
                                ? HttpRequest.BodyPublishers.noBody()
                                : HttpRequest.BodyPublishers.ofByteArray(JSON.writeValueAsBytes(body)))
                .build();
        HttpResponse<byte[]> answer;
        try {
            answer = client.send(request, HttpResponse.BodyHandlers.ofByteArray());
        } catch (IOException e) {
            throw new StartFailure("no node answers at " + url + ": start one, or name it with --url");
        }
        if (answer.statusCode() == 401) {
            throw new StartFailure("the node at " + url + " does not take this admin key");
        }
        if (answer.statusCode() != 200) {
            throw new StartFailure("the node at " + url + " answered " + answer.statusCode() + " to " + path + ": "
                    + said(answer.body()));
        }
        return JSON.readTree(answer.body());
    }

    private static String said(byte[] body) {
        try {
            String message = JSON.readTree(body).at("/error/message").asText();
            return message.replaceAll("\\s*\\R\\s*", " ");
        } catch (IOException e) {
            return "no JSON";
        }
    }
}
