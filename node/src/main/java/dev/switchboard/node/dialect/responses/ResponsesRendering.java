package dev.switchboard.node.dialect.responses;

import akka.Done;
import akka.util.ByteString;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.switchboard.node.chat.Json;
import dev.switchboard.node.dialect.Block;
import dev.switchboard.node.dialect.Blocks;
import dev.switchboard.node.dialect.EventFrames;
import dev.switchboard.node.dialect.Rendering;
import dev.switchboard.node.relay.ChatFrames;
import dev.switchboard.node.relay.RelayEvent;
import dev.switchboard.protocol.domain.FailureKind;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;

/** An answer as a response object: whole, or as the published events with their sequence numbers. */
public final class ResponsesRendering implements Rendering {
    private final ResponseObject object;
    private final ArrayNode earlier;
    private final Function<Kept, CompletionStage<Done>> keep;
    private final EventFrames frames = new EventFrames();
    private final ArrayNode output = JsonNodeFactory.instance.arrayNode();
    private final List<Block> said = new ArrayList<>();
    private final Blocks streamed = new Blocks(new Streaming());
    private boolean started;
    private int sequence;
    private CompletionStage<Done> kept = CompletableFuture.completedStage(Done.getInstance());
    private ByteString held = ByteString.emptyByteString();

    /**
     * {@code seed} is unique and holds no underscore, {@code createdAt} is in seconds since 1970, {@code earlier} is the
     * conversation that is answered. {@code keep} is called once, when the answer is complete; its stage never fails, and
     * the answer ends when it is done.
     */
    public ResponsesRendering(
            ObjectNode source,
            String seed,
            long createdAt,
            ArrayNode earlier,
            Function<Kept, CompletionStage<Done>> keep) {
        this.object = new ResponseObject(source, seed, createdAt);
        this.earlier = earlier;
        this.keep = keep;
    }

    @Override
    public ByteString answer(ByteString completion) {
        JsonNode root = Json.parseOrNull(completion);
        List<Block> whole = new ArrayList<>();
        Blocks blocks = Blocks.whole(root == null ? Json.object() : root, new Blocks.Listener() {
            @Override
            public void opened(Block begun) {
                // The whole block follows.
            }

            @Override
            public void piece(Block begun, String piece) {
                // The whole block follows.
            }

            @Override
            public void closed(Block block, boolean last) {
                whole.add(block);
            }
        });
        for (int i = 0; i < whole.size(); i++) {
            closed(blocks, whole.get(i), i == whole.size() - 1);
        }
        ObjectNode response = object.ended(blocks, output);
        tell(response);
        return Json.bytes(response);
    }

    private ObjectNode closed(Blocks blocks, Block whole, boolean last) {
        ObjectNode item = object.item(whole, output.size(), ResponseObject.statusOf(blocks, last), false);
        output.add(item);
        said.add(whole);
        return item;
    }

    private void tell(ObjectNode response) {
        ArrayNode messages = earlier.deepCopy();
        messages.add(Answered.message(said));
        kept = keep.apply(new Kept(response, messages));
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
            boolean limited = failed.failure().kind() == FailureKind.RATE_LIMITED;
            fail(
                    limited ? "rate_limit_exceeded" : "server_error",
                    failed.failure().message());
        } else if (event == RelayEvent.Done.DONE) {
            start();
            streamed.finish();
            ByteString told = frames.take();
            ObjectNode response = object.ended(streamed, output);
            tell(response);
            send("response." + response.path("status").asText(), Json.object().set("response", response));
            held = frames.take();
            return told;
        }
        return frames.take();
    }

    @Override
    public CompletionStage<ByteString> last() {
        return kept.thenApplyAsync(done -> held, Runnable::run);
    }

    @Override
    public ByteString refused(Refused refusal) {
        fail(refusal.status() == 429 ? "rate_limit_exceeded" : "server_error", refusal.message());
        return frames.take();
    }

    @Override
    public ByteString keepAlive() {
        return ChatFrames.KEEP_ALIVE;
    }

    private void fail(String code, String message) {
        start();
        send("response.failed", Json.object().set("response", object.failed(streamed, output, code, message)));
    }

    private void start() {
        if (!started) {
            started = true;
            for (String type : List.of("response.created", "response.in_progress")) {
                send(type, Json.object().set("response", object.write("in_progress", streamed, output)));
            }
        }
    }

    private void send(String type, ObjectNode fields) {
        ObjectNode event = Json.object().put("type", type).put("sequence_number", sequence++);
        event.setAll(fields);
        frames.add(event);
    }

    /** Blocks as the events of items and their parts. */
    private final class Streaming implements Blocks.Listener {
        private ObjectNode item = Json.object();

        @Override
        public void opened(Block begun) {
            start();
            item = object.item(begun, output.size(), "in_progress", true);
            send("response.output_item.added", at().set("item", item));
            if (begun instanceof Block.Thought thought) {
                if (!thought.hidden()) {
                    send("response.reasoning_summary_part.added", part(begun).set("part", ResponseObject.part(begun)));
                }
            } else if (!(begun instanceof Block.Call)) {
                send("response.content_part.added", part(begun).set("part", ResponseObject.part(begun)));
            }
        }

        @Override
        public void piece(Block begun, String piece) {
            if (object.isCustom(begun)) {
                return;
            }
            ObjectNode fields = part(begun).put("delta", piece);
            if (begun instanceof Block.Text) {
                fields.putArray("logprobs");
            }
            send(stem(begun) + ".delta", fields);
        }

        @Override
        public void closed(Block whole, boolean last) {
            ObjectNode done = part(whole);
            if (whole instanceof Block.Thought thought) {
                if (!thought.hidden()) {
                    send(stem(whole) + ".done", done.put("text", thought.text()));
                    send("response.reasoning_summary_part.done", part(whole).set("part", ResponseObject.part(whole)));
                }
            } else if (whole instanceof Block.Text text) {
                done.put("text", text.text()).putArray("logprobs");
                send(stem(whole) + ".done", done);
                send("response.content_part.done", part(whole).set("part", ResponseObject.part(whole)));
            } else if (whole instanceof Block.Refusal refusal) {
                send(stem(whole) + ".done", done.put("refusal", refusal.text()));
                send("response.content_part.done", part(whole).set("part", ResponseObject.part(whole)));
            } else if (whole instanceof Block.Call call && object.isCustom(call)) {
                String input = CustomTools.input(call.arguments());
                send("response.custom_tool_call_input.delta", part(whole).put("delta", input));
                send("response.custom_tool_call_input.done", done.put("input", input));
            } else if (whole instanceof Block.Call call) {
                String arguments = call.arguments().isBlank() ? "{}" : call.arguments();
                send(stem(whole) + ".done", done.put("name", call.name()).put("arguments", arguments));
            }
            ObjectNode position = at();
            send(
                    "response.output_item.done",
                    position.set("item", ResponsesRendering.this.closed(streamed, whole, last)));
        }

        private String stem(Block block) {
            if (block instanceof Block.Thought) {
                return "response.reasoning_summary_text";
            } else if (block instanceof Block.Refusal) {
                return "response.refusal";
            }
            return block instanceof Block.Call ? "response.function_call_arguments" : "response.output_text";
        }

        private ObjectNode at() {
            return Json.object().put("output_index", output.size());
        }

        private ObjectNode part(Block block) {
            ObjectNode part = Json.object().put("item_id", item.path("id").asText());
            part.put("output_index", output.size());
            if (block instanceof Block.Thought) {
                part.put("summary_index", 0);
            } else if (!(block instanceof Block.Call)) {
                part.put("content_index", 0);
            }
            return part;
        }
    }
}
