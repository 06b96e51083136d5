package dev.switchboard.node.simulator;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Pattern;

/** Decides what a simulated model says; the same request always gets the same text. */
final class Answers {
    /** Stands in a text for the ordered megabytes. */
    static final char GIANT_MARK = '\uE001';
    /** Stands in a text for the ordered bytes that are no UTF-8. */
    static final char BROKEN_MARK = '\uE000';

    private static final String[] LOREM =
            ("Lorem ipsum dolor sit amet, consectetur adipiscing elit, sed do eiusmod tempor incididunt ut labore et"
                            + " dolore magna aliqua. Ut enim ad minim veniam, quis nostrud exercitation ullamco laboris"
                            + " nisi ut aliquip ex ea commodo consequat.")
                    .split(" ");
    private static final Pattern TOOL_WORD = Pattern.compile("\\btools?\\b", Pattern.CASE_INSENSITIVE);
    private static final Pattern TOOLS_WORD = Pattern.compile("\\btools\\b", Pattern.CASE_INSENSITIVE);

    private final AtomicLong calls = new AtomicLong();

    /** The answer to a chat, altered as a fault orders. */
    Answer answer(Chat chat, Fault fault) {
        String reasoning = reasons(chat, fault) ? "The user said something. I think about " + chat.model() + "." : "";
        if (fault.is(FaultWord.ANSWER, "empty") || fault.is(FaultWord.ANSWER, "reasoning")) {
            boolean empty = fault.is(FaultWord.ANSWER, "empty");
            return finished("", empty ? "" : reasoning, List.of(), "stop", fault);
        }
        if (!fault.has(FaultWord.TEXT) && !fault.has(FaultWord.WORDS) && callsTool(chat)) {
            return finished("", reasoning, toolCalls(chat, fault), "tool_calls", fault);
        }
        String text = text(chat, fault);
        long most = chat.maxTokens() * 4L;
        if (text.length() > most) {
            return finished(text.substring(0, (int) most), reasoning, List.of(), "length", fault);
        }
        if (fault.has(FaultWord.GIANT)) {
            text = GIANT_MARK + text;
        }
        if (fault.has(FaultWord.INVALID_UTF8)) {
            text = text + BROKEN_MARK;
        }
        return finished(text, reasoning, List.of(), "stop", fault);
    }

    /** Whether a model takes its time between words unless told otherwise. */
    static boolean paced(String model) {
        return FaultOrders.base(model).equals("lorem");
    }

    private static Answer finished(
            String text, String reasoning, List<Answer.ToolCall> calls, String finish, Fault fault) {
        long chars = text.length();
        for (Answer.ToolCall call : calls) {
            chars += call.name().length() + call.arguments().length();
        }
        int reasoned = Chat.tokens(reasoning.length());
        String reported = fault.text(FaultWord.FINISH).orElse(finish);
        return new Answer(text, reasoning, calls, reported, Chat.tokens(chars) + reasoned, reasoned);
    }

    private static boolean reasons(Chat chat, Fault fault) {
        return fault.is(FaultWord.ANSWER, "reasoning")
                || Signatures.signsThoughts(chat.model())
                || chat.model().toLowerCase(Locale.ROOT).contains("reason");
    }

    private static String text(Chat chat, Fault fault) {
        if (fault.has(FaultWord.TEXT)) {
            return fault.text(FaultWord.TEXT).orElse("");
        }
        if (fault.has(FaultWord.WORDS)) {
            return lorem(fault.number(FaultWord.WORDS, 1));
        }
        String toolResult = chat.toolResult();
        if (toolResult != null) {
            return "The tool said: " + toolResult;
        }
        if (chat.jsonMode()) {
            JsonNode schema = chat.jsonSchema();
            return schema == null ? "{\"answer\":\"Hello\"}" : Json.write(SampleJson.of(schema));
        }
        String model = FaultOrders.base(chat.model());
        if (model.endsWith("echo")) {
            return chat.lastUserText();
        }
        return model.equals("lorem") ? lorem(60) : "Hello from " + model + ".";
    }

    private static String lorem(int words) {
        StringBuilder text = new StringBuilder(words * 7);
        for (int i = 0; i < words; i++) {
            text.append(i == 0 ? "" : " ").append(LOREM[i % LOREM.length]);
        }
        return text.toString();
    }

    private static boolean callsTool(Chat chat) {
        if (chat.tools().isEmpty() || chat.toolResult() != null || chat.toolChoice() == Chat.ToolChoice.NONE) {
            return false;
        }
        return chat.toolChoice() == Chat.ToolChoice.REQUIRED
                || TOOL_WORD.matcher(chat.lastUserText()).find();
    }

    private List<Answer.ToolCall> toolCalls(Chat chat, Fault fault) {
        Chat.Tool first = chat.tools().stream()
                .filter(tool -> tool.name().equals(chat.namedTool()))
                .findFirst()
                .orElse(chat.tools().get(0));
        List<Answer.ToolCall> made = new ArrayList<>();
        made.add(toolCall(first, fault));
        if (chat.parallelTools() && TOOLS_WORD.matcher(chat.lastUserText()).find()) {
            made.add(toolCall(chat.tools().get(chat.tools().size() - 1), fault));
        }
        return made;
    }

    private Answer.ToolCall toolCall(Chat.Tool tool, Fault fault) {
        String arguments = Json.write(SampleJson.of(tool.parameters()));
        if (fault.has(FaultWord.BROKEN_ARGUMENTS)) {
            arguments = arguments.substring(0, Math.max(1, arguments.length() - 1)) + ",,";
        }
        return new Answer.ToolCall("call_sim" + Long.toString(calls.incrementAndGet(), 36), tool.name(), arguments);
    }
}
