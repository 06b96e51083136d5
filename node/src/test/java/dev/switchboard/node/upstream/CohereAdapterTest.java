package dev.switchboard.node.upstream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import akka.util.ByteString;
import dev.switchboard.node.chat.Json;
import dev.switchboard.protocol.directory.AdapterKind;
import dev.switchboard.protocol.directory.Quirks;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CohereAdapterTest {
    private static final Adapter ADAPTER = Adapter.of(AdapterKind.COHERE);
    private static final String USER = "{\"role\":\"user\",\"content\":\"hello\"}";

    private static String out(String json) throws Inexpressible {
        ByteString body = ADAPTER.chat(Calls.call(AdapterKind.COHERE, json)).body();
        assertThat(body).isNotNull();
        return body.utf8String();
    }

    @Test
    void contentIsTextAndSchemasHaveNoAdditionalProperties() throws Exception {
        assertThat(
                        out(
                                "{\"n\":1,\"metadata\":{\"session_id\":\"s\"},\"tools\":[{\"type\":\"function\",\"function\":{\"name\":\"f\",\"parameters\":"
                                        + "{\"$schema\":\"x\",\"type\":\"object\",\"additionalProperties\":false,\"properties\":{"
                                        + "\"additionalProperties\":{\"type\":\"string\"},"
                                        + "\"a\":{\"anyOf\":[{\"type\":\"object\",\"additionalProperties\":true},{\"type\":\"array\",\"items\":{\"additionalProperties\":{}}}]}},"
                                        + "\"$defs\":{\"$schema\":{\"additionalProperties\":false,\"default\":{\"additionalProperties\":1}}}}}}],"
                                        + "\"messages\":[{\"role\":\"user\",\"content\":[{\"type\":\"text\",\"text\":\"a\"},{\"type\":\"text\",\"text\":\"b\"}]}]}"))
                .isEqualTo(
                        "{\"model\":\"a-large\",\"messages\":[{\"role\":\"user\",\"content\":\"ab\"}],\"tools\":[{\"type\":\"function\",\"function\":"
                                + "{\"name\":\"f\",\"parameters\":{\"type\":\"object\",\"properties\":{\"additionalProperties\":{\"type\":\"string\"},"
                                + "\"a\":{\"anyOf\":[{\"type\":\"object\"},{\"type\":\"array\",\"items\":{}}]}},"
                                + "\"$defs\":{\"$schema\":{\"default\":{\"additionalProperties\":1}}}}}}]}");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "\"top_k\":4 | top_k",
                "\"logit_bias\":{\"1\":5} | logit_bias",
                "\"logprobs\":true | logprobs",
                "\"n\":2 | n",
                "\"reasoning_effort\":\"low\" | reasoning_effort"
            })
    void whatCannotBeSaidIsNamed(String field, String name) {
        Inexpressible refusal =
                catchThrowableOfType(Inexpressible.class, () -> out("{" + field + ",\"messages\":[" + USER + "]}"));
        assertThat(refusal.field().field()).isEqualTo(name);
    }

    @Test
    void anImageIsNamed() {
        Inexpressible refusal = catchThrowableOfType(
                Inexpressible.class,
                () -> out(
                        "{\"messages\":[{\"role\":\"user\",\"content\":[{\"type\":\"image_url\",\"image_url\":{\"url\":\"x\"}}]}]}"));
        assertThat(refusal.field().field()).isEqualTo("messages[0].content[0]");
    }

    @Test
    void modelsAndKeysAreOnTheNativeApi() {
        var platform = Calls.platform(AdapterKind.COHERE, "https://c.test/compatibility/v1", Quirks.NONE, null);
        assertThat(ADAPTER.keyChecks(platform, "k").get(0).url()).startsWith("https://c.test/v1/models?");
        assertThat(ADAPTER.judge(401, ByteString.fromString("{\"message\":\"invalid api token\"}"), "k"))
                .isEqualTo(new KeyCheck.Bad("invalid api token"));
        assertThat(ADAPTER.modelIds(java.util.Objects.requireNonNull(
                        Json.parseOrNull("{\"models\":[{\"name\":\"command-a\"},{\"x\":1}]}"))))
                .containsExactly("command-a");
    }
}
