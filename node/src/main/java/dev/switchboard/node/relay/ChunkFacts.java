package dev.switchboard.node.relay;

import akka.util.ByteString;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.switchboard.node.chat.Json;
import dev.switchboard.protocol.domain.Usage;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * What one streamed chunk holds, read in one pass over its tokens without a tree.
 *
 * @param error whether its root or a choice carries an error (behaviour.md §4)
 * @param shaped whether it has a list of choices, as every chunk must, even an empty one
 * @param choice the index of its last choice, -1 where it has none
 * @param several whether it has more than one choice
 * @param textChars characters of text
 * @param reasoning its reasoning text, empty where there is none
 * @param toolChars characters of tool names and arguments
 * @param toolCall whether it holds any part of a tool call
 * @param callHead whether it begins a tool call, or holds a piece of one without an index or with arguments that are no text
 * @param opaque whether it holds blocks of reasoning that only their provider reads
 * @param media whether it holds images, as {@code images} of its delta
 * @param finish whether it names a finish reason
 * @param usage upstream's usage, where it is sent; some send zeros
 * @param usageGaps whether that lacks one of OpenAI's three numbers
 * @param listContent whether text came as a list of parts, which clients do not expect
 * @param message whether a choice has a {@code message}, as a whole answer has, and no delta
 */
public record ChunkFacts(
        boolean error,
        boolean shaped,
        int choice,
        boolean several,
        int textChars,
        String reasoning,
        int toolChars,
        boolean toolCall,
        boolean callHead,
        boolean opaque,
        boolean media,
        boolean finish,
        @Nullable Usage usage,
        boolean usageGaps,
        boolean listContent,
        boolean message) {

    /** Whether it commits the answer: text, reasoning, a tool call or an image. */
    public boolean content() {
        return textChars > 0 || toolCall || media || !reasoning.isEmpty();
    }

    /** Characters that count as output. */
    public int outputChars() {
        return textChars + toolChars + reasoning.length();
    }

    /** The same without finish reason and usage. */
    public ChunkFacts withoutFinish() {
        return ending(false, null);
    }

    /** The same with all of the usage. */
    ChunkFacts withUsage(Usage whole) {
        return ending(finish, whole);
    }

    private ChunkFacts ending(boolean finishes, @Nullable Usage whole) {
        return new ChunkFacts(
                error,
                shaped,
                choice,
                several,
                textChars,
                reasoning,
                toolChars,
                toolCall,
                callHead,
                opaque,
                media,
                finishes,
                whole,
                false,
                listContent,
                message);
    }

    /** The same without characters: what was counted before. */
    public ChunkFacts uncounted() {
        return new ChunkFacts(
                error,
                shaped,
                choice,
                several,
                0,
                "",
                0,
                toolCall,
                callHead,
                opaque,
                media,
                finish,
                usage,
                usageGaps,
                listContent,
                message);
    }

    /** Reads the chunk; null where it is not exactly one JSON object. */
    public static @Nullable ChunkFacts read(ByteString json) {
        try (JsonParser parser = Json.parser(json)) {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                return null;
            }
            Reader reader = new Reader(parser);
            reader.root();
            return parser.nextToken() == null ? reader.facts() : null;
        } catch (IOException e) {
            return null;
        }
    }

    private static final class Reader {
        private final JsonParser parser;
        private boolean error;
        private boolean errors;
        private boolean unsuccessful;
        private boolean shaped;
        private int choice = -1;
        private boolean several;
        private int textChars;
        private String reasoning = "";
        private int toolChars;
        private boolean toolCall;
        private boolean callHead;
        private boolean opaque;
        private boolean media;
        private boolean finish;
        private @Nullable Usage usage;
        private boolean usageGaps;
        private boolean listContent;
        private boolean message;

        Reader(JsonParser parser) {
            this.parser = parser;
        }

        ChunkFacts facts() {
            boolean failed = error || (errors && unsuccessful);
            return new ChunkFacts(
                    failed,
                    shaped,
                    choice,
                    several,
                    textChars,
                    reasoning,
                    toolChars,
                    toolCall,
                    callHead,
                    opaque,
                    media,
                    finish,
                    usage,
                    usageGaps,
                    listContent,
                    message);
        }

        void root() throws IOException {
            while (parser.nextToken() == JsonToken.FIELD_NAME) {
                String name = parser.currentName();
                JsonToken value = parser.nextToken();
                switch (name) {
                    case "choices" -> choices(value);
                    case "usage" -> usage(value);
                    case "error" -> error(value);
                    case "errors" -> errors(value);
                    case "success" -> {
                        unsuccessful |= value == JsonToken.VALUE_FALSE;
                        parser.skipChildren();
                    }
                    default -> parser.skipChildren();
                }
            }
        }

        private void error(JsonToken value) throws IOException {
            error |= value == JsonToken.VALUE_STRING || value == JsonToken.START_OBJECT;
            parser.skipChildren();
        }

        private void errors(JsonToken value) throws IOException {
            if (value != JsonToken.START_ARRAY) {
                parser.skipChildren();
                return;
            }
            for (JsonToken item = parser.nextToken(); item != JsonToken.END_ARRAY; item = parser.nextToken()) {
                ended(item);
                errors = true;
                parser.skipChildren();
            }
        }

        private void choices(JsonToken value) throws IOException {
            if (value != JsonToken.START_ARRAY) {
                parser.skipChildren();
                return;
            }
            shaped = true;
            for (JsonToken item = parser.nextToken(); item != JsonToken.END_ARRAY; item = parser.nextToken()) {
                ended(item);
                if (item == JsonToken.START_OBJECT) {
                    several = choice >= 0;
                    choice = Math.max(choice, 0);
                    choice();
                } else {
                    parser.skipChildren();
                }
            }
        }

        private void choice() throws IOException {
            boolean whole = false;
            boolean delta = false;
            while (parser.nextToken() == JsonToken.FIELD_NAME) {
                String name = parser.currentName();
                JsonToken value = parser.nextToken();
                switch (name) {
                    case "index" -> {
                        choice = value == JsonToken.VALUE_NUMBER_INT ? (int) longValue() : choice;
                        parser.skipChildren();
                    }
                    case "finish_reason" -> {
                        finish |= value == JsonToken.VALUE_STRING && parser.getTextLength() > 0;
                        parser.skipChildren();
                    }
                    case "delta", "message" -> {
                        if (value == JsonToken.START_OBJECT) {
                            whole |= name.equals("message");
                            delta |= name.equals("delta");
                            delta();
                        } else {
                            parser.skipChildren();
                        }
                    }
                    case "text" -> textChars += stringLength(value);
                    case "error" -> error(value);
                    default -> parser.skipChildren();
                }
            }
            message |= whole && !delta;
        }

        private void delta() throws IOException {
            String first = "";
            String second = "";
            while (parser.nextToken() == JsonToken.FIELD_NAME) {
                String name = parser.currentName();
                JsonToken value = parser.nextToken();
                switch (name) {
                    case "content" -> {
                        if (value == JsonToken.START_ARRAY) {
                            listContent = true;
                            parser.skipChildren();
                        } else {
                            textChars += stringLength(value);
                        }
                    }
                    case "refusal" -> textChars += stringLength(value);
                    case "reasoning_content" -> first = string(value);
                    case "reasoning" -> second = string(value);
                    case "tool_calls" -> toolCalls(value);
                    case "reasoning_details", "thinking_blocks" -> {
                        opaque |= value == JsonToken.START_ARRAY;
                        parser.skipChildren();
                    }
                    case "images" -> {
                        media |= value == JsonToken.START_ARRAY;
                        parser.skipChildren();
                    }
                    case "function_call" -> {
                        toolCall |= value == JsonToken.START_OBJECT;
                        function(value);
                    }
                    default -> parser.skipChildren();
                }
            }
            reasoning += first.isEmpty() ? second : first;
        }

        private void toolCalls(JsonToken value) throws IOException {
            if (value != JsonToken.START_ARRAY) {
                parser.skipChildren();
                return;
            }
            for (JsonToken item = parser.nextToken(); item != JsonToken.END_ARRAY; item = parser.nextToken()) {
                ended(item);
                if (item != JsonToken.START_OBJECT) {
                    parser.skipChildren();
                    continue;
                }
                toolCall = true;
                piece();
            }
        }

        private void piece() throws IOException {
            boolean indexed = false;
            while (parser.nextToken() == JsonToken.FIELD_NAME) {
                String name = parser.currentName();
                JsonToken field = parser.nextToken();
                indexed |= name.equals("index") && field == JsonToken.VALUE_NUMBER_INT;
                callHead |= name.equals("id") && field == JsonToken.VALUE_STRING && parser.getTextLength() > 0;
                if (name.equals("function")) {
                    function(field);
                } else {
                    parser.skipChildren();
                }
            }
            callHead |= !indexed;
        }

        private void function(JsonToken value) throws IOException {
            if (value != JsonToken.START_OBJECT) {
                parser.skipChildren();
                return;
            }
            while (parser.nextToken() == JsonToken.FIELD_NAME) {
                boolean name = parser.currentName().equals("name");
                JsonToken field = parser.nextToken();
                int length = stringLength(field);
                callHead |= field == JsonToken.START_OBJECT || (name && length > 0);
                toolChars += length;
            }
        }

        private void usage(JsonToken value) throws IOException {
            if (value != JsonToken.START_OBJECT) {
                parser.skipChildren();
                return;
            }
            long input = 0;
            long output = 0;
            int named = 0;
            while (parser.nextToken() == JsonToken.FIELD_NAME) {
                String name = parser.currentName();
                JsonToken field = parser.nextToken();
                boolean number = field == JsonToken.VALUE_NUMBER_INT;
                if (number && (name.equals("prompt_tokens") || name.equals("input_tokens"))) {
                    input = Math.max(0, longValue());
                } else if (number && (name.equals("completion_tokens") || name.equals("output_tokens"))) {
                    output = Math.max(0, longValue());
                }
                named += number && ChunkEdit.USAGE.contains(name) ? 1 : 0;
                parser.skipChildren();
            }
            usage = new Usage(input, output, false);
            usageGaps = named < ChunkEdit.USAGE.size();
        }

        private long longValue() throws IOException {
            double value = parser.getDoubleValue();
            return value > Integer.MAX_VALUE || value < 0 ? 0 : (long) value;
        }

        private int stringLength(JsonToken value) throws IOException {
            if (value == JsonToken.VALUE_STRING) {
                return parser.getTextLength();
            }
            parser.skipChildren();
            return 0;
        }

        private String string(JsonToken value) throws IOException {
            if (value == JsonToken.VALUE_STRING) {
                return parser.getText();
            }
            parser.skipChildren();
            return "";
        }

        private static void ended(@Nullable JsonToken token) throws IOException {
            if (token == null) {
                throw new IOException("cut off");
            }
        }
    }
}
