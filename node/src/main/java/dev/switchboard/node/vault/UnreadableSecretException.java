package dev.switchboard.node.vault;

/** A cipher text that this vault cannot open; one unreadable row is one key in error, never a failed request. */
public final class UnreadableSecretException extends Exception {
    private static final long serialVersionUID = 1L;

    private final Reason reason;

    UnreadableSecretException(Reason reason) {
        super(reason.text);
        this.reason = reason;
    }

    /** Why it cannot be opened. */
    public Reason reason() {
        return reason;
    }

    /** Why a cipher text cannot be opened. */
    public enum Reason {
        /** Not the shape this vault writes. */
        MALFORMED("the stored secret is corrupt"),
        /** Written with an encryption key that is not known here. */
        UNKNOWN_KEY("the stored secret was written with another encryption key"),
        /** Changed since it was written, or moved to another row. */
        TAMPERED("the stored secret fails its integrity check");

        private final String text;

        Reason(String text) {
            this.text = text;
        }
    }
}
