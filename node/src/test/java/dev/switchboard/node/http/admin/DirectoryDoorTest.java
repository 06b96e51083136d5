package dev.switchboard.node.http.admin;

import static org.assertj.core.api.Assertions.assertThat;

import dev.switchboard.node.http.ApiError;
import dev.switchboard.protocol.directory.ChangeReply;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeoutException;
import org.assertj.core.api.Assertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DirectoryDoorTest {
    private static ApiError refusal(CompletionStage<ChangeReply> reply) {
        CompletionException failed = Assertions.catchThrowableOfType(
                CompletionException.class,
                () -> DirectoryDoor.accepted(reply).toCompletableFuture().join());
        return (ApiError) failed.getCause();
    }

    @ParameterizedTest
    @CsvSource({"INVALID, 400", "NOT_FOUND, 404", "CONFLICT, 409"})
    void refusalsKeepTheirFieldAndMessage(ChangeReply.Reason reason, int status) {
        ApiError error = refusal(
                CompletableFuture.completedStage(new ChangeReply.Refused(reason, "label is too long", "label")));
        assertThat(error.status()).isEqualTo(status);
        assertThat(error.param()).isEqualTo("label");
        assertThat(error.text()).isEqualTo("label is too long");
    }

    @Test
    void anOwnerThatDoesNotAnswerIsOverloaded() {
        ApiError error = refusal(CompletableFuture.failedStage(new TimeoutException()));
        assertThat(error.status()).isEqualTo(503);
        assertThat(error.type()).isEqualTo("overloaded_error");
        assertThat(error.headers()).containsKey("Retry-After");
    }
}
