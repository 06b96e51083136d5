package dev.switchboard.node.vault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.switchboard.protocol.domain.KeyId;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.StringLength;

class VaultPropertyTest {
    private static final Vault VAULT = Vault.of(List.of("aa".repeat(32)));
    private static final Purpose ROW = Purpose.key(new KeyId("k1"));
    private static final String SECRET = "sk-0123456789abcdef-f3a9";

    @Property(tries = 200)
    void whatWasEncryptedComesBack(@ForAll @StringLength(max = 300) String secret) throws Exception {
        String plain = secret.codePoints().anyMatch(c -> c >= 0xD800 && c <= 0xDFFF) ? "surrogates" : secret;
        assertThat(VAULT.decrypt(ROW, VAULT.encrypt(ROW, plain))).isEqualTo(plain);
    }

    @Property(tries = 300)
    void everyChangedCharacterIsNoticed(@ForAll @IntRange(max = 200) int at, @ForAll char replacement) {
        String whole = VAULT.encrypt(ROW, SECRET);
        int index = at % whole.length();
        if (whole.charAt(index) == replacement || replacement == '=') {
            return;
        }
        String changed = whole.substring(0, index) + replacement + whole.substring(index + 1);
        // The last base64 character may carry unused bits; a change there that decodes the same is no change.
        if (index == whole.length() - 1) {
            return;
        }
        assertThatThrownBy(() -> VAULT.decrypt(ROW, changed)).isInstanceOf(UnreadableSecretException.class);
    }
}
