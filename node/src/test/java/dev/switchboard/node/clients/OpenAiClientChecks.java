package dev.switchboard.node.clients;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.openai.client.OpenAIClient;
import com.openai.client.okhttp.OpenAIOkHttpClient;
import com.openai.core.JsonValue;
import com.openai.errors.BadRequestException;
import com.openai.errors.InternalServerException;
import com.openai.errors.NotFoundException;
import com.openai.errors.RateLimitException;
import com.openai.errors.UnauthorizedException;
import com.openai.helpers.ChatCompletionAccumulator;
import com.openai.helpers.ResponseAccumulator;
import com.openai.models.FunctionDefinition;
import com.openai.models.FunctionParameters;
import com.openai.models.chat.completions.ChatCompletion;
import com.openai.models.chat.completions.ChatCompletionCreateParams;
import com.openai.models.chat.completions.ChatCompletionMessageFunctionToolCall;
import com.openai.models.chat.completions.ChatCompletionStreamOptions;
import com.openai.models.chat.completions.ChatCompletionToolMessageParam;
import com.openai.models.completions.CompletionCreateParams;
import com.openai.models.embeddings.EmbeddingCreateParams;
import com.openai.models.responses.Response;
import com.openai.models.responses.ResponseCreateParams;
import dev.switchboard.node.TestNode;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** OpenAI's official client for Java. */
abstract class OpenAiClientChecks {
    private static final String ECHO = "alpha/echo";

    private final Supplier<TestNode> node;
    private OpenAIClient client;

    OpenAiClientChecks(Supplier<TestNode> node) {
        this.node = node;
    }

    /** What a structured answer has to be. */
    @SuppressWarnings("unused") // The client makes the schema from the fields, and reads into them.
    static final class Event {
        public String name;
        public List<String> people;
    }

    @BeforeEach
    void connect() {
        client = connect(node.get().apiKey(), 0);
    }

    private OpenAIClient connect(String key, int retries) {
        return OpenAIOkHttpClient.builder()
                .baseUrl(node.get().baseUrl() + "/v1")
                .apiKey(key)
                .maxRetries(retries)
                .build();
    }

    @AfterEach
    void close() {
        client.close();
    }

    private static ChatCompletionCreateParams.Builder chat(String model, String text) {
        return ChatCompletionCreateParams.builder().model(model).addUserMessage(text);
    }

    private ChatCompletion streamed(ChatCompletionCreateParams params) {
        ChatCompletionAccumulator accumulator = ChatCompletionAccumulator.create();
        try (var chunks = client.chat()
                .completions()
                .createStreaming(params.toBuilder()
                        .streamOptions(ChatCompletionStreamOptions.builder()
                                .includeUsage(true)
                                .build())
                        .build())) {
            chunks.stream().forEach(accumulator::accumulate);
        }
        return accumulator.chatCompletion();
    }

    @Test
    void aChatSaysTheSameWholeAndStreamed() {
        ChatCompletionCreateParams params = chat(ECHO, "two words").build();
        ChatCompletion whole = client.chat().completions().create(params).validate();
        ChatCompletion streamed = streamed(params);
        assertThat(whole.choices().get(0).message().content()).contains("two words");
        assertThat(streamed.choices().get(0).message().content())
                .isEqualTo(whole.choices().get(0).message().content());
        assertThat(streamed.choices().get(0).finishReason())
                .isEqualTo(whole.choices().get(0).finishReason());
        assertThat(streamed.usage()).isEqualTo(whole.usage());
    }

    @Test
    void toolsAreCalledAndTheirResultGoesBack() {
        ChatCompletionCreateParams asking = chat(ECHO, "use the tool")
                .addFunctionTool(FunctionDefinition.builder()
                        .name("get_weather")
                        .parameters(FunctionParameters.builder()
                                .putAdditionalProperty("type", JsonValue.from("object"))
                                .putAdditionalProperty(
                                        "properties", JsonValue.from(Map.of("city", Map.of("type", "string"))))
                                .build())
                        .build())
                .build();
        ChatCompletion whole = client.chat().completions().create(asking);
        ChatCompletionMessageFunctionToolCall call = whole.choices()
                .get(0)
                .message()
                .toolCalls()
                .orElseThrow()
                .get(0)
                .asFunction();
        assertThat(call.function().name()).isEqualTo("get_weather");
        assertThat(streamed(asking)
                        .choices()
                        .get(0)
                        .message()
                        .toolCalls()
                        .orElseThrow()
                        .get(0)
                        .asFunction()
                        .function())
                .isEqualTo(call.function());
        ChatCompletion after = client.chat()
                .completions()
                .create(asking.toBuilder()
                        .addMessage(whole.choices().get(0).message())
                        .addMessage(ChatCompletionToolMessageParam.builder()
                                .toolCallId(call.id())
                                .content("sunny")
                                .build())
                        .build());
        assertThat(after.choices().get(0).message().content()).contains("The tool said: sunny");
    }

    @Test
    void aStructuredAnswerIsAnObjectOfTheClass() {
        var params = ChatCompletionCreateParams.builder()
                .model(ECHO)
                .addUserMessage("an event")
                .responseFormat(Event.class)
                .build();
        Event event = client.chat()
                .completions()
                .create(params)
                .choices()
                .get(0)
                .message()
                .content()
                .orElseThrow();
        assertThat(event.name).isNotBlank();
        assertThat(event.people).isNotEmpty();
    }

    private static String text(Response response) {
        return response.output()
                .get(response.output().size() - 1)
                .asMessage()
                .content()
                .get(0)
                .asOutputText()
                .text();
    }

    @ParameterizedTest
    @ValueSource(strings = {"echo", "reason-echo"})
    void aResponseSaysTheSameWholeAndStreamed(String model) {
        ResponseCreateParams params = ResponseCreateParams.builder()
                .model("alpha/" + model)
                .input("two words")
                .build();
        Response whole = client.responses().create(params).validate();
        ResponseAccumulator accumulator = ResponseAccumulator.create();
        try (var events = client.responses().createStreaming(params)) {
            events.stream().forEach(accumulator::accumulate);
        }
        Response streamed = accumulator.response();

        assertThat(text(whole)).isEqualTo("two words");
        assertThat(text(streamed)).isEqualTo("two words");
        assertThat(streamed.output()).hasSameSizeAs(whole.output());
        assertThat(streamed.usage()).isEqualTo(whole.usage());
        assertThat(streamed.status()).isEqualTo(whole.status());
    }

    @Test
    void completionsAreThereWholeAndStreamed() {
        CompletionCreateParams params = CompletionCreateParams.builder()
                .model(CompletionCreateParams.Model.of(ECHO))
                .prompt("once upon")
                .build();
        assertThat(client.completions()
                        .create(params)
                        .validate()
                        .choices()
                        .get(0)
                        .text())
                .isEqualTo("once upon");
        try (var chunks = client.completions().createStreaming(params)) {
            assertThat(chunks.stream()
                            .flatMap(chunk -> chunk.choices().stream())
                            .map(choice -> choice.text())
                            .collect(Collectors.joining()))
                    .isEqualTo("once upon");
        }
    }

    @Test
    void aResponseIsContinuedAndItsInputListed() {
        var first = client.responses()
                .create(ResponseCreateParams.builder()
                        .model(ECHO)
                        .input("first words")
                        .build());
        var second = client.responses()
                .create(ResponseCreateParams.builder()
                        .model(ECHO)
                        .input("second words")
                        .previousResponseId(first.id())
                        .build());
        assertThat(second.previousResponseId()).contains(first.id());
        var items = client.responses().inputItems().list(second.id()).data();
        assertThat(items).hasSize(3);
        assertThat(items.get(0)
                        .asResponseInputMessageItem()
                        .content()
                        .get(0)
                        .asInputText()
                        .text())
                .isEqualTo("second words");
        client.responses().delete(second.id());
        assertThatThrownBy(() -> client.responses().retrieve(second.id())).isInstanceOf(NotFoundException.class);
    }

    @Test
    void modelsAndEmbeddingsAreThere() {
        assertThat(client.models().list().data()).anyMatch(model -> model.id().equals(ECHO));
        assertThat(client.models().retrieve(ECHO).ownedBy()).isEqualTo("alpha");
        assertThat(client.embeddings()
                        .create(EmbeddingCreateParams.builder()
                                .model("embed-small")
                                .input("x")
                                .build())
                        .data()
                        .get(0)
                        .embedding())
                .isNotEmpty();
    }

    @Test
    void everyErrorHasItsClass() {
        assertThatThrownBy(() -> create("no-such-model", "x")).isInstanceOf(NotFoundException.class);
        assertThatThrownBy(() -> client.chat()
                        .completions()
                        .create(chat(ECHO, "x").temperature(9.0).build()))
                .isInstanceOf(BadRequestException.class)
                .satisfies(error ->
                        assertThat(((BadRequestException) error).param()).contains("temperature"));
        assertThatThrownBy(() -> create("alpha/flaky-echo", "[[status=500]]"))
                .isInstanceOf(InternalServerException.class);
        assertThatThrownBy(() -> create("tired/echo", "[[status=429 retry-after=9]]"))
                .isInstanceOf(RateLimitException.class);
        OpenAIClient stranger = connect("wrong-key", 0);
        assertThatThrownBy(() -> stranger.models().list()).isInstanceOf(UnauthorizedException.class);
        stranger.close();
    }

    private ChatCompletion create(String model, String text) {
        return client.chat().completions().create(chat(model, text).build());
    }

    @Test
    void whatIsWorthAnotherTryIsRetriedByTheClient() {
        OpenAIClient patient = connect(node.get().apiKey(), 2);
        // Its one key cools for a second; the client waits as long as it is told.
        assertThatThrownBy(() -> create("patient/echo", "[[status=429 retry-after=1]]"))
                .isInstanceOf(RateLimitException.class);
        assertThat(patient.chat()
                        .completions()
                        .create(chat("patient/echo", "again").build())
                        .choices()
                        .get(0)
                        .message()
                        .content())
                .contains("again");
        patient.close();
    }
}
