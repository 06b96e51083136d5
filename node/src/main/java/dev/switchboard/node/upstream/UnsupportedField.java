package dev.switchboard.node.upstream;

/** A request field that a platform cannot take; becomes a 400 that names it (contract.md §3). */
public record UnsupportedField(String field, String message) {
    static UnsupportedField of(String field, String platform) {
        return new UnsupportedField(field, "'" + field + "' is not supported by " + platform);
    }
}
