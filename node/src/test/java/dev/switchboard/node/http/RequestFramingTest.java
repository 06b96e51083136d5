package dev.switchboard.node.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RequestFramingTest {
    private static final String HEAD = "POST /v1/chat/completions HTTP/1.1\r\nHost: x\r\nX-A: b\r\n c\r\n";
    private static final String NEXT = "GET /livez HTTP/1.1\r\nHost: x\r\n\r\n";

    /** The bytes with a {@code #} for every one that is of no head, read in pieces of one length. */
    private static String marked(String text, int length) {
        byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
        RequestFraming framing = new RequestFraming();
        StringBuilder out = new StringBuilder();
        for (int from = 0; from < bytes.length; from += length) {
            ByteBuffer read = ByteBuffer.wrap(bytes, from, Math.min(length, bytes.length - from));
            if (framing.skips(read.remaining())) {
                out.append("#".repeat(read.remaining()));
                continue;
            }
            int at = read.position();
            while (at < read.limit()) {
                boolean head = framing.inHead();
                int end = framing.take(read, at);
                out.append(head ? text.substring(at, end) : "#".repeat(end - at));
                at = end;
            }
        }
        return out.toString();
    }

    private static void assertMarked(String text, String expected) {
        for (int length = 1; length < text.length(); length++) {
            assertThat(marked(text, length)).as("reads of %d", length).isEqualTo(expected);
        }
        assertThat(marked(text, text.length())).isEqualTo(expected);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Content-Length: 7\r\n",
                "content-length:7\n",
                "CONTENT-LENGTH: \t 7 \r\n",
                "Content-Length: 7\r\nConnection: keep-alive\r\n folded\r\n",
                "Cookie: a\r\nTE: trailers\r\nContent-Length: 007\r\n"
            })
    void aBodyOfKnownLengthEndsWhereTheNextRequestBegins(String lengths) {
        String head = HEAD + lengths + "\r\n";
        assertMarked(head + "a\r\n\r\nbc" + NEXT + NEXT, head + "#######" + NEXT + NEXT);
    }

    @ParameterizedTest
    @ValueSource(strings = {"Content-Length: 0\r\n", ""})
    void aRequestWithoutABodyIsFollowedByTheNext(String lengths) {
        String all = HEAD + lengths + "\r\n" + NEXT;
        assertMarked(all, all);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "5\r\na\r\n\r\n\r\n3\r\nabc\r\n0\r\n",
                "A;x=\"\r\"\r\n0123456789\r\n00;last\r\n",
                "1 0 \n0123456789abcdef\n0\n"
            })
    void chunksAreBodyAndTrailersAreHead(String chunks) {
        String head = HEAD + "Transfer-Encoding: Chunked\r\n\r\n";
        String trailer = "X-B: c\r\n\r\n";
        assertMarked(
                head + chunks + trailer + NEXT + head + chunks + "\r\n",
                head + "#".repeat(chunks.length()) + trailer + NEXT + head + "#".repeat(chunks.length()) + "\r\n");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Content-Length: +7\r\n",
                "Content-Length: 7, 7\r\n",
                "Content-Length:\r\n",
                "Content-Length:\r\n 7\r\n",
                "Content-Length: 7\r\nContent-Length: 7\r\n",
                "Content-Length: 7\r\nTransfer-Encoding: chunked\r\n",
                "Content-Length: 9999999999999999999\r\n",
                "Transfer-Encoding: gzip, chunked\r\n",
                "Transfer-Encoding: chunked\r\n , gzip\r\n",
                "Content-Length: 7                                                           \r\n"
            })
    void whatIsNotCertainIsTakenForHead(String lengths) {
        String all = HEAD + lengths + "\r\n0\r\n\r\nab" + NEXT;
        assertMarked(all, all);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"\r\n", "x\r\n", "5\rx", "5\r\rx", "1\r\nab", "1\r\na\rx", "ffffffffff\r\n", ";x\r\n", "1\u00e9"
            })
    void afterAChunkThatIsNoneAllIsHead(String chunk) {
        String head = HEAD + "Transfer-Encoding: chunked\r\n\r\n";
        String rest = "0\r\n\r\n" + NEXT;
        for (int length : new int[] {1, 2, 7, 1000}) {
            assertThat(marked(head + chunk + rest, length))
                    .startsWith(head + "#")
                    .endsWith(rest);
        }
    }

    @Test
    void anEmptyLineBeforeARequestMakesAllHead() {
        String all = "\r\n" + HEAD + "Content-Length: 3\r\n\r\nabc";
        assertMarked(all, all);
    }
}
