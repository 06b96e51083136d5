package dev.switchboard.node.chat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.BooleanNode;
import com.fasterxml.jackson.databind.node.DoubleNode;
import com.fasterxml.jackson.databind.node.IntNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.LongNode;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/**
 * Reads JSON as requests and answers usually are straight into Jackson's tree, in a fraction of its time: text is found by
 * {@link PlainText} and copied once. It knows no errors: whatever it does not expect it gives up, and Jackson reads the same
 * bytes from the start, whose word counts. So it may refuse anything, but must read nothing otherwise than Jackson does.
 */
final class PlainJson {
    /** Deeper values are Jackson's to read. */
    private static final int MAX_DEPTH = 64;

    private static final int LONGEST_NAME = 64;

    /** Names met lately, by their hashes: of a name that is there neither string nor hash is made anew. */
    private static final AtomicReferenceArray<@Nullable Name> NAMES = new AtomicReferenceArray<>(1024);

    /** Whole numbers of so many digits fit a long, and any of so many a double, exactly. */
    private static final int LONG_DIGITS = 18;

    private static final int EXACT_DIGITS = 15;
    private static final int LONGEST_NUMBER = 100;
    private static final double[] POWERS = {
        1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15
    };

    private record Name(byte[] bytes, String text) {}

    private final byte[] in;
    private int at;
    private long tokens;

    /** Takes the fields of an object in their order: where one begins with its name, and where its value ends. */
    @FunctionalInterface
    interface Fields {
        void field(String name, JsonNode value, int from, int to);
    }

    private PlainJson(byte[] in) {
        this.in = in;
    }

    /** The one value that the bytes hold, or null where Jackson has to read them. */
    static @Nullable JsonNode read(byte[] bytes) {
        PlainJson json = new PlainJson(bytes);
        JsonNode value = json.value(0);
        return value != null && json.isOver() ? value : null;
    }

    /**
     * Tells the fields of the one object that the bytes hold, and returns how many tokens they are as Jackson counts; -1
     * where Jackson has to read them, whatever has been told then.
     */
    static long readObject(byte[] bytes, Fields fields) {
        PlainJson json = new PlainJson(bytes);
        if (json.next() != '{') {
            return -1;
        }
        json.tokens++;
        return json.fields(0, fields) && json.isOver() ? json.tokens : -1;
    }

    private @Nullable JsonNode value(int depth) {
        int first = next();
        if (++tokens > Json.MAX_TOKENS) {
            return null;
        }
        switch (first) {
            case '"':
                String text = text();
                return text == null ? null : TextNode.valueOf(text);
            case '{':
                ObjectNode object = JsonNodeFactory.instance.objectNode();
                return fields(depth, (name, value, from, to) -> object.set(name, value)) ? object : null;
            case '[':
                return array(depth);
            case 't':
                return word("true") ? BooleanNode.TRUE : null;
            case 'f':
                return word("false") ? BooleanNode.FALSE : null;
            case 'n':
                return word("null") ? NullNode.instance : null;
            default:
                return number();
        }
    }

    private boolean fields(int depth, Fields fields) {
        at++;
        if (depth == MAX_DEPTH) {
            return false;
        }
        int next = next();
        if (next != '}') {
            do {
                if (!field(depth, fields)) {
                    return false;
                }
                next = next();
                at++;
            } while (next == ',');
        } else {
            at++;
        }
        tokens++;
        return next == '}';
    }

    private boolean field(int depth, Fields fields) {
        if (next() != '"') {
            return false;
        }
        int from = at;
        String name = name();
        if (name == null || next() != ':') {
            return false;
        }
        at++;
        tokens++;
        JsonNode value = value(depth + 1);
        if (value == null) {
            return false;
        }
        fields.field(name, value, from, at);
        return true;
    }

    private @Nullable JsonNode array(int depth) {
        at++;
        if (depth == MAX_DEPTH) {
            return null;
        }
        ArrayNode array = JsonNodeFactory.instance.arrayNode();
        int next = next();
        if (next != ']') {
            do {
                JsonNode value = value(depth + 1);
                if (value == null) {
                    return null;
                }
                array.add(value);
                next = next();
                at++;
            } while (next == ',');
        } else {
            at++;
        }
        tokens++;
        return next == ']' ? array : null;
    }

    /** What comes after blanks; 0, which JSON has nowhere, at the end. */
    private int next() {
        while (at < in.length) {
            int b = in[at];
            if (b > ' ' || (b != ' ' && b != '\n' && b != '\r' && b != '\t')) {
                return b;
            }
            at++;
        }
        return 0;
    }

    private boolean isOver() {
        next();
        return at == in.length;
    }

    private boolean word(String word) {
        if (in.length - at < word.length()) {
            return false;
        }
        for (int i = 0; i < word.length(); i++) {
            if (in[at + i] != word.charAt(i)) {
                return false;
            }
        }
        at += word.length();
        return true;
    }

    private @Nullable String name() {
        int from = at + 1;
        int hash = 0;
        int i = from;
        int end = Math.min(in.length, from + LONGEST_NAME);
        while (i < end && in[i] != '"') {
            if (in[i] < ' ' || in[i] == '\\') {
                return null;
            }
            hash = 31 * hash + in[i++];
        }
        if (i == end) {
            return null;
        }
        at = i + 1;
        int slot = (hash ^ hash >>> 16) & NAMES.length() - 1;
        Name known = NAMES.getPlain(slot);
        if (known != null && Arrays.equals(known.bytes(), 0, known.bytes().length, in, from, i)) {
            return known.text();
        }
        byte[] made = Arrays.copyOfRange(in, from, i);
        String text = new String(made, StandardCharsets.ISO_8859_1);
        NAMES.setRelease(slot, new Name(made, text));
        return text;
    }

    private @Nullable String text() {
        int from = at + 1;
        int special = PlainText.special(in, from);
        int end = PlainText.end(in, special);
        if (end < 0) {
            return null;
        }
        at = end + 1;
        return PlainText.read(in, from, special, end);
    }

    private @Nullable JsonNode number() {
        int from = at;
        boolean negative = at < in.length && in[at] == '-';
        int whole = negative ? from + 1 : from;
        int point = digits(whole);
        if (point == whole || point - whole > LONG_DIGITS || (in[whole] == '0' && point - whole > 1)) {
            return null;
        }
        boolean fraction = point < in.length && in[point] == '.';
        at = fraction ? digits(point + 1) : point;
        if (fraction) {
            return at == point + 1 || at - from > LONGEST_NUMBER
                    ? null
                    : DoubleNode.valueOf(fraction(from, whole, point, negative));
        }
        long n = number(whole, point, 0);
        if (n == 0 && negative) {
            return null;
        }
        n = negative ? -n : n;
        return n == (int) n ? IntNode.valueOf((int) n) : LongNode.valueOf(n);
    }

    private double fraction(int from, int whole, int point, boolean negative) {
        int decimals = at - point - 1;
        if (at - whole - 1 > EXACT_DIGITS) {
            return Double.parseDouble(new String(in, from, at - from, StandardCharsets.ISO_8859_1));
        }
        double magnitude = number(point + 1, at, number(whole, point, 0)) / POWERS[decimals];
        return negative ? -magnitude : magnitude;
    }

    private int digits(int from) {
        int i = from;
        while (i < in.length && in[i] >= '0' && in[i] <= '9') {
            i++;
        }
        return i;
    }

    private long number(int from, int to, long begun) {
        long n = begun;
        for (int i = from; i < to; i++) {
            n = 10 * n + in[i] - '0';
        }
        return n;
    }
}
