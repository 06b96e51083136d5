package dev.switchboard.node.simulator;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads the faults a plain client orders: in a model id after {@code +}, in a message between {@code [[} and {@code ]]}. */
final class FaultOrders {
    private static final Pattern IN_TEXT = Pattern.compile("\\[\\[\\s*([a-z][a-z0-9-]*)([^\\]]*)\\]\\]");

    private FaultOrders() {}

    /** A text without its orders, and what they ask for together. */
    record Split(String text, Fault fault) {}

    /** A model id without its orders. */
    static String base(String model) {
        int plus = model.indexOf('+');
        return plus < 0 || FaultWord.of(firstWord(model.substring(plus + 1))).isEmpty()
                ? model
                : model.substring(0, plus);
    }

    /** The fault in a model id such as {@code echo+status=503+retry-after=7}; none where a word is not known. */
    static Fault inModel(String model) {
        String base = base(model);
        return base.equals(model)
                ? Fault.NONE
                : Fault.parse(model.substring(base.length() + 1).replace('+', ' '));
    }

    /** The orders in a message; brackets that start with no fault word are text. */
    static Split inText(String text) {
        if (!text.contains("[[")) {
            return new Split(text, Fault.NONE);
        }
        Matcher matcher = IN_TEXT.matcher(text);
        StringBuilder rest = new StringBuilder();
        Fault fault = Fault.NONE;
        while (matcher.find()) {
            String word = matcher.group(1);
            if (FaultWord.of(word).isPresent()) {
                fault = fault.and(Fault.parse(word + matcher.group(2)));
                matcher.appendReplacement(rest, "");
            }
        }
        matcher.appendTail(rest);
        return fault.isNone()
                ? new Split(text, fault)
                : new Split(rest.toString().strip(), fault);
    }

    private static String firstWord(String words) {
        int end = 0;
        while (end < words.length() && words.charAt(end) != '=' && words.charAt(end) != '+') {
            end++;
        }
        return words.substring(0, end);
    }
}
