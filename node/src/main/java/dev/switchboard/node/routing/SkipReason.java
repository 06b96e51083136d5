package dev.switchboard.node.routing;

/** Why a model is not among a request's candidates (behaviour.md §2), in the order in which the reasons are checked. */
public enum SkipReason {
    /** Named by the caller, not in the directory. */
    UNKNOWN_MODEL("unknown-model"),
    /** Switched off, so not in the fallback chain. */
    DISABLED("disabled"),
    /** Its platform is unknown or switched off. */
    PLATFORM_DISABLED("platform-disabled"),
    /** Its platform has no enabled key that is not known to be refused. */
    NO_KEY("no-key"),
    /** Its platform answers automatic requests only while there is no real provider key. */
    LAST_RESORT("last-resort"),
    /** The caller's API key may not use it. */
    NOT_ALLOWED("not-allowed"),
    /** It makes embeddings and a chat is asked for, or the other way round. */
    OTHER_KIND("other-kind"),
    /** It cannot call tools. */
    NO_TOOLS("no-tools"),
    /** It cannot read images. */
    NO_VISION("no-vision"),
    /** The prompt does not fit its context window. */
    CONTEXT_WINDOW("context-window"),
    /** The session bans its platform. */
    BANNED("banned"),
    /** It is in transient cooldown. */
    COOLING("cooling"),
    /** Every usable key of its platform is cooling, at least one after a rate limit. */
    KEYS_COOLING("keys-cooling"),
    /** Every usable key of its platform is cooling because upstream refused it. */
    KEYS_REFUSED("keys-refused");

    private final String wire;

    SkipReason(String wire) {
        this.wire = wire;
    }

    /** The word shown in decision traces. */
    public String wire() {
        return wire;
    }

    /** Whether the reason goes away by waiting. */
    public boolean passes() {
        return switch (this) {
            case BANNED, COOLING, KEYS_COOLING, KEYS_REFUSED -> true;
            default -> false;
        };
    }
}
