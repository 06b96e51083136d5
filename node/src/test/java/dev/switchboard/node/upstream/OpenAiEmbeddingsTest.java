package dev.switchboard.node.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import akka.util.ByteString;
import dev.switchboard.node.chat.ChatRequest;
import dev.switchboard.node.chat.Json;
import dev.switchboard.protocol.directory.AdapterKind;
import dev.switchboard.protocol.directory.Quirks;
import dev.switchboard.protocol.domain.FailureKind;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OpenAiEmbeddingsTest {
    private static final String PACKED = "AAAAPwAAgL8=";

    private static ChatCall call(String json) throws Exception {
        return new ChatCall(
                ChatRequest.embeddings(ByteString.fromString(json.replace('\'', '"'))),
                Calls.platform(AdapterKind.OPENAI, "https://alpha.test/v1", Quirks.NONE, null),
                Calls.model("embed-small"),
                Calls.SECRET);
    }

    private static JsonAnswer read(String request, String answer) throws Exception {
        return OpenAiEmbeddings.read(call(request), ByteString.fromString(answer.replace('\'', '"')));
    }

    private static String vector(JsonAnswer answer) {
        return Json.parseOrNull(((JsonAnswer.Complete) answer).body())
                .at("/data/0/embedding")
                .toString();
    }

    @Test
    void onlyTheModelsNameAndOurOwnFieldsChange() throws Exception {
        WireRequest wire = OpenAiAdapter.INSTANCE.chat(
                call("{'model':'alpha/embed-small','input':['a',  'b'],'dimensions':8,'session_id':'s','user':'u'}"));
        assertThat(wire.url()).isEqualTo("https://alpha.test/v1/embeddings");
        assertThat(wire.body().utf8String())
                .isEqualTo("{\"input\":[\"a\",  \"b\"],\"dimensions\":8,\"user\":\"u\",\"model\":\"embed-small\"}");
    }

    @Test
    void vectorsComeInTheEncodingThatWasAskedFor() throws Exception {
        String floats = "{'data':[{'index':0,'embedding':[0.5,-1.0]}],'usage':{'prompt_tokens':3,'total_tokens':3}}";
        String packed =
                "{'data':[{'index':0,'embedding':'" + PACKED + "'}],'usage':{'prompt_tokens':3,'total_tokens':3}}";
        assertThat(vector(read("{'model':'m','input':'x'}", floats))).isEqualTo("[0.5,-1.0]");
        assertThat(vector(read("{'model':'m','input':'x'}", packed))).isEqualTo("[0.5,-1.0]");
        assertThat(vector(read("{'model':'m','input':'x','encoding_format':'base64'}", floats)))
                .isEqualTo("\"" + PACKED + "\"");
        assertThat(vector(read("{'model':'m','input':'x','encoding_format':'base64'}", packed)))
                .isEqualTo("\"" + PACKED + "\"");
    }

    @Test
    void usageIsEstimatedAndMarkedWhereUpstreamSendsNone() throws Exception {
        JsonAnswer.Complete answer =
                (JsonAnswer.Complete) read("{'model':'m','input':'twelve chars'}", "{'data':[{'embedding':[1]}]}");
        assertThat(answer.usage().inputTokens()).isEqualTo(3);
        assertThat(answer.usage().estimated()).isTrue();
        assertThat(answer.body().utf8String()).contains("\"estimated\":true");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "<html>",
                "{}",
                "{'data':[]}",
                "{'data':[{'embedding':[1]},{'embedding':[1]}]}",
                "{'data':[{'embedding':null}]}",
                "{'data':[{'embedding':['a']}]}",
                "{'data':[{'embedding':'***'}]}",
                "{'data':[7]}"
            })
    void anythingElseIsMalformed(String body) throws Exception {
        JsonAnswer answer = read("{'model':'m','input':'x'}", body);
        assertThat(((JsonAnswer.Unusable) answer).failure().kind()).isEqualTo(FailureKind.MALFORMED);
    }

    @Test
    void anErrorInsideASuccessKeepsItsText() throws Exception {
        JsonAnswer answer = read("{'model':'m','input':'x'}", "{'error':{'message':'slow down','code':429}}");
        assertThat(((JsonAnswer.Unusable) answer).failure().kind()).isEqualTo(FailureKind.RATE_LIMITED);
        assertThat(((JsonAnswer.Unusable) answer).failure().message()).contains("slow down");
    }
}
