package dev.switchboard.node.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;

class PassingTroubleTest {
    @Test
    void anOwnerThatDoesNotAnswerIsA503ToBeTriedAgain() {
        ApiError error = Gateway.passing(new TimeoutException("Ask timed out on [Actor[akka://secret/path]]"), false);
        assertThat(error).isNotNull();
        assertThat(error.status()).isEqualTo(503);
        assertThat(error.type()).isEqualTo("overloaded_error");
        assertThat(error.headers()).isEqualTo(Map.of("Retry-After", "1"));
        assertThat(error.getMessage()).doesNotContain("secret");
    }

    @Test
    void whateverFailsWhileTheNodeEndsIsA503() {
        ApiError error = Gateway.passing(new IllegalStateException("cannot enqueue after timer shutdown"), true);
        assertThat(error).isNotNull();
        assertThat(error.status()).isEqualTo(503);
        assertThat(error.getMessage()).contains("going away");
    }

    @Test
    void everythingElseIsAFaultOfTheProgram() {
        assertThat(Gateway.passing(new IllegalStateException("a bug"), false)).isNull();
    }
}
