package dev.switchboard.node.relay;

import akka.util.ByteString;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.switchboard.node.chat.Json;
import dev.switchboard.protocol.domain.Usage;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The few changes that a chunk may need, and the chunks that upstream did not send. */
public final class ChunkEdit {
    private static final String INPUT = "prompt_tokens";
    private static final String OUTPUT = "completion_tokens";
    private static final String TOTAL = "total_tokens";
    /** The numbers that clients read. */
    static final List<String> USAGE = List.of(INPUT, OUTPUT, TOTAL);

    private ChunkEdit() {}

    /** The usage object of an OpenAI answer; estimated figures are marked (contract.md §3). */
    public static ObjectNode usage(Usage usage) {
        ObjectNode node = Json.object();
        node.put(INPUT, usage.inputTokens());
        node.put(OUTPUT, usage.outputTokens());
        node.put(TOTAL, usage.totalTokens());
        if (usage.estimated()) {
            node.put("estimated", true);
        }
        return node;
    }

    /** Whether upstream's usage lacks one of the numbers that clients read. */
    public static boolean hasGaps(JsonNode usage) {
        for (String name : USAGE) {
            if (!usage.path(name).isIntegralNumber()) {
                return true;
            }
        }
        return false;
    }

    /** Puts in the numbers that upstream's usage lacks: what the others say, else what {@code estimate} does, marked. */
    public static Usage fillGaps(ObjectNode usage, Usage estimate) {
        long total = usage.path(TOTAL).asLong(0);
        long input = number(usage, INPUT, "input_tokens");
        long output = number(usage, OUTPUT, "output_tokens");
        boolean estimated = total <= 0 && (input < 0 || output < 0);
        if (input < 0) {
            input = estimated ? estimate.inputTokens() : Math.max(0, total - Math.max(0, output));
        }
        if (output < 0) {
            output = estimated ? estimate.outputTokens() : Math.max(0, total - input);
        }
        usage.put(INPUT, input);
        usage.put(OUTPUT, output);
        if (!usage.path(TOTAL).isIntegralNumber()) {
            usage.put(TOTAL, input + output);
        }
        if (estimated) {
            usage.put("estimated", true);
        }
        return new Usage(input, output, estimated);
    }

    private static long number(ObjectNode usage, String name, String otherName) {
        JsonNode said = usage.path(name).isIntegralNumber() ? usage.path(name) : usage.path(otherName);
        return said.isIntegralNumber() ? Math.max(0, said.asLong()) : -1;
    }

    /**
     * Turns a message's list-shaped content into the text of its parts; parts that are thoughts become its reasoning. Does
     * nothing to other content.
     */
    public static void joinContent(ObjectNode message) {
        JsonNode content = message.path("content");
        if (!content.isArray()) {
            return;
        }
        StringBuilder text = new StringBuilder();
        StringBuilder thoughts = new StringBuilder();
        for (JsonNode part : content) {
            JsonNode thinking = part.path("thinking");
            if (part.isTextual()) {
                text.append(part.textValue());
            } else if (!thinking.isMissingNode()) {
                thoughts.append(plain(thinking));
            } else {
                text.append(part.path("text").asText(""));
            }
        }
        message.put("content", text.toString());
        if (thoughts.length() > 0
                && message.path("reasoning_content").asText("").isEmpty()) {
            message.put("reasoning_content", thoughts.toString());
        }
    }

    private static String plain(JsonNode thinking) {
        if (thinking.isTextual()) {
            return thinking.textValue();
        }
        StringBuilder text = new StringBuilder();
        for (JsonNode part : thinking) {
            text.append(part.isTextual() ? part.textValue() : part.path("text").asText(""));
        }
        return text.toString();
    }

    /** The chunk with list-shaped content joined. */
    public static RelayEvent joined(ByteString json) {
        if (Json.parseOrNull(json) instanceof ObjectNode root) {
            for (JsonNode choice : root.path("choices")) {
                if (choice.path("delta") instanceof ObjectNode delta) {
                    joinContent(delta);
                }
            }
            return chunk(root);
        }
        return RelayEvent.Skipped.SKIPPED;
    }

    /** A chunk made here. */
    public static RelayEvent chunk(ObjectNode root) {
        ByteString json = Json.bytes(root);
        ChunkFacts facts = ChunkFacts.read(json);
        return facts == null ? RelayEvent.Skipped.SKIPPED : new RelayEvent.Chunk(json, facts);
    }

    static ByteString withoutUsage(ByteString json) {
        if (Json.parseOrNull(json) instanceof ObjectNode root) {
            root.remove("usage");
            return Json.bytes(root);
        }
        return json;
    }

    static RelayEvent contentChunk(@Nullable ByteString like, int choice, String text) {
        ObjectNode root = envelope(like);
        ObjectNode item = root.putArray("choices").addObject();
        item.put("index", choice);
        item.putObject("delta").put("content", text);
        item.putNull("finish_reason");
        return chunk(root);
    }

    /** The finish reason that upstream left out before its {@code [DONE]}: clients wait for one. */
    static RelayEvent finishChunk(@Nullable ByteString like, int choice, boolean called) {
        ObjectNode root = envelope(like);
        ObjectNode item = root.putArray("choices").addObject();
        item.put("index", choice);
        item.putObject("delta");
        item.put("finish_reason", called ? "tool_calls" : "stop");
        return chunk(root);
    }

    static RelayEvent usageChunk(@Nullable ByteString like, Usage usage) {
        ObjectNode root = envelope(like);
        root.putArray("choices");
        root.set("usage", usage(usage));
        return chunk(root);
    }

    private static ObjectNode envelope(@Nullable ByteString like) {
        JsonNode model = like == null ? null : Json.parseOrNull(like);
        ObjectNode root = Json.object();
        root.put("id", model == null ? "chatcmpl" : model.path("id").asText("chatcmpl"));
        root.put("object", "chat.completion.chunk");
        root.put("created", model == null ? 0 : model.path("created").asLong(0));
        root.put("model", model == null ? "" : model.path("model").asText(""));
        return root;
    }
}
