package dev.switchboard.node.dialect.anthropic;

import akka.util.ByteString;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.switchboard.node.chat.Json;
import dev.switchboard.node.chat.OpaqueReasoning;
import dev.switchboard.node.dialect.Block;
import dev.switchboard.node.dialect.Blocks;
import dev.switchboard.node.dialect.EventFrames;
import dev.switchboard.node.dialect.Rendering;
import dev.switchboard.node.dialect.Tokens;
import dev.switchboard.node.relay.ChatFrames;
import dev.switchboard.node.relay.RelayEvent;
import org.jspecify.annotations.Nullable;

/** An answer as Anthropic's message: whole, or as its stream of events. */
public final class MessagesRendering implements Rendering {
    private static final ByteString PING = ByteString.fromString("event: ping\ndata: {\"type\": \"ping\"}\n\n");

    private final String requestedModel;
    private final long promptTokens;
    private final boolean hideThinking;
    private final EventFrames frames = new EventFrames();
    private final Blocks streamed = new Blocks(new Streaming());
    private boolean started;
    private boolean usedTool;
    private int index;

    /**
     * {@code requestedModel} is told where upstream names no model, {@code promptTokens} is the estimate that a stream
     * begins with.
     */
    public MessagesRendering(String requestedModel, long promptTokens, boolean hideThinking) {
        this.requestedModel = requestedModel;
        this.promptTokens = promptTokens;
        this.hideThinking = hideThinking;
    }

    private boolean shown(Block block) {
        return !(hideThinking && block instanceof Block.Thought);
    }

    @Override
    public ByteString answer(ByteString completion) {
        JsonNode root = Json.parseOrNull(completion);
        ArrayNode content = JsonNodeFactory.instance.arrayNode();
        Blocks blocks = Blocks.whole(root == null ? Json.object() : root, new Blocks.Listener() {
            @Override
            public void opened(Block begun) {
                usedTool |= begun instanceof Block.Call;
            }

            @Override
            public void piece(Block begun, String piece) {
                // The whole block follows.
            }

            @Override
            public void closed(Block whole, boolean last) {
                if (shown(whole)) {
                    content.add(contentBlock(whole));
                }
            }
        });
        ObjectNode message = message(blocks, content, usage(blocks.tokens()));
        message.put("stop_reason", stopReason(blocks));
        message.put("stop_sequence", stopSequence(blocks));
        return Json.bytes(message);
    }

    private ObjectNode message(Blocks blocks, ArrayNode content, ObjectNode usage) {
        ObjectNode message = Json.object();
        message.put("id", "msg_" + blocks.plainId());
        message.put("type", "message");
        message.put("role", "assistant");
        message.put("model", blocks.model().isEmpty() ? requestedModel : blocks.model());
        message.set("content", content);
        message.putNull("stop_reason");
        message.putNull("stop_sequence");
        message.set("usage", usage);
        return message;
    }

    private static ObjectNode usage(Tokens tokens) {
        ObjectNode usage = Json.object();
        usage.put("input_tokens", tokens.input() - tokens.cached());
        usage.put("cache_creation_input_tokens", 0);
        usage.put("cache_read_input_tokens", tokens.cached());
        usage.put("output_tokens", tokens.output());
        if (tokens.estimated()) {
            usage.put("estimated", true);
        }
        return usage;
    }

    private String stopReason(Blocks blocks) {
        return switch (blocks.finishReason()) {
            case "length" -> "max_tokens";
            case "content_filter" -> "refusal";
            default -> usedTool ? "tool_use" : blocks.stopSequence() != null ? "stop_sequence" : "end_turn";
        };
    }

    private @Nullable String stopSequence(Blocks blocks) {
        return stopReason(blocks).equals("stop_sequence") ? blocks.stopSequence() : null;
    }

    private static ObjectNode contentBlock(Block block) {
        ObjectNode node = Json.object();
        if (block instanceof Block.Thought thought && thought.hidden()) {
            node.put("type", "redacted_thinking").put("data", OpaqueReasoning.seal(thought.opaque(), ""));
        } else if (block instanceof Block.Thought thought) {
            node.put("type", "thinking").put("thinking", thought.text());
            node.put("signature", thought.text().isEmpty() ? "" : signature(thought));
        } else if (block instanceof Block.Text text) {
            node.put("type", "text").put("text", text.text());
        } else if (block instanceof Block.Refusal refusal) {
            node.put("type", "text").put("text", refusal.text());
        } else if (block instanceof Block.Call call) {
            node.put("type", "tool_use").put("id", call.id()).put("name", call.name());
            node.set("input", input(call.arguments()));
        }
        return node;
    }

    private static String signature(Block.Thought thought) {
        return OpaqueReasoning.seal(thought.opaque(), thought.text());
    }

    /** Anthropic's input is an object; arguments that are none are kept as text. */
    private static ObjectNode input(String arguments) {
        if (arguments.isBlank()) {
            return Json.object();
        }
        return Json.parseOrNull(arguments) instanceof ObjectNode object
                ? object
                : Json.object().put("raw_arguments", arguments);
    }

    @Override
    public ByteString frame(RelayEvent event) {
        if (event instanceof RelayEvent.Chunk chunk) {
            JsonNode root = Json.parseOrNull(chunk.json());
            if (root != null) {
                streamed.accept(root);
                start();
            }
        } else if (event instanceof RelayEvent.Failed failed) {
            frames.add(AnthropicError.broken(failed.failure()));
        } else if (event == RelayEvent.Done.DONE) {
            start();
            streamed.finish();
            end();
        }
        return frames.take();
    }

    private void start() {
        if (started) {
            return;
        }
        started = true;
        ObjectNode start = Json.object().put("type", "message_start");
        Tokens estimate = new Tokens(promptTokens, 0, 0, 0, false);
        start.set("message", message(streamed, JsonNodeFactory.instance.arrayNode(), usage(estimate)));
        frames.add(start);
    }

    private void end() {
        ObjectNode end = Json.object().put("type", "message_delta");
        end.putObject("delta").put("stop_reason", stopReason(streamed)).put("stop_sequence", stopSequence(streamed));
        end.set("usage", usage(streamed.tokens()));
        frames.add(end);
        frames.add(Json.object().put("type", "message_stop"));
    }

    /** Blocks as the events that begin, grow and end them. */
    private final class Streaming implements Blocks.Listener {
        @Override
        public void opened(Block begun) {
            start();
            usedTool |= begun instanceof Block.Call;
            if (shown(begun)) {
                ObjectNode event = event("content_block_start");
                event.set("content_block", contentBlock(begun));
                frames.add(event);
            }
        }

        @Override
        public void piece(Block begun, String piece) {
            if (shown(begun)) {
                ObjectNode event = event("content_block_delta");
                ObjectNode delta = event.putObject("delta");
                if (begun instanceof Block.Thought) {
                    delta.put("type", "thinking_delta").put("thinking", piece);
                } else if (begun instanceof Block.Call) {
                    delta.put("type", "input_json_delta").put("partial_json", piece);
                } else {
                    delta.put("type", "text_delta").put("text", piece);
                }
                frames.add(event);
            }
        }

        @Override
        public void closed(Block whole, boolean last) {
            if (shown(whole)) {
                if (whole instanceof Block.Thought thought && !thought.hidden()) {
                    ObjectNode event = event("content_block_delta");
                    event.putObject("delta").put("type", "signature_delta").put("signature", signature(thought));
                    frames.add(event);
                }
                frames.add(event("content_block_stop"));
                index++;
            }
        }

        private ObjectNode event(String type) {
            return Json.object().put("type", type).put("index", index);
        }
    }

    @Override
    public ByteString refused(Refused refusal) {
        frames.add(AnthropicError.body(refusal.status(), refusal.message()));
        return frames.take();
    }

    /** Clients expect nothing but comments before the message begins. */
    @Override
    public ByteString keepAlive() {
        return started ? PING : ChatFrames.KEEP_ALIVE;
    }
}
