package dev.switchboard.node.dialect;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.switchboard.node.chat.ChatRequest;
import dev.switchboard.node.chat.InvalidRequest;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What the fields of a chat request are called in the dialect it was translated from, for errors that come up after the
 * translation (contract.md §3: a 400 names the caller's field).
 */
public final class FieldNames {
    /** The chat's own names. */
    public static final FieldNames SAME = new FieldNames(Map.of(), List.of());

    private static final Pattern MESSAGE = Pattern.compile("messages\\[(\\d+)](.*)");

    private final Map<Pattern, String> renamed = new LinkedHashMap<>();
    private final List<String> origins;

    /**
     * Names of one request.
     *
     * @param renamed beginnings of chat fields as regular expressions, and what they are called; the first that matches counts
     * @param origins the field that each message came from, such as {@code input[2]}, in the order of the messages
     */
    public FieldNames(Map<String, String> renamed, List<String> origins) {
        renamed.forEach((from, to) -> this.renamed.put(Pattern.compile(from), to));
        this.origins = List.copyOf(origins);
    }

    /** The caller's name of a chat field. */
    public String of(String field) {
        Matcher message = MESSAGE.matcher(field);
        if (message.matches() && !origins.isEmpty()) {
            return origin(Integer.parseInt(message.group(1)), message.group(2));
        }
        for (Map.Entry<Pattern, String> rename : renamed.entrySet()) {
            Matcher beginning = rename.getKey().matcher(field);
            if (beginning.lookingAt()) {
                return beginning.replaceFirst(rename.getValue());
            }
        }
        return field;
    }

    /** The chat request, checked; what is wrong with it is told in the caller's names. */
    public ChatRequest checked(ObjectNode chat) throws InvalidRequest {
        try {
            return ChatRequest.of(chat);
        } catch (InvalidRequest e) {
            String field = e.param();
            if (field == null) {
                throw e;
            }
            String name = of(field);
            throw new InvalidRequest(e.text().replace("'" + field + "'", "'" + name + "'"), name, e.code());
        }
    }

    /** Parts keep their places only where a message came from one field alone. */
    private String origin(int index, String rest) {
        String origin = index < origins.size() ? origins.get(index) : "";
        if (origin.isEmpty()) {
            return "messages[" + index + "]" + rest;
        }
        boolean alone = origins.indexOf(origin) == origins.lastIndexOf(origin);
        return alone && rest.startsWith(".content[") ? origin + rest : origin;
    }
}
