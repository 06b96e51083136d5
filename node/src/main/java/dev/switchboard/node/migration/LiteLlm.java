package dev.switchboard.node.migration;

import com.fasterxml.jackson.databind.JsonNode;
import dev.switchboard.node.migration.LiteLlmProviders.Provider;
import dev.switchboard.node.migration.Migration.ModelRow;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.error.Mark;
import org.yaml.snakeyaml.error.MarkedYAMLException;
import org.yaml.snakeyaml.error.YAMLException;

/** Reads a {@code config.yaml} of the LiteLLM proxy. */
public final class LiteLlm {
    private static final long LARGEST = 8 << 20;
    private static final String FROM_ENVIRONMENT = "os.environ/";

    private final Collected collected;
    private final Map<String, String> environment;
    private final Map<String, JsonNode> credentials = new HashMap<>();
    /** The models that a name of LiteLLM stands for, in the order of the file. */
    private final Map<String, List<String>> groups = new LinkedHashMap<>();

    private LiteLlm(Collected collected, Map<String, String> environment) {
        this.collected = collected;
        this.environment = environment;
    }

    /**
     * Reads the file.
     *
     * @param builtIn the base URLs of the catalogue's platforms by their ids
     * @param environment where {@code os.environ/NAME} is looked up; the file's own {@code environment_variables} win
     */
    public static Migration read(Path file, Map<String, String> builtIn, Map<String, String> environment)
            throws MigrationException {
        JsonNode root = parsed(file);
        JsonNode list = root.path("model_list");
        if (!root.isObject() || !list.isArray()) {
            throw new MigrationException(file + ": is no config.yaml of LiteLLM: it has no list model_list");
        }
        Map<String, String> variables = new HashMap<>(environment);
        root.path("environment_variables")
                .fields()
                .forEachRemaining(
                        each -> variables.put(each.getKey(), each.getValue().asText()));
        LiteLlm reader = new LiteLlm(new Collected(builtIn), variables);
        for (JsonNode each : root.path("credential_list")) {
            reader.credentials.put(each.path("credential_name").asText(), each.path("credential_values"));
        }
        int number = 0;
        for (JsonNode deployment : list) {
            number++;
            if (!deployment.path("litellm_params").path("model").isTextual()) {
                throw new MigrationException(file + ": entry " + number + " of model_list has no litellm_params.model");
            }
            reader.deployment(deployment);
        }
        LiteLlmSettings.note(root, reader.collected::note);
        return reader.collected.inOrder(LiteLlmSettings.order(root, reader.groups));
    }

    private static JsonNode parsed(Path file) throws MigrationException {
        try {
            if (Files.size(file) > LARGEST) {
                throw new MigrationException(file + ": is larger than 8 MiB");
            }
            return YamlTree.parse(Files.readString(file));
        } catch (MarkedYAMLException e) {
            // Its message may quote a key.
            Mark mark = e.getProblemMark();
            throw new MigrationException(
                    file + ": is not valid YAML" + (mark == null ? "" : " near line " + (mark.getLine() + 1)));
        } catch (YAMLException e) {
            throw new MigrationException(file + ": is not valid YAML, or refers to itself too often");
        } catch (IOException e) {
            throw new MigrationException(file + ": cannot be read");
        }
    }

    private void deployment(JsonNode deployment) {
        JsonNode params = deployment.path("litellm_params");
        JsonNode info = deployment.path("model_info");
        String name = deployment.path("model_name").asText(params.path("model").asText());
        String full = params.path("model").asText();
        if (full.contains("*") || name.contains("*")) {
            collected.note("model '" + name + "' is a pattern: add its models under Providers, Discover");
            return;
        }
        String mode = info.path("mode").asText("chat");
        if (!mode.equals("chat") && !mode.equals("embedding") && !mode.equals("responses")) {
            collected.note("model '" + name + "' is of mode " + mode + ": only chats and embeddings are served");
            return;
        }
        String prefix = prefix(full, params);
        Provider provider = prefix == null ? null : LiteLlmProviders.of(prefix);
        if (prefix == null || provider == null) {
            collected.note("model '" + name + "' (" + full + "): "
                    + (prefix != null && LiteLlmProviders.FOREIGN.contains(prefix)
                            ? "the provider " + prefix + " speaks no wire format that is served"
                            : "its provider is not known"));
            return;
        }
        String id = full.startsWith(prefix + "/") ? full.substring(prefix.length() + 1) : full;
        String address = value(params, "api_base", name);
        if (address == null) {
            address = value(params, "base_url", name);
        }
        String platform = platform(provider, prefix, address, name);
        if (platform == null) {
            return;
        }
        key(platform, provider, params, name, address != null);
        model(platform, id, name, params, info, mode.equals("embedding"));
    }

    private static @Nullable String prefix(String model, JsonNode params) {
        if (params.path("custom_llm_provider").isTextual()) {
            return params.path("custom_llm_provider").asText();
        }
        int slash = model.indexOf('/');
        return slash > 0 ? model.substring(0, slash) : LiteLlmProviders.ofBareModel(model);
    }

    private @Nullable String platform(Provider provider, String prefix, @Nullable String address, String name) {
        if (address == null) {
            if (collected.isBuiltIn(provider.platform())) {
                return provider.platform();
            }
            if (provider.baseUrl() == null) {
                collected.note("model '" + name + "': " + prefix + " needs an api_base, and the file names none");
                return null;
            }
            return collected.platform(
                    provider.platform(),
                    provider.name(),
                    provider.adapter(),
                    provider.baseUrl(),
                    prefix.startsWith("ollama"));
        }
        if (!Collected.isAddress(address)) {
            collected.note("model '" + name + "': its api_base is not an http or https address");
            return null;
        }
        String url = prefix.startsWith("ollama") && !address.matches(".*/v1/?")
                ? address.replaceAll("/+$", "") + "/v1"
                : address;
        return collected.platform(null, "", provider.adapter(), url, true);
    }

    private void key(String platform, Provider provider, JsonNode params, String name, boolean ownAddress) {
        String secret = value(params, "api_key", name);
        String label = params.path("api_key").asText();
        if (secret == null && !params.has("api_key") && !ownAddress) {
            secret = environment.get(provider.keyVariable());
            label = FROM_ENVIRONMENT + provider.keyVariable();
        }
        if (secret == null || secret.isBlank()) {
            if (!ownAddress) {
                collected.note("no key for " + platform + " came along: add one under Providers");
            }
            return;
        }
        if (provider.adapter().equals("cloudflare") && !secret.contains(":")) {
            String account = environment.get("CLOUDFLARE_ACCOUNT_ID");
            if (account == null || account.isBlank()) {
                collected.note("a Cloudflare key needs its account here: add it as account:token");
                return;
            }
            secret = account.strip() + ":" + secret.strip();
        }
        collected.needsKey(platform);
        collected.key(
                platform,
                label.startsWith(FROM_ENVIRONMENT) ? label.substring(FROM_ENVIRONMENT.length()) : name,
                true,
                secret.strip());
    }

    private void model(String platform, String id, String name, JsonNode params, JsonNode info, boolean embedding) {
        ModelRow row = new ModelRow(
                platform,
                id,
                name,
                null,
                positive(info.path("max_input_tokens")),
                limit(params, info, "rpm"),
                null,
                limit(params, info, "tpm"),
                null,
                flag(info.path("supports_function_calling")),
                flag(info.path("supports_vision")),
                null,
                embedding,
                true);
        if (collected.model(row) && !name.equals(id)) {
            collected.note("'" + name + "' is asked for as " + row.ref() + " here");
        }
        List<String> group = groups.computeIfAbsent(name, first -> new ArrayList<>());
        if (!group.contains(row.ref())) {
            group.add(row.ref());
        }
        for (String field :
                List.of("temperature", "max_tokens", "top_p", "extra_headers", "extra_body", "organization")) {
            if (params.has(field)) {
                collected.note("model '" + name + "': " + field + " is the caller's to say");
            }
        }
    }

    /** A text of the deployment or of the credential that it names, looked up where it stands for a variable. */
    private @Nullable String value(JsonNode params, String field, String name) {
        JsonNode own = params.path(field);
        JsonNode credential =
                credentials.get(params.path("litellm_credential_name").asText());
        JsonNode node = own.isMissingNode() && credential != null ? credential.path(field) : own;
        if (node.isMissingNode() || node.isNull()) {
            return null;
        }
        String text = node.asText();
        if (!text.startsWith(FROM_ENVIRONMENT)) {
            return text;
        }
        String variable = text.substring(FROM_ENVIRONMENT.length());
        String found = environment.get(variable);
        if (found == null || found.isBlank()) {
            collected.note("the variable " + variable + " is not set here: " + field + " of '" + name + "' is missing");
            return null;
        }
        return found;
    }

    private static @Nullable Long limit(JsonNode params, JsonNode info, String field) {
        JsonNode node = params.has(field) ? params.path(field) : info.path(field);
        return node.canConvertToLong() && node.asLong() > 0 ? node.asLong() : null;
    }

    private static @Nullable Integer positive(JsonNode node) {
        return node.canConvertToInt() && node.asInt() > 0 ? node.asInt() : null;
    }

    private static @Nullable Boolean flag(JsonNode node) {
        return node.isBoolean() ? node.asBoolean() : null;
    }
}
