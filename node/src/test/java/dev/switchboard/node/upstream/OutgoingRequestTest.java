package dev.switchboard.node.upstream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import akka.util.ByteString;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OutgoingRequestTest {
    private static final String START =
            OutgoingRequest.start("/v1/x?a=b", Destination.of(URI.create("http://10.0.0.1:81")));

    private static String text(Map<String, String> headers, @Nullable ByteString body, boolean direct) {
        ByteBuf bytes = OutgoingRequest.of(START, headers, body).bytes(UnpooledByteBufAllocator.DEFAULT, direct);
        assertThat(bytes.isDirect()).isEqualTo(direct);
        String text = bytes.toString(StandardCharsets.UTF_8);
        bytes.release();
        return text;
    }

    private static String text(Map<String, String> headers, @Nullable String body) {
        return text(headers, body == null ? null : ByteString.fromString(body), true);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void headAndBodyAreOneBuffer(boolean direct) {
        ByteString body = ByteString.fromString("xx{\"a\":").drop(2).concat(ByteString.fromString("\"ä\"}"));
        assertThat(text(Map.of("Authorization", "Bearer sk"), body, direct))
                .isEqualTo(
                        """
                POST /v1/x?a=b HTTP/1.1\r
                Host: 10.0.0.1:81\r
                User-Agent: switchboard/0.1.0\r
                Accept-Encoding: identity\r
                Authorization: Bearer sk\r
                Content-Type: application/json\r
                Content-Length: 10\r
                \r
                {"a":"ä"}""");
    }

    @Test
    void whatIsOnlyAskedHasNoBody() {
        assertThat(text(Map.of(), (String) null))
                .isEqualTo(
                        """
                GET /v1/x?a=b HTTP/1.1\r
                Host: 10.0.0.1:81\r
                User-Agent: switchboard/0.1.0\r
                Accept-Encoding: identity\r
                \r
                """);
    }

    @Test
    void theLastOfHeadersThatAreAlikeHolds() {
        Map<String, String> headers = new LinkedHashMap<>();
        headers.put("Authorization", "Bearer sk");
        headers.put("user-agent", "mine");
        headers.put("ACCEPT-encoding", "gzip");
        headers.put("authorization", "Basic eA==");
        assertThat(text(headers, "{}"))
                .contains(
                        "\r\nuser-agent: mine\r\n",
                        "\r\nACCEPT-encoding: gzip\r\n",
                        "\r\nauthorization: Basic eA==\r\n")
                .doesNotContain("Bearer", "switchboard", "identity");
    }

    @Test
    void bodyAndConnectionAreTheClientsOwn() {
        assertThat(text(
                        Map.of("Content-length", "7", "Transfer-Encoding", "chunked", "HOST", "else", "X-Mine", "1"),
                        "{}"))
                .contains("\r\nX-Mine: 1\r\n", "\r\nContent-Length: 2\r\n", "\r\nHost: 10.0.0.1:81\r\n")
                .doesNotContain("chunked", "else", ": 7");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "a\r\nX: y", "clé", "a\u0000", "a\u007f"})
    void aValueThatHttpCannotCarryIsRefused(String value) {
        assertThatThrownBy(() -> text(Map.of("Authorization", value), "{}"))
                .isInstanceOf(UnusableKey.class)
                .hasMessageContaining("Authorization");
    }
}
