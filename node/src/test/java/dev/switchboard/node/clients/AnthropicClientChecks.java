package dev.switchboard.node.clients;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.anthropic.client.AnthropicClient;
import com.anthropic.client.okhttp.AnthropicOkHttpClient;
import com.anthropic.core.JsonValue;
import com.anthropic.core.http.StreamResponse;
import com.anthropic.errors.BadRequestException;
import com.anthropic.errors.InternalServerException;
import com.anthropic.errors.NotFoundException;
import com.anthropic.errors.RateLimitException;
import com.anthropic.errors.SseException;
import com.anthropic.errors.UnauthorizedException;
import com.anthropic.helpers.MessageAccumulator;
import com.anthropic.models.messages.ContentBlockParam;
import com.anthropic.models.messages.Message;
import com.anthropic.models.messages.MessageCountTokensParams;
import com.anthropic.models.messages.MessageCreateParams;
import com.anthropic.models.messages.RawMessageStreamEvent;
import com.anthropic.models.messages.Tool;
import com.anthropic.models.messages.ToolResultBlockParam;
import com.anthropic.models.messages.ToolUseBlock;
import dev.switchboard.node.TestNode;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Anthropic's official client for Java. */
abstract class AnthropicClientChecks {
    private final Supplier<TestNode> node;
    private AnthropicClient anthropic;

    AnthropicClientChecks(Supplier<TestNode> node) {
        this.node = node;
    }

    @BeforeEach
    void connect() {
        anthropic = connect(node.get().apiKey(), 0);
    }

    private AnthropicClient connect(String key, int retries) {
        return AnthropicOkHttpClient.builder()
                .baseUrl(node.get().baseUrl())
                .apiKey(key)
                .maxRetries(retries)
                .build();
    }

    @AfterEach
    void close() {
        anthropic.close();
    }

    private static MessageCreateParams.Builder message(String model, String text) {
        return MessageCreateParams.builder().model(model).maxTokens(500).addUserMessage(text);
    }

    private static Tool weather() {
        return Tool.builder()
                .name("get_weather")
                .description("The weather of a city")
                .inputSchema(Tool.InputSchema.builder()
                        .properties(JsonValue.from(Map.of("city", Map.of("type", "string"))))
                        .putAdditionalProperty("required", JsonValue.from(List.of("city")))
                        .build())
                .build();
    }

    private Message streamed(MessageCreateParams params) {
        MessageAccumulator accumulator = MessageAccumulator.create();
        try (StreamResponse<RawMessageStreamEvent> events = anthropic.messages().createStreaming(params)) {
            events.stream().forEach(accumulator::accumulate);
        }
        return accumulator.message();
    }

    @ParameterizedTest
    @ValueSource(strings = {"echo", "reason-echo"})
    void aMessageSaysTheSameWholeAndStreamed(String model) {
        MessageCreateParams params = message("alpha/" + model, "two words").build();
        Message whole = anthropic.messages().create(params).validate();
        Message streamed = streamed(params);

        assertThat(whole.content().get(whole.content().size() - 1).asText().text())
                .isEqualTo("two words");
        assertThat(whole.content()).hasSize(model.equals("echo") ? 1 : 2);
        assertThat(streamed.content()).isEqualTo(whole.content());
        assertThat(streamed.stopReason()).isEqualTo(whole.stopReason());
        assertThat(streamed.usage().outputTokens()).isEqualTo(whole.usage().outputTokens());
        assertThat(streamed.usage().inputTokens()).isEqualTo(whole.usage().inputTokens());
    }

    @Test
    void toolsAreCalledAndTheirResultGoesBack() {
        MessageCreateParams asking =
                message("alpha/echo", "use the tool").addTool(weather()).build();
        Message whole = anthropic.messages().create(asking);
        var call = whole.content().get(0).asToolUse();
        assertThat(call.name()).isEqualTo("get_weather");
        assertThat(streamed(asking).content().get(0).asToolUse()._input()).isEqualTo(call._input());
        assertThat(whole.stopReason())
                .hasValueSatisfying(reason -> assertThat(reason.asString()).isEqualTo("tool_use"));

        Message after = anthropic
                .messages()
                .create(asking.toBuilder()
                        .addMessage(whole)
                        .addUserMessageOfBlockParams(
                                List.of(ContentBlockParam.ofToolResult(ToolResultBlockParam.builder()
                                        .toolUseId(call.id())
                                        .content("sunny")
                                        .build())))
                        .build());
        assertThat(after.content().get(0).asText().text()).isEqualTo("The tool said: sunny");
    }

    @Test
    void tokensAreCountedAndModelsListed() {
        long tokens = anthropic
                .messages()
                .countTokens(MessageCountTokensParams.builder()
                        .model("alpha/echo")
                        .addUserMessage("sixteen letters!")
                        .build())
                .inputTokens();
        assertThat(tokens).isEqualTo(4);
        assertThat(anthropic.models().list().data().stream()
                        .map(model -> model.validate().id()))
                .startsWith("auto")
                .contains("alpha/echo");
        assertThat(anthropic.models().retrieve("alpha/echo").displayName()).isNotBlank();
    }

    @Test
    void everyErrorHasItsClass() {
        assertThatThrownBy(() -> anthropic
                        .messages()
                        .create(message("no-such-model", "x").build()))
                .isInstanceOf(NotFoundException.class)
                .hasMessageContaining("no-such-model");
        assertThatThrownBy(() -> anthropic
                        .messages()
                        .create(message("auto", "x")
                                .temperature(1.0)
                                .putAdditionalBodyProperty("foo", JsonValue.from(1))
                                .build()))
                .isInstanceOf(BadRequestException.class)
                .hasMessageContaining("foo");
        AnthropicClient stranger = connect("wrong", 0);
        assertThatThrownBy(() -> stranger.messages().create(message("auto", "x").build()))
                .isInstanceOf(UnauthorizedException.class);
        stranger.close();
        assertThatThrownBy(() -> anthropic
                        .messages()
                        .create(message("alpha/flaky-echo", "[[status=500]]").build()))
                .isInstanceOf(InternalServerException.class);
        assertThatThrownBy(() -> anthropic
                        .messages()
                        .create(message("weary/echo", "[[status=429 retry-after=9]]")
                                .build()))
                .isInstanceOf(RateLimitException.class);
        assertThatThrownBy(() ->
                        streamed(message("alpha/cut-echo", "[[words=9 cut=3]]").build()))
                .isInstanceOf(SseException.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"alpha/signed-echo", "gemini/gemini-3-reason-echo"})
    void thinkingIsSignedAndGoesBackToTheModelThatWantsToSeeIt(String model) {
        MessageCreateParams asking =
                message(model, "use the tool").addTool(weather()).build();
        for (Message asked : List.of(anthropic.messages().create(asking), streamed(asking))) {
            assertThat(asked.content().get(0).asThinking().signature()).isNotEmpty();
            ToolUseBlock call = asked.content().get(1).asToolUse();
            ToolResultBlockParam result = ToolResultBlockParam.builder()
                    .toolUseId(call.id())
                    .content("sunny")
                    .build();
            Message after = anthropic
                    .messages()
                    .create(asking.toBuilder()
                            .addMessage(asked)
                            .addUserMessageOfBlockParams(List.of(ContentBlockParam.ofToolResult(result)))
                            .build());
            assertThat(after.content().get(after.content().size() - 1).asText().text())
                    .contains("sunny");
        }
    }

    @Test
    void whatIsWorthAnotherTryIsRetriedByTheClient() {
        AnthropicClient patient = connect(node.get().apiKey(), 2);
        // Its one key cools for a second; the client waits as long as it is told.
        assertThatThrownBy(() -> anthropic
                        .messages()
                        .create(message("steady/echo", "[[status=429 retry-after=1]]")
                                .build()))
                .isInstanceOf(RateLimitException.class);
        assertThat(patient.messages()
                        .create(message("steady/echo", "again").build())
                        .content()
                        .get(0)
                        .asText()
                        .text())
                .isEqualTo("again");
        patient.close();
    }
}
