package dev.switchboard.node.migration;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;

/** What LiteLLM sets besides its models: the fallbacks, and a line for everything that does not come over. */
final class LiteLlmSettings {
    private static final List<String> SECTIONS = List.of("router_settings", "litellm_settings");

    /** Settings here that do the same, by the name there. */
    private static final Map<String, String> ALIKE = Map.of(
            "num_retries", "switchboard.routing.max-attempts counts attempts, the first included",
            "timeout", "switchboard.upstream.response-timeout",
            "request_timeout", "switchboard.upstream.response-timeout",
            "stream_timeout", "switchboard.stream.stall-timeout",
            "cooldown_time", "switchboard.cooldown.transient",
            "enable_json_schema_validation", "nothing; answers are relayed as they come",
            "json_logs", "switchboard.log.format = json");

    /** Read here, or done here always. */
    private static final Set<String> QUIET =
            Set.of("fallbacks", "default_fallbacks", "telemetry", "set_verbose", "context_window_fallbacks");

    private static final List<String> OTHER_SECTIONS = List.of(
            "guardrails", "mcp_servers", "callback_settings", "files_settings", "finetune_settings", "policies");

    private LiteLlmSettings() {}

    /** The models in the order in which LiteLLM would try them: each with its fallbacks behind it. */
    static List<String> order(JsonNode root, Map<String, List<String>> groups) {
        List<String> order = new ArrayList<>();
        groups.forEach((name, models) -> {
            order.addAll(models);
            for (String section : SECTIONS) {
                for (JsonNode rule : root.path(section).path("fallbacks")) {
                    rule.path(name).forEach(next -> order.addAll(groups.getOrDefault(next.asText(), List.of())));
                }
            }
        });
        for (String section : SECTIONS) {
            root.path(section)
                    .path("default_fallbacks")
                    .forEach(next -> order.addAll(groups.getOrDefault(next.asText(), List.of())));
        }
        return order;
    }

    static void note(JsonNode root, Consumer<String> notes) {
        for (String section : SECTIONS) {
            JsonNode settings = root.path(section);
            if (settings.path("fallbacks").size() > 0) {
                notes.accept(section + ".fallbacks: one chain for all models is made of them; a request for one model"
                        + " falls back only with switchboard.routing.explicit-model-fallback, or by a list models");
            }
            settings.fieldNames().forEachRemaining(name -> {
                if (!QUIET.contains(name)) {
                    String alike = ALIKE.get(name);
                    notes.accept(section + "." + name
                            + (alike == null ? " has no counterpart" : shown(settings.path(name)) + ": see " + alike));
                }
            });
        }
        root.path("router_settings").path("model_group_alias").fields().forEachRemaining(alias -> {
            notes.accept("the alias '" + alias.getKey() + "' has no counterpart: clients ask for the model itself");
        });
        if (!root.path("general_settings").isEmpty()) {
            notes.accept("general_settings has no counterpart: callers get API keys of Switchboard");
        }
        for (String section : OTHER_SECTIONS) {
            if (!root.path(section).isEmpty()) {
                notes.accept(section + " has no counterpart");
            }
        }
        if (!root.path("include").isEmpty()) {
            notes.accept("include: the files it names are not read; import each of them");
        }
    }

    private static String shown(JsonNode value) {
        return value.isNumber() || value.isBoolean() ? " = " + value.asText() : "";
    }
}
