package dev.switchboard.node.upstream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import akka.util.ByteString;
import com.fasterxml.jackson.databind.JsonNode;
import dev.switchboard.node.chat.ChatRequest;
import dev.switchboard.node.chat.Json;
import dev.switchboard.protocol.directory.AdapterKind;
import dev.switchboard.protocol.directory.Quirks;
import dev.switchboard.protocol.domain.FailureKind;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Embeddings of wire formats that are not OpenAI's. */
class OtherEmbeddingsTest {
    private static ChatCall call(AdapterKind kind, String url, String json) throws Exception {
        return new ChatCall(
                ChatRequest.embeddings(ByteString.fromString(json.replace('\'', '"'))),
                Calls.platform(kind, url, Quirks.NONE, null),
                Calls.model("embed-1"),
                "acc:tok");
    }

    private static ChatCall cohere(String json) throws Exception {
        return call(AdapterKind.COHERE, "https://api.cohere.ai/compatibility/v1", json);
    }

    @ParameterizedTest
    @CsvSource({
        "GOOGLE, https://g.test/v1beta, https://g.test/v1beta/openai/embeddings, Bearer acc:tok",
        "CLOUDFLARE, https://f.test/accounts/{account}/ai/v1, https://f.test/accounts/acc/ai/v1/embeddings, Bearer tok",
    })
    void googleAndCloudflareAreAskedInOpenAisFormat(AdapterKind kind, String base, String url, String bearer)
            throws Exception {
        ChatCall call = call(kind, base, "{'model':'x/embed-1','input':['a','b'],'dimensions':8}");
        WireRequest wire = Adapter.of(kind).chat(call);
        assertThat(wire.url()).isEqualTo(url);
        assertThat(wire.headers()).containsOnly(java.util.Map.entry("Authorization", bearer));
        assertThat(Objects.requireNonNull(wire.body()).utf8String())
                .isEqualTo("{\"input\":[\"a\",\"b\"],\"dimensions\":8,\"model\":\"embed-1\"}");
        ByteString said = ByteString.fromString(
                "{\"object\":\"list\",\"data\":[{\"index\":0,\"embedding\":[0.5]},{\"index\":1,\"embedding\":[1]}],\"usage\":{\"prompt_tokens\":2,\"total_tokens\":2}}");
        assertThat(Adapter.of(kind).answer(call, said))
                .isInstanceOfSatisfying(JsonAnswer.Complete.class, complete -> assertThat(complete.body())
                        .isEqualTo(said));
    }

    @Test
    void cohereIsAskedForTextsInItsOwnFormat() throws Exception {
        WireRequest wire = Adapter.of(AdapterKind.COHERE)
                .chat(cohere("{'model':'m','input':'one','dimensions':256,'encoding_format':'base64','user':'u'}"));
        assertThat(wire.url()).isEqualTo("https://api.cohere.ai/v2/embed");
        assertThat(Objects.requireNonNull(wire.body()).utf8String())
                .isEqualTo("{\"model\":\"embed-1\",\"texts\":[\"one\"],\"input_type\":\"search_document\","
                        + "\"embedding_types\":[\"float\"],\"output_dimension\":256}");
        assertThat(Objects.requireNonNull(Adapter.of(AdapterKind.COHERE)
                                .chat(cohere("{'model':'m','input':['a','b'],'input_type':'search_query'}"))
                                .body())
                        .utf8String())
                .contains("\"texts\":[\"a\",\"b\"]")
                .contains("\"input_type\":\"search_query\"");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "{\"model\":\"m\",\"input\":[[1,2]]}; input[0]",
                "{\"model\":\"m\",\"input\":[1,2]}; input[0]",
                "{\"model\":\"m\",\"input\":\"x\",\"new_field\":1}; new_field"
            })
    void whatCohereCannotBeAskedIsNamed(String json, String field) {
        Inexpressible refusal = catchThrowableOfType(
                Inexpressible.class, () -> Adapter.of(AdapterKind.COHERE).chat(cohere(json)));
        assertThat(refusal.field().field()).isEqualTo(field);
    }

    @Test
    void coheresVectorsComeInTheEncodingAskedFor() throws Exception {
        String said =
                "{\"id\":\"e\",\"embeddings\":{\"float\":[[0.5,-1.0]]},\"texts\":[\"one\"],\"meta\":{\"api_version\":{\"version\":\"2\"},\"billed_units\":{\"input_tokens\":3}},\"response_type\":\"embeddings_by_type\"}";
        JsonNode floats = answer("{'model':'m','input':'one'}", said);
        assertThat(floats.at("/data/0/embedding").toString()).isEqualTo("[0.5,-1.0]");
        assertThat(floats.at("/usage/prompt_tokens").asInt()).isEqualTo(3);
        assertThat(floats.at("/data/0/object").asText()).isEqualTo("embedding");
        assertThat(answer("{'model':'m','input':'one','encoding_format':'base64'}", said)
                        .at("/data/0/embedding")
                        .asText())
                .isEqualTo("AAAAPwAAgL8=");
    }

    private static JsonNode answer(String request, String said) throws Exception {
        JsonAnswer answer = Adapter.of(AdapterKind.COHERE).answer(cohere(request), ByteString.fromString(said));
        assertThat(answer).isInstanceOf(JsonAnswer.Complete.class);
        return Objects.requireNonNull(Json.parseOrNull(((JsonAnswer.Complete) answer).body()));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "{}", "[]", "{\"embeddings\":{\"float\":[]}}", "{\"embeddings\":{\"float\":[[\"x\"]]}}"})
    void anythingElseIsMalformed(String said) throws Exception {
        JsonAnswer answer = Adapter.of(AdapterKind.COHERE)
                .answer(cohere("{'model':'m','input':'one'}"), ByteString.fromString(said));
        assertThat(((JsonAnswer.Unusable) answer).failure().kind()).isEqualTo(FailureKind.MALFORMED);
    }
}
