package dev.switchboard.node.simulator;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads a chat or text completion request of the OpenAI family in one pass, building trees only for tools and schemas. */
final class OpenAiRequest {
    private final WireFormat format;
    private String model = "";
    private boolean stream;
    private boolean includeUsage;
    private int maxTokens = Integer.MAX_VALUE;
    private int choices = 1;
    private List<Chat.Tool> tools = List.of();
    private @Nullable JsonNode toolChoice;
    private boolean parallelTools = true;
    private @Nullable JsonNode responseFormat;
    private boolean prompted;
    private String lastUserText = "";
    private String lastRole = "";
    private String lastText = "";
    private long promptChars;
    private final List<JsonNode> called = new ArrayList<>();

    private OpenAiRequest(WireFormat format) {
        this.format = format;
    }

    static Chat parse(byte[] body, WireFormat format, boolean textOnly) throws BadRequest {
        OpenAiRequest request = new OpenAiRequest(format);
        try (JsonParser parser = Json.MAPPER.createParser(body)) {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                throw new BadRequest("We expected a JSON object as the body of your request.");
            }
            while (parser.nextToken() == JsonToken.FIELD_NAME) {
                String field = parser.currentName();
                parser.nextToken();
                request.field(field, parser);
            }
        } catch (IOException e) {
            throw new BadRequest("We could not parse the JSON body of your request.");
        }
        if (!request.prompted) {
            throw new BadRequest("Missing required parameter: '" + (textOnly ? "prompt" : "messages") + "'.");
        }
        if (request.model.isEmpty()) {
            throw new BadRequest("you must provide a model parameter");
        }
        for (JsonNode turn : request.called) {
            Signatures.check(request.model, turn.path(0), turn.path(1));
        }
        return request.chat();
    }

    private void field(String name, JsonParser parser) throws IOException, BadRequest {
        switch (name) {
            case "model" -> model = parser.getValueAsString("");
            case "stream" -> stream = parser.getValueAsBoolean(false);
            case "stream_options" ->
                includeUsage = tree(parser).path("include_usage").asBoolean(false);
            case "max_tokens", "max_completion_tokens" -> maxTokens = parser.getValueAsInt(Integer.MAX_VALUE);
            case "n" -> choices = Math.max(1, Math.min(8, parser.getValueAsInt(1)));
            case "tools" -> tools = tools(tree(parser));
            case "tool_choice" -> toolChoice = tree(parser);
            case "parallel_tool_calls" -> parallelTools = parser.getValueAsBoolean(true);
            case "response_format" -> responseFormat = tree(parser);
            case "messages" -> messages(parser);
            case "prompt" -> prompt(parser);
            default -> parser.skipChildren();
        }
    }

    private void prompt(JsonParser parser) throws IOException {
        prompted = true;
        JsonNode prompt = tree(parser);
        lastUserText = (prompt.isArray() ? prompt.path(0) : prompt).asText();
        promptChars = lastUserText.length();
    }

    private void messages(JsonParser parser) throws IOException, BadRequest {
        if (parser.currentToken() != JsonToken.START_ARRAY) {
            throw new BadRequest("Invalid type for 'messages': expected an array of objects.");
        }
        int index = 0;
        while (parser.nextToken() != JsonToken.END_ARRAY) {
            if (parser.currentToken() != JsonToken.START_OBJECT) {
                throw new BadRequest("Invalid type for 'messages[" + index + "]': expected an object.");
            }
            message(parser);
            index++;
        }
        if (index == 0) {
            throw new BadRequest("Invalid 'messages': empty array. Expected an array with minimum length 1.");
        }
        prompted = true;
    }

    private void message(JsonParser parser) throws IOException, BadRequest {
        String role = "";
        String text = "";
        JsonNode calls = JsonNodeFactory.instance.arrayNode();
        JsonNode details = JsonNodeFactory.instance.arrayNode();
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
            String field = parser.currentName();
            JsonToken value = parser.nextToken();
            if (field.equals("role")) {
                role = parser.getValueAsString("");
            } else if (field.equals("content")) {
                refuseContent(value);
                text = value == JsonToken.VALUE_STRING ? parser.getText() : joined(tree(parser));
            } else if (field.equals("tool_calls")) {
                calls = tree(parser);
                promptChars += Json.write(calls).length();
            } else if (field.equals("reasoning_details")) {
                details = tree(parser);
            } else {
                parser.skipChildren();
            }
        }
        if (role.isEmpty()) {
            throw new BadRequest("Missing required parameter: 'messages[].role'.");
        }
        if (!calls.isEmpty()) {
            called.add(JsonNodeFactory.instance.arrayNode().add(calls).add(details));
        }
        promptChars += text.length();
        lastRole = role;
        lastText = text;
        if (role.equals("user")) {
            lastUserText = text;
        }
    }

    private void refuseContent(JsonToken value) throws BadRequest {
        if (format == WireFormat.CLOUDFLARE && value != JsonToken.VALUE_STRING) {
            throw new BadRequest("AiError: Bad input: Error: oneOf at '/' not met: content must be a string");
        }
    }

    private static String joined(JsonNode content) {
        StringBuilder text = new StringBuilder();
        for (JsonNode part : content) {
            if (part.path("type").asText("text").equals("text")) {
                text.append(part.path("text").asText());
            }
        }
        return text.toString();
    }

    private List<Chat.Tool> tools(JsonNode given) throws BadRequest {
        List<Chat.Tool> read = new ArrayList<>();
        for (JsonNode tool : given) {
            JsonNode function = tool.path("function");
            JsonNode parameters =
                    function.has("parameters") ? function.get("parameters") : JsonNodeFactory.instance.objectNode();
            if (format == WireFormat.COHERE && parameters.findValue("additionalProperties") != null) {
                throw new BadRequest("invalid request: tool parameters must not hold additionalProperties");
            }
            if (function.path("name").asText().isEmpty()) {
                throw new BadRequest("Missing required parameter: 'tools[" + read.size() + "].function.name'.");
            }
            read.add(new Chat.Tool(function.path("name").asText(), parameters));
        }
        return read;
    }

    private static JsonNode tree(JsonParser parser) throws IOException {
        JsonNode tree = parser.readValueAsTree();
        return tree == null ? JsonNodeFactory.instance.nullNode() : tree;
    }

    private Chat chat() {
        JsonNode choice = toolChoice;
        Chat.ToolChoice kind = Chat.ToolChoice.AUTO;
        String named = null;
        if (choice != null) {
            if (choice.isObject()) {
                kind = Chat.ToolChoice.REQUIRED;
                named = choice.path("function").path("name").asText(null);
            } else if (choice.asText().equals("required")) {
                kind = Chat.ToolChoice.REQUIRED;
            } else if (choice.asText().equals("none")) {
                kind = Chat.ToolChoice.NONE;
            }
        }
        JsonNode shape = responseFormat;
        String wanted = shape == null ? "text" : shape.path("type").asText("text");
        JsonNode schema = shape == null ? null : shape.path("json_schema").get("schema");
        return new Chat(
                model,
                stream,
                includeUsage,
                maxTokens,
                choices,
                tools,
                kind,
                named,
                parallelTools,
                lastUserText,
                lastRole.equals("tool") ? lastText : null,
                wanted.startsWith("json"),
                schema,
                promptChars);
    }
}
