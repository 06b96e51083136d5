package dev.switchboard.node.directory;

import static org.assertj.core.api.Assertions.assertThat;

import dev.switchboard.protocol.directory.AdapterKind;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SecretsTest {
    @ParameterizedTest
    @ValueSource(strings = {"", "  ", "sk one", "sk-one\n", "sk-\u00fc", "sk-\u0000"})
    void badKeysAreNamedWithoutBeingShown(String secret) {
        assertThat(Secrets.problemWith(secret, AdapterKind.OPENAI)).isNotNull().doesNotContain("sk-");
    }

    @Test
    void anAccountBelongsToACloudflareKey() {
        assertThat(Secrets.problemWith("sk-one", AdapterKind.OPENAI)).isNull();
        assertThat(Secrets.problemWith("a".repeat(8_001), AdapterKind.OPENAI)).isNotNull();
        assertThat(Secrets.problemWith("token", AdapterKind.CLOUDFLARE)).contains("account:token");
        assertThat(Secrets.problemWith(":token", AdapterKind.CLOUDFLARE)).isNotNull();
        assertThat(Secrets.problemWith("account:", AdapterKind.CLOUDFLARE)).isNotNull();
        assertThat(Secrets.problemWith("account:token", AdapterKind.CLOUDFLARE)).isNull();
    }
}
