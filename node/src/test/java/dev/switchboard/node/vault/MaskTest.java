package dev.switchboard.node.vault;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class MaskTest {
    @Test
    void showsBothEndsOfALongSecret() {
        assertThat(Mask.of("sk-0123456789abcdeff3a9")).isEqualTo("sk-…f3a9");
    }

    @Test
    void showsNothingOfAShortSecret() {
        assertThat(Mask.of("sk-one")).isEqualTo("…");
        assertThat(Mask.of("")).isEqualTo("…");
        assertThat(Mask.of("123456789012345")).isEqualTo("…");
        assertThat(Mask.of("1234567890123456")).isEqualTo("123…3456");
    }

    @Test
    void masksTheTokenOfAnAccount() {
        assertThat(Mask.of("0123456789abcdef:cf-token-0123456789wxyz")).isEqualTo("0123…:cf-…wxyz");
        assertThat(Mask.of("acme:short")).isEqualTo("…:…");
    }
}
