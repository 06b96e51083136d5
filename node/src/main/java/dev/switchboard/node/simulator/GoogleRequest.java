package dev.switchboard.node.simulator;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Reads a Gemini generateContent request, as strictly as Gemini does where adapters stumble. */
final class GoogleRequest {
    private static final List<String> REFUSED_IN_SCHEMA = List.of("$schema", "additionalProperties");

    private GoogleRequest() {}

    static Chat parse(byte[] body, String model, boolean stream) throws BadRequest {
        JsonNode root;
        try {
            root = Json.MAPPER.readTree(body);
        } catch (IOException e) {
            throw new BadRequest("Invalid JSON payload received.");
        }
        JsonNode contents = root.path("contents");
        if (!contents.isArray() || contents.isEmpty()) {
            throw new BadRequest("* GenerateContentRequest.contents: contents is not specified");
        }
        JsonNode generation = root.path("generationConfig");
        JsonNode calling = root.path("toolConfig").path("functionCallingConfig");
        JsonNode last = contents.get(contents.size() - 1);
        JsonNode answered = last.path("parts").path(0).path("functionResponse");
        String mode = calling.path("mode").asText("AUTO");
        checkSignatures(contents, model);
        return new Chat(
                model,
                stream,
                true,
                generation.path("maxOutputTokens").asInt(Integer.MAX_VALUE),
                1,
                tools(root),
                mode.equals("ANY")
                        ? Chat.ToolChoice.REQUIRED
                        : mode.equals("NONE") ? Chat.ToolChoice.NONE : Chat.ToolChoice.AUTO,
                calling.path("allowedFunctionNames").path(0).asText(null),
                true,
                lastUserText(contents),
                answered.isMissingNode() ? null : Json.write(answered.path("response")),
                generation.path("responseMimeType").asText().equals("application/json"),
                generation.has("responseSchema") ? generation.get("responseSchema") : null,
                chars(contents) + chars(root.path("systemInstruction")));
    }

    private static List<Chat.Tool> tools(JsonNode root) throws BadRequest {
        List<Chat.Tool> tools = new ArrayList<>();
        for (JsonNode tool : root.path("tools")) {
            for (JsonNode function : tool.path("functionDeclarations")) {
                JsonNode parameters =
                        function.has("parameters") ? function.get("parameters") : JsonNodeFactory.instance.objectNode();
                for (String refused : REFUSED_IN_SCHEMA) {
                    if (parameters.findValue(refused) != null) {
                        throw new BadRequest("Invalid JSON payload received. Unknown name \"" + refused
                                + "\" at 'tools[0].function_declarations[" + tools.size()
                                + "].parameters': Cannot find field.");
                    }
                }
                tools.add(new Chat.Tool(function.path("name").asText(), parameters));
            }
        }
        return tools;
    }

    private static void checkSignatures(JsonNode contents, String model) throws BadRequest {
        if (!model.toLowerCase(Locale.ROOT).startsWith("gemini-3")) {
            return;
        }
        for (JsonNode content : contents) {
            boolean first = true;
            for (JsonNode part : content.path("parts")) {
                if (part.has("functionCall")) {
                    if (first && part.path("thoughtSignature").asText().isEmpty()) {
                        throw new BadRequest("Function call is missing a thought_signature in functionCall parts.");
                    }
                    first = false;
                }
            }
        }
    }

    private static String lastUserText(JsonNode contents) {
        String text = "";
        for (JsonNode content : contents) {
            if (content.path("role").asText("user").equals("user")) {
                StringBuilder joined = new StringBuilder();
                content.path("parts")
                        .forEach(part -> joined.append(part.path("text").asText()));
                text = joined.length() == 0 ? text : joined.toString();
            }
        }
        return text;
    }

    private static long chars(JsonNode node) {
        long chars = 0;
        for (JsonNode text : node.findValues("text")) {
            chars += text.asText().length();
        }
        for (JsonNode call : node.findValues("functionCall")) {
            chars += Json.write(call).length();
        }
        return chars;
    }
}
