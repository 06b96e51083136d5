package dev.switchboard.node.chat;

import org.jspecify.annotations.Nullable;

/** A request the caller has to change; becomes a 400 {@code invalid_request_error} (contract.md §3). */
public final class InvalidRequest extends Exception {
    private static final long serialVersionUID = 1L;

    private final @Nullable String param;
    private final @Nullable String code;

    /** The message for the caller, the field at fault and a machine-readable code, where there are any. */
    public InvalidRequest(String message, @Nullable String param, @Nullable String code) {
        super(message, null, false, false);
        this.param = param;
        this.code = code;
    }

    static InvalidRequest field(String param, String rule) {
        return new InvalidRequest("'" + param + "' " + rule, param, "invalid_value");
    }

    static InvalidRequest missing(String param) {
        return new InvalidRequest("Missing required parameter: '" + param + "'", param, "missing_required_parameter");
    }

    /** The message for the caller. */
    public String text() {
        return String.valueOf(getMessage());
    }

    /** The field at fault, such as {@code messages[0].role}. */
    public @Nullable String param() {
        return param;
    }

    /** A machine-readable code. */
    public @Nullable String code() {
        return code;
    }
}
