package dev.switchboard.node.simulator;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Locale;

/** Gemini's generateContent and streamGenerateContent. */
final class GoogleWire implements Wire {
    @Override
    public String lineEnd() {
        return "\r\n";
    }

    @Override
    public String whole(Chat chat, Answer answer) {
        List<String> parts = new ArrayList<>();
        if (!answer.reasoning().isEmpty()) {
            parts.add(thought(answer.reasoning()));
        }
        if (!answer.text().isEmpty()) {
            parts.add(text(answer.text()));
        }
        parts.addAll(calls(answer));
        return response(chat, answer, parts, true, OpenAiWire.id("resp-"));
    }

    @Override
    public List<Frame> frames(Chat chat, Answer answer) {
        String id = OpenAiWire.id("resp-");
        List<Frame> frames = new ArrayList<>();
        for (String word : OpenAiWire.words(answer.reasoning())) {
            frames.add(content(chat, answer, thought(word), id));
        }
        for (String word : OpenAiWire.words(answer.text())) {
            frames.add(content(chat, answer, text(word), id));
        }
        for (String call : calls(answer)) {
            frames.add(content(chat, answer, call, id));
        }
        frames.add(new Frame(Frame.Kind.FINISH, response(chat, answer, List.of(text("")), true, id)));
        return frames;
    }

    private static Frame content(Chat chat, Answer answer, String part, String id) {
        return new Frame(Frame.Kind.CONTENT, response(chat, answer, List.of(part), false, id));
    }

    private static String response(Chat chat, Answer answer, List<String> parts, boolean finished, String id) {
        StringBuilder out = new StringBuilder(256).append("{\"candidates\":[{\"content\":{");
        if (!parts.isEmpty()) {
            out.append("\"parts\":[").append(String.join(",", parts)).append("],");
        }
        out.append("\"role\":\"model\"}");
        if (finished) {
            out.append(",\"finishReason\":\"").append(finish(answer.finish())).append('"');
        }
        out.append(",\"index\":0}]");
        if (answer.completionTokens() >= 0) {
            int said = answer.completionTokens() - answer.reasoningTokens();
            out.append(",\"usageMetadata\":{\"promptTokenCount\":").append(chat.promptTokens());
            if (finished) {
                out.append(",\"candidatesTokenCount\":").append(said);
            }
            if (finished && answer.reasoningTokens() > 0) {
                out.append(",\"thoughtsTokenCount\":").append(answer.reasoningTokens());
            }
            out.append(",\"totalTokenCount\":");
            out.append(chat.promptTokens() + (finished ? answer.completionTokens() : 0))
                    .append('}');
        }
        Json.quote(out.append(",\"modelVersion\":"), chat.model());
        return out.append(",\"responseId\":\"").append(id).append("\"}").toString();
    }

    private static String text(String text) {
        return "{\"text\":" + Json.quote(text) + "}";
    }

    private static String thought(String text) {
        return "{\"text\":" + Json.quote(text) + ",\"thought\":true}";
    }

    private static List<String> calls(Answer answer) {
        List<String> parts = new ArrayList<>();
        for (Answer.ToolCall call : answer.toolCalls()) {
            String signature = parts.isEmpty() ? ",\"thoughtSignature\":\"" + signature(call) + "\"" : "";
            parts.add("{\"functionCall\":{\"name\":" + Json.quote(call.name()) + ",\"args\":" + call.arguments() + "}"
                    + signature + "}");
        }
        return parts;
    }

    private static String signature(Answer.ToolCall call) {
        byte[] bytes = ("thought about " + call.name()).getBytes(StandardCharsets.UTF_8);
        return Base64.getEncoder().encodeToString(bytes);
    }

    private static String finish(String reason) {
        return switch (reason) {
            case "stop", "tool_calls" -> "STOP";
            case "length" -> "MAX_TOKENS";
            case "content_filter" -> "SAFETY";
            default -> reason.toUpperCase(Locale.ROOT);
        };
    }
}
