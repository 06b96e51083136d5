package dev.switchboard.node.vault;

/** The encryption key is missing or malformed; the message is one line that names the setting, never the key. */
public final class EncryptionKeyException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    EncryptionKeyException(String message) {
        super(message);
    }

    EncryptionKeyException(String message, Throwable cause) {
        super(message, cause);
    }
}
