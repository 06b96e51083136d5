package dev.switchboard.node.clients;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.langchain4j.agent.tool.ToolExecutionRequest;
import dev.langchain4j.agent.tool.ToolSpecification;
import dev.langchain4j.data.message.ChatMessage;
import dev.langchain4j.data.message.ToolExecutionResultMessage;
import dev.langchain4j.data.message.UserMessage;
import dev.langchain4j.exception.ModelNotFoundException;
import dev.langchain4j.exception.RateLimitException;
import dev.langchain4j.model.anthropic.AnthropicChatModel;
import dev.langchain4j.model.anthropic.AnthropicStreamingChatModel;
import dev.langchain4j.model.chat.ChatModel;
import dev.langchain4j.model.chat.StreamingChatModel;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.request.ResponseFormat;
import dev.langchain4j.model.chat.request.ResponseFormatType;
import dev.langchain4j.model.chat.request.json.JsonObjectSchema;
import dev.langchain4j.model.chat.request.json.JsonSchema;
import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.model.chat.response.StreamingChatResponseHandler;
import dev.langchain4j.model.openai.OpenAiChatModel;
import dev.langchain4j.model.openai.OpenAiEmbeddingModel;
import dev.langchain4j.model.openai.OpenAiStreamingChatModel;
import dev.switchboard.node.TestNode;
import dev.switchboard.node.chat.Json;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** LangChain4j, through its OpenAI and its Anthropic modules. */
abstract class LangChain4jChecks {
    private static final String ECHO = "alpha/echo";

    private final Supplier<TestNode> node;

    LangChain4jChecks(Supplier<TestNode> node) {
        this.node = node;
    }

    enum Module {
        OPENAI,
        ANTHROPIC
    }

    private String base() {
        return node.get().baseUrl() + "/v1";
    }

    private ChatModel model(Module module, String name) {
        return module == Module.OPENAI
                ? OpenAiChatModel.builder()
                        .baseUrl(base())
                        .apiKey(node.get().apiKey())
                        .modelName(name)
                        .strictJsonSchema(true)
                        .maxRetries(0)
                        .build()
                : AnthropicChatModel.builder()
                        .baseUrl(base())
                        .apiKey(node.get().apiKey())
                        .modelName(name)
                        .maxTokens(500)
                        .maxRetries(0)
                        .build();
    }

    private StreamingChatModel streaming(Module module, String name) {
        return module == Module.OPENAI
                ? OpenAiStreamingChatModel.builder()
                        .baseUrl(base())
                        .apiKey(node.get().apiKey())
                        .modelName(name)
                        .build()
                : AnthropicStreamingChatModel.builder()
                        .baseUrl(base())
                        .apiKey(node.get().apiKey())
                        .modelName(name)
                        .maxTokens(500)
                        .build();
    }

    private static ChatResponse streamed(StreamingChatModel model, ChatRequest request) throws Exception {
        CompletableFuture<ChatResponse> done = new CompletableFuture<>();
        model.chat(request, new StreamingChatResponseHandler() {
            @Override
            public void onCompleteResponse(ChatResponse response) {
                done.complete(response);
            }

            @Override
            public void onError(Throwable error) {
                done.completeExceptionally(error);
            }
        });
        return done.get(20, TimeUnit.SECONDS);
    }

    @ParameterizedTest
    @EnumSource
    void aChatSaysTheSameWholeAndStreamed(Module module) throws Exception {
        ChatRequest request =
                ChatRequest.builder().messages(UserMessage.from("two words")).build();
        ChatResponse whole = model(module, ECHO).chat(request);
        ChatResponse streamed = streamed(streaming(module, ECHO), request);
        assertThat(whole.aiMessage().text()).isEqualTo("two words");
        assertThat(streamed.aiMessage().text()).isEqualTo("two words");
        assertThat(streamed.finishReason()).isEqualTo(whole.finishReason());
        assertThat(streamed.tokenUsage().totalTokenCount())
                .isEqualTo(whole.tokenUsage().totalTokenCount());
    }

    @ParameterizedTest
    @EnumSource
    void toolsAreCalledAndTheirResultGoesBack(Module module) throws Exception {
        ToolSpecification weather = ToolSpecification.builder()
                .name("get_weather")
                .description("The weather of a city")
                .parameters(JsonObjectSchema.builder()
                        .addStringProperty("city")
                        .required("city")
                        .build())
                .build();
        List<ChatMessage> messages = new ArrayList<>(List.of(UserMessage.from("use the tool")));
        ChatRequest asking = ChatRequest.builder()
                .messages(messages)
                .toolSpecifications(weather)
                .build();
        ChatResponse whole = model(module, ECHO).chat(asking);
        ToolExecutionRequest call = whole.aiMessage().toolExecutionRequests().get(0);
        assertThat(call.name()).isEqualTo("get_weather");
        ToolExecutionRequest streamed = streamed(streaming(module, ECHO), asking)
                .aiMessage()
                .toolExecutionRequests()
                .get(0);
        assertThat(Json.parseOrNull(streamed.arguments())).isEqualTo(Json.parseOrNull(call.arguments()));
        messages.add(whole.aiMessage());
        messages.add(ToolExecutionResultMessage.from(call, "sunny"));
        ChatResponse after = model(module, ECHO)
                .chat(ChatRequest.builder()
                        .messages(messages)
                        .toolSpecifications(weather)
                        .build());
        assertThat(after.aiMessage().text()).isEqualTo("The tool said: sunny");
    }

    @Test
    void aStructuredAnswerFitsItsSchema() {
        ResponseFormat format = ResponseFormat.builder()
                .type(ResponseFormatType.JSON)
                .jsonSchema(JsonSchema.builder()
                        .name("event")
                        .rootElement(JsonObjectSchema.builder()
                                .addStringProperty("name")
                                .required("name")
                                .build())
                        .build())
                .build();
        ChatResponse answer = model(Module.OPENAI, ECHO)
                .chat(ChatRequest.builder()
                        .messages(UserMessage.from("an event"))
                        .responseFormat(format)
                        .build());
        assertThat(answer.aiMessage().text()).isEqualTo("{\"name\":\"sample name\"}");
    }

    @Test
    void textsBecomeVectors() {
        OpenAiEmbeddingModel embedder = OpenAiEmbeddingModel.builder()
                .baseUrl(base())
                .apiKey(node.get().apiKey())
                .modelName("embed-small")
                .build();
        assertThat(embedder.embed("some text").content().vector()).hasSizeGreaterThan(1);
    }

    @Test
    void whatIsWorthAnotherTryIsRetriedByTheClient() {
        assertThatThrownBy(() -> model(Module.OPENAI, "calm/echo").chat("[[status=429 retry-after=1]]"))
                .isInstanceOf(RateLimitException.class);
        ChatModel patient = OpenAiChatModel.builder()
                .baseUrl(base())
                .apiKey(node.get().apiKey())
                .modelName("calm/echo")
                .maxRetries(3)
                .build();
        assertThat(patient.chat("again")).isEqualTo("again");
    }

    @ParameterizedTest
    @EnumSource
    void anUnknownModelIsKnownAsSuch(Module module) {
        assertThatThrownBy(() -> model(module, "no-such-model").chat("x")).isInstanceOf(ModelNotFoundException.class);
    }
}
