package dev.switchboard.node.statistics;

import static dev.switchboard.node.statistics.Samples.LARGE;
import static dev.switchboard.node.statistics.Samples.NOW;
import static org.assertj.core.api.Assertions.assertThat;

import dev.switchboard.protocol.domain.FailureKind;
import dev.switchboard.protocol.domain.ModelRef;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import org.junit.jupiter.api.Test;

class MetersTest {
    private final PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    private final Meters meters = new Meters(registry);

    @Test
    void namesAreThoseOfTheContract() {
        meters.requestEnded(Samples.request("a", NOW, LARGE, 200, 900, 400));
        meters.requestEnded(Samples.request("b", NOW, null, 503, 10, 0));
        meters.attemptEnded(Samples.attempt(LARGE, NOW, null));
        meters.attemptEnded(Samples.attempt(LARGE, NOW, FailureKind.RATE_LIMITED));
        assertThat(registry.scrape())
                .contains("switchboard_requests_total{mode=\"balanced\",status=\"200\"} 1.0")
                .contains("switchboard_requests_total{mode=\"balanced\",status=\"503\"} 1.0")
                .contains("switchboard_attempts_total{outcome=\"success\",platform=\"alpha\"} 1.0")
                .contains("switchboard_attempts_total{outcome=\"rate_limited\",platform=\"alpha\"} 1.0")
                .contains("switchboard_overhead_seconds_count 2")
                .contains("switchboard_overhead_seconds_bucket{le=\"0.002\"} 2")
                .contains("switchboard_ttft_seconds_count 1")
                .contains("switchboard_ttft_seconds_sum 0.4")
                .contains("switchboard_tokens_total{direction=\"input\"} 14.0")
                .contains("switchboard_tokens_total{direction=\"output\"} 22.0");
    }

    @Test
    void platformLabelsAreBounded() {
        for (int i = 0; i < 500; i++) {
            meters.attemptEnded(Samples.attempt(ModelRef.of("p" + i, "m"), NOW, null));
        }
        assertThat(registry.find("switchboard.attempts").counters()).hasSize(Meters.MAX_PLATFORMS + 1);
        assertThat(registry.get("switchboard.attempts")
                        .tag("platform", "other")
                        .counter()
                        .count())
                .isEqualTo(500 - Meters.MAX_PLATFORMS);
    }
}
