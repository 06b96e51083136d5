package dev.switchboard.node.http.admin;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TokenBudgetTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "~6M|6000000",
                "~18-45M|18000000",
                "~3M (1k credits)|3000000",
                "~2-3M (100/hr)|2000000",
                "1.5B|1500000000",
                "900 k|900000",
                "12|12",
                "pay-as-you-go|0",
                "~? (anon)|0"
            })
    void amountsAreReadAsProvidersWordThem(String text, double tokens) {
        assertThat(TokenBudget.tokens(text)).isEqualTo(tokens);
    }

    @Test
    void noTextIsNoBudget() {
        assertThat(TokenBudget.tokens(null)).isZero();
    }
}
