package dev.switchboard.node.simulator;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The older text completions of OpenAI. */
final class TextWire implements Wire {
    @Override
    public String lineEnd() {
        return "\n";
    }

    @Override
    public String whole(Chat chat, Answer answer) {
        StringBuilder out = new StringBuilder(start(chat));
        out.append(choice(answer.text(), answer.finish())).append(']');
        if (answer.completionTokens() >= 0) {
            OpenAiWire.usage(out.append(",\"usage\":"), chat, answer);
        }
        return out.append('}').toString();
    }

    @Override
    public List<Frame> frames(Chat chat, Answer answer) {
        String start = start(chat);
        List<Frame> frames = new ArrayList<>();
        for (String word : OpenAiWire.words(answer.text())) {
            frames.add(new Frame(Frame.Kind.CONTENT, start + choice(word, null) + "]}"));
        }
        frames.add(new Frame(Frame.Kind.FINISH, start + choice("", answer.finish()) + "]}"));
        if (chat.includeUsage()) {
            StringBuilder usage = new StringBuilder(start).append("],\"usage\":");
            OpenAiWire.usage(usage, chat, answer);
            frames.add(new Frame(Frame.Kind.USAGE, usage.append('}').toString()));
        }
        frames.add(new Frame(Frame.Kind.DONE, "[DONE]"));
        return frames;
    }

    private static String start(Chat chat) {
        return "{\"id\":\"" + OpenAiWire.id("cmpl-") + "\",\"object\":\"text_completion\",\"created\":"
                + OpenAiWire.created() + ",\"model\":" + Json.quote(chat.model()) + ",\"choices\":[";
    }

    private static String choice(String text, @Nullable String finish) {
        return "{\"index\":0,\"text\":" + Json.quote(text) + ",\"logprobs\":null,\"finish_reason\":"
                + (finish == null ? "null" : Json.quote(finish)) + "}";
    }
}
