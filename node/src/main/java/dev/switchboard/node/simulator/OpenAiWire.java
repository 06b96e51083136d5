package dev.switchboard.node.simulator;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

/** Chat completions as OpenAI writes them; Cohere's and Cloudflare's compatible endpoints write the same. */
final class OpenAiWire implements Wire {
    private static final AtomicLong IDS = new AtomicLong();
    private static final int ARGUMENT_PIECE = 12;

    static String id(String prefix) {
        return prefix + "sim" + Long.toString(IDS.incrementAndGet(), 36);
    }

    static long created() {
        return System.currentTimeMillis() / 1000;
    }

    @Override
    public String lineEnd() {
        return "\n";
    }

    @Override
    public String whole(Chat chat, Answer answer) {
        StringBuilder out = new StringBuilder(answer.text().length() + 400);
        start(out, "chat.completion", id("chatcmpl-"), created(), chat.model());
        for (int index = 0; index < chat.choices(); index++) {
            out.append(index == 0 ? "" : ",").append("{\"index\":").append(index);
            out.append(",\"message\":{\"role\":\"assistant\",\"content\":");
            if (answer.toolCalls().isEmpty()) {
                Json.quote(out, answer.text());
            } else {
                out.append("null,\"tool_calls\":[");
                for (int i = 0; i < answer.toolCalls().size(); i++) {
                    Answer.ToolCall call = answer.toolCalls().get(i);
                    out.append(i == 0 ? "{" : ",{");
                    toolHead(out, call);
                    Json.quote(out, call.arguments()).append('}');
                    out.append(i == 0 && Signatures.signsCalls(chat.model()) ? Signatures.extra(call) : "");
                    out.append('}');
                }
                out.append(']');
            }
            if (!answer.reasoning().isEmpty()) {
                Json.quote(out.append(",\"reasoning_content\":"), answer.reasoning());
                if (Signatures.signsThoughts(chat.model())) {
                    out.append(Signatures.details(answer.reasoning(), Signatures.of(answer.reasoning())));
                }
            }
            Json.quote(out.append(",\"refusal\":null},\"logprobs\":null,\"finish_reason\":"), answer.finish())
                    .append('}');
        }
        out.append(']');
        if (answer.completionTokens() >= 0) {
            usage(out.append(",\"usage\":"), chat, answer);
        }
        return out.append('}').toString();
    }

    @Override
    public List<Frame> frames(Chat chat, Answer answer) {
        StringBuilder head = new StringBuilder(200);
        start(head, "chat.completion.chunk", id("chatcmpl-"), created(), chat.model());
        String start = head.toString();
        String tail = chat.includeUsage() ? "],\"usage\":null}" : "]}";
        List<Frame> frames = new ArrayList<>();
        for (int index = 0; index < chat.choices(); index++) {
            Deltas deltas = new Deltas(start + "{\"index\":" + index + ",\"delta\":{", tail);
            String content = answer.toolCalls().isEmpty() ? "\"\"" : "null";
            frames.add(deltas.frame(Frame.Kind.ROLE, "\"role\":\"assistant\",\"content\":" + content));
            for (String word : words(answer.reasoning())) {
                String details = Signatures.signsThoughts(chat.model()) ? Signatures.details(word, "") : "";
                frames.add(deltas.frame(Frame.Kind.CONTENT, "\"reasoning_content\":" + Json.quote(word) + details));
            }
            if (Signatures.signsThoughts(chat.model())) {
                String signed = Signatures.details("", Signatures.of(answer.reasoning()));
                frames.add(deltas.frame(Frame.Kind.CONTENT, signed.substring(1)));
            }
            for (String word : words(answer.text())) {
                frames.add(deltas.frame(Frame.Kind.CONTENT, "\"content\":" + Json.quote(word)));
            }
            for (int i = 0; i < answer.toolCalls().size(); i++) {
                toolFrames(frames, deltas, i, answer.toolCalls().get(i), i == 0 && Signatures.signsCalls(chat.model()));
            }
            frames.add(new Frame(
                    Frame.Kind.FINISH,
                    deltas.before() + "},\"logprobs\":null,\"finish_reason\":" + Json.quote(answer.finish()) + "}"
                            + tail));
        }
        if (chat.includeUsage()) {
            StringBuilder usage = new StringBuilder(start).append("],\"usage\":");
            usage(usage, chat, answer);
            frames.add(new Frame(Frame.Kind.USAGE, usage.append('}').toString()));
        }
        frames.add(new Frame(Frame.Kind.DONE, "[DONE]"));
        return frames;
    }

    private static void toolFrames(List<Frame> frames, Deltas deltas, int index, Answer.ToolCall call, boolean signed) {
        StringBuilder first =
                new StringBuilder("\"tool_calls\":[{\"index\":").append(index).append(',');
        toolHead(first, call);
        frames.add(deltas.frame(
                Frame.Kind.CONTENT,
                first.append("\"\"}")
                        .append(signed ? Signatures.extra(call) : "")
                        .append("}]")
                        .toString()));
        String arguments = call.arguments();
        for (int at = 0; at < arguments.length(); at += ARGUMENT_PIECE) {
            String piece = arguments.substring(at, Math.min(at + ARGUMENT_PIECE, arguments.length()));
            frames.add(deltas.frame(
                    Frame.Kind.CONTENT,
                    "\"tool_calls\":[{\"index\":" + index + ",\"function\":{\"arguments\":" + Json.quote(piece)
                            + "}}]"));
        }
    }

    private static void toolHead(StringBuilder out, Answer.ToolCall call) {
        Json.quote(out.append("\"id\":"), call.id());
        Json.quote(out.append(",\"type\":\"function\",\"function\":{\"name\":"), call.name());
        out.append(",\"arguments\":");
    }

    private static void start(StringBuilder out, String object, String id, long created, String model) {
        out.append("{\"id\":\"").append(id).append("\",\"object\":\"").append(object);
        Json.quote(out.append("\",\"created\":").append(created).append(",\"model\":"), model);
        out.append(",\"system_fingerprint\":\"fp_simulator\",\"choices\":[");
    }

    static void usage(StringBuilder out, Chat chat, Answer answer) {
        int completion = answer.completionTokens() * chat.choices();
        out.append("{\"prompt_tokens\":").append(chat.promptTokens());
        out.append(",\"completion_tokens\":").append(completion);
        out.append(",\"total_tokens\":").append(chat.promptTokens() + completion);
        if (answer.reasoningTokens() > 0) {
            out.append(",\"completion_tokens_details\":{\"reasoning_tokens\":");
            out.append(answer.reasoningTokens()).append('}');
        }
        out.append('}');
    }

    /** A text cut before every word, so that the pieces joined are the text. */
    static List<String> words(String text) {
        List<String> words = new ArrayList<>();
        int start = 0;
        for (int at = 1; at < text.length(); at++) {
            if (text.charAt(at) == ' ') {
                words.add(text.substring(start, at));
                start = at;
            }
        }
        if (start < text.length()) {
            words.add(text.substring(start));
        }
        return words;
    }

    /** What surrounds the delta of one choice. */
    private record Deltas(String before, String tail) {
        Frame frame(Frame.Kind kind, String delta) {
            return new Frame(kind, before + delta + "},\"logprobs\":null,\"finish_reason\":null}" + tail);
        }
    }
}
