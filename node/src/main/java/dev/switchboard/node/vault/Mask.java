package dev.switchboard.node.vault;

/** What people may see of a secret: {@code sk-…f3a9}; nothing of a short one. */
public final class Mask {
    private static final String HIDDEN = "…";
    private static final int SHORTEST_SHOWN = 16;
    private static final int SHORTEST_ACCOUNT = 8;

    private Mask() {}

    /**
     * Three characters, an ellipsis and four characters of a secret of 16 characters or more, else only the ellipsis.
     * Of {@code account:token} the token is masked so, and the account shows its first four characters.
     */
    public static String of(String secret) {
        int colon = secret.indexOf(':');
        if (colon < 0) {
            return part(secret);
        }
        String account = secret.substring(0, colon);
        String shown = account.length() >= SHORTEST_ACCOUNT ? account.substring(0, 4) + HIDDEN : HIDDEN;
        return shown + ":" + part(secret.substring(colon + 1));
    }

    private static String part(String secret) {
        if (secret.length() < SHORTEST_SHOWN) {
            return HIDDEN;
        }
        return secret.substring(0, 3) + HIDDEN + secret.substring(secret.length() - 4);
    }
}
