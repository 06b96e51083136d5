package dev.switchboard.node.simulator;

import akka.http.javadsl.model.HttpRequest;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The simulator's own API under {@code /_control}: order faults, read what was seen and what is open. */
final class ControlApi {
    private static final Set<String> RULE_FIELDS =
            Set.of("platform", "model", "key", "on", "times", "probability", "fault");

    private final SimulatorJournal journal;
    private final FaultPlan plan;

    ControlApi(SimulatorJournal journal, FaultPlan plan) {
        this.journal = journal;
        this.plan = plan;
    }

    Reply answer(String path, HttpRequest request, byte[] body) {
        String call = request.method().value() + " " + path;
        return switch (call) {
            case "GET _control/faults" -> Reply.json(200, Json.write(rules()));
            case "POST _control/faults", "PUT _control/faults" -> order(call.startsWith("PUT"), body);
            case "DELETE _control/faults" -> {
                plan.clear();
                yield Reply.json(200, "[]");
            }
            case "GET _control/requests" -> Reply.json(200, Json.write(requests(Responder.query(request, "platform"))));
            case "DELETE _control/requests" -> {
                journal.clear();
                yield Reply.json(200, "[]");
            }
            case "GET _control/state" -> Reply.json(200, Json.write(state()));
            default -> Reply.json(404, "{\"error\":" + Json.quote("no such control call: " + call) + "}");
        };
    }

    private Reply order(boolean replace, byte[] body) {
        try {
            JsonNode root = Json.MAPPER.readTree(body);
            JsonNode listed = root.isObject() && root.has("rules") ? root.get("rules") : root;
            List<FaultRule> rules = new ArrayList<>();
            if (listed.isArray()) {
                for (JsonNode each : listed) {
                    rules.add(rule(each));
                }
            } else {
                rules.add(rule(listed));
            }
            if (root.has("seed")) {
                plan.seed(root.get("seed").asLong());
            }
            if (replace || root.path("replace").asBoolean(false)) {
                plan.replace(rules);
            } else {
                rules.forEach(plan::add);
            }
            return Reply.json(200, Json.write(rules()));
        } catch (IOException e) {
            return Reply.json(400, "{\"error\":\"the body is not JSON\"}");
        } catch (IllegalArgumentException e) {
            return Reply.json(400, "{\"error\":" + Json.quote(String.valueOf(e.getMessage())) + "}");
        }
    }

    private static FaultRule rule(JsonNode node) {
        node.fieldNames().forEachRemaining(name -> {
            if (!RULE_FIELDS.contains(name)) {
                throw new IllegalArgumentException("unknown rule field '" + name + "'");
            }
        });
        return new FaultRule(
                text(node, "platform"),
                text(node, "model"),
                text(node, "key"),
                FaultRule.On.valueOf(node.path("on").asText("chat").toUpperCase(Locale.ROOT)),
                node.path("times").asInt(FaultRule.FOREVER),
                node.path("probability").asDouble(1),
                fault(node.path("fault")));
    }

    private static Fault fault(JsonNode node) {
        if (node.isTextual()) {
            return Fault.parse(node.asText());
        }
        if (!node.isObject()) {
            throw new IllegalArgumentException("a rule needs 'fault', as text or as an object");
        }
        Map<String, String> words = new LinkedHashMap<>();
        node.properties().forEach(each -> {
            if (!each.getValue().asText().equals("false")) {
                words.put(each.getKey(), each.getValue().asText());
            }
        });
        return Fault.of(words);
    }

    private static @Nullable String text(JsonNode node, String field) {
        return node.hasNonNull(field) ? node.get(field).asText() : null;
    }

    private ArrayNode rules() {
        ArrayNode out = Json.MAPPER.createArrayNode();
        for (FaultRule rule : plan.rules()) {
            ObjectNode item = out.addObject();
            item.put("platform", rule.platform()).put("model", rule.model()).put("key", rule.key());
            item.put("on", rule.on().name().toLowerCase(Locale.ROOT));
            if (rule.times() != FaultRule.FOREVER) {
                item.put("times", rule.times());
            }
            item.put("probability", rule.probability())
                    .put("fault", rule.fault().toString());
        }
        return out;
    }

    private ArrayNode requests(@Nullable String platform) {
        ArrayNode out = Json.MAPPER.createArrayNode();
        for (SimulatorJournal.Seen seen : platform == null ? journal.requests() : journal.requests(platform)) {
            ObjectNode item = out.addObject();
            item.put("at", seen.at().toString())
                    .put("platform", seen.platform())
                    .put("method", seen.method());
            item.put("path", seen.path()).put("model", seen.model()).put("key", seen.key());
            item.put("stream", seen.stream()).put("fault", seen.fault()).put("body", seen.body());
            ObjectNode headers = item.putObject("headers");
            seen.headers().forEach(headers::put);
        }
        return out;
    }

    private ObjectNode state() {
        ObjectNode out = Json.MAPPER.createObjectNode();
        out.put("requests", journal.requestCount());
        out.put("openConnections", journal.openConnections());
        out.put("openRequests", journal.openRequests());
        out.put("openStreams", journal.openStreams());
        out.put("cancelled", journal.cancelledCount());
        ArrayNode last = out.putArray("lastCancelled");
        journal.cancelled().forEach(each -> last.addObject()
                .put("at", each.at().toString())
                .put("platform", each.platform())
                .put("model", each.model())
                .put("begun", each.begun()));
        ObjectNode platforms = out.putObject("platforms");
        journal.loads().forEach((name, load) -> platforms
                .putObject(name)
                .put("requests", load.requests())
                .put("open", load.open())
                .put("peak", load.peak()));
        return out;
    }
}
