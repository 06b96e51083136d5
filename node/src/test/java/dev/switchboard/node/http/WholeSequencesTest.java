package dev.switchboard.node.http;

import static org.assertj.core.api.Assertions.assertThat;

import akka.actor.testkit.typed.javadsl.ActorTestKit;
import akka.stream.TLSProtocol.SessionBytes;
import akka.stream.TLSProtocol.SslTlsInbound;
import akka.stream.javadsl.Sink;
import akka.stream.javadsl.Source;
import akka.util.ByteString;
import java.nio.charset.StandardCharsets;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSession;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class WholeSequencesTest {
    private final ActorTestKit kit = ActorTestKit.create();
    private final SSLSession session;

    WholeSequencesTest() throws NoSuchAlgorithmException {
        session = SSLContext.getDefault().createSSLEngine().getSession();
    }

    @AfterAll
    void stop() {
        kit.shutdownTestKit();
    }

    /** What comes out for reads of these lengths, the last one of the rest. */
    private byte[] passed(byte[] bytes, int... lengths) throws Exception {
        List<SessionBytes> reads = new ArrayList<>();
        int from = 0;
        for (int length : lengths) {
            int to = Math.min(bytes.length, from + length);
            reads.add(new SessionBytes(session, ByteString.fromArray(bytes, from, to - from)));
            from = to;
        }
        reads.add(new SessionBytes(session, ByteString.fromArray(bytes, from, bytes.length - from)));
        return Source.from(reads)
                .via(new WholeSequences<SessionBytes>())
                .map(read -> ((SessionBytes) read).bytes())
                .runWith(Sink.fold(ByteString.emptyByteString(), ByteString::concat), kit.system())
                .toCompletableFuture()
                .get(10, TimeUnit.SECONDS)
                .toArray();
    }

    private static byte[] latin(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    @ParameterizedTest
    @CsvSource({
        "a\u00e9\\r\\nb, a?\\r\\nb",
        "a\u00e9x\\r\\nb, a?x\\r\\nb",
        "a\u00e9xy\\r\\nb, a\u00e9xy\\r\\nb",
        "\u00c3\\n, ?\\n",
        "\u00c3\u00a9\\r\\n, \u00c3\u00a9\\r\\n",
        "\u00f0\u009f\u0098\\r\\n, ?\u009f\u0098\\r\\n",
        "\u00e9\u00e9\\r\\n, ??\\r\\n",
        "\u00ff\u0080\\r\\n, \u00ff\u0080\\r\\n",
        "a\u00e9, a\u00e9"
    })
    void aSequenceThatTheEndOfALineCutsShortIsNone(String given, String expected) throws Exception {
        byte[] bytes = latin(given.replace("\\r", "\r").replace("\\n", "\n"));
        String wanted = expected.replace("\\r", "\r").replace("\\n", "\n");
        passesHoweverItIsSplit(bytes, wanted);
    }

    private void passesHoweverItIsSplit(byte[] bytes, String wanted) throws Exception {
        for (int split = 0; split <= bytes.length; split++) {
            assertThat(new String(passed(bytes, split), StandardCharsets.ISO_8859_1))
                    .as("split at %d", split)
                    .isEqualTo(wanted);
            assertThat(new String(passed(bytes, split, 1, 1), StandardCharsets.ISO_8859_1))
                    .as("split at %d, then bytewise", split)
                    .isEqualTo(wanted);
        }
    }

    @Test
    void textInUtf8PassesHoweverItIsRead() throws Exception {
        byte[] text = "{\"a\":\"caf\u00e9 \u20ac\r\n \ud83d\ude00\",\n\"\u00fc\":1}\r\n\u4e2d\u6587\r\n"
                .repeat(3)
                .getBytes(StandardCharsets.UTF_8);
        for (int length = 1; length < 12; length++) {
            int[] lengths = new int[text.length / length];
            java.util.Arrays.fill(lengths, length);
            assertThat(passed(text, lengths)).as("reads of %d", length).isEqualTo(text);
        }
    }

    @Test
    void aChunkMayCutACharacterAndTheNextHeadIsStillWatched() throws Exception {
        String cut = "\u00e4\u00bd\r\n1\r\n\u00a0\r\n0\r\n\r\n";
        String head = "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\nX-A: ";
        byte[] bytes = latin(head + "\u00e9\r\n\r\n2\r\n" + cut + head + "\u00e9\r\n\r\n2\r\n" + cut);
        String wanted = head + "?\r\n\r\n2\r\n" + cut + head + "?\r\n\r\n2\r\n" + cut;
        passesHoweverItIsSplit(bytes, wanted);
    }

    @Test
    void whatEndsABodyIsNotHeldAndPassesAsItCame() throws Exception {
        String head = "POST / HTTP/1.1\r\nContent-Length: 4\r\n\r\n";
        List<SessionBytes> reads = List.of(
                new SessionBytes(session, ByteString.fromArray(latin(head + "a\u00f0"))),
                new SessionBytes(session, ByteString.fromArray(latin("\u009f"))),
                new SessionBytes(session, ByteString.fromArray(latin("\u00e9"))),
                new SessionBytes(session, ByteString.fromArray(latin(head + "\u00c3\r\n\u00c3"))));
        List<ByteString> came = Source.from(reads)
                .via(new WholeSequences<SessionBytes>())
                .map(read -> ((SessionBytes) read).bytes())
                .runWith(Sink.seq(), kit.system())
                .toCompletableFuture()
                .get(10, TimeUnit.SECONDS);

        assertThat(came).isEqualTo(reads.stream().map(SessionBytes::bytes).toList());
    }

    @Test
    void emptyLinesBeforeARequestAreLeftOut() throws Exception {
        String get = "GET / HTTP/1.1\r\nX-A: \u00c3\u00a9\r\n\r\n";
        String post = "POST / HTTP/1.1\r\nContent-Length: 6\r\n\r\n\r\n\r\nab";
        String chunks = "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n4\r\n\r\n\r\n\r\n0\r\n\r\n";
        String all = "\r\n" + get + "\r\n" + post + "\r\n\r\n" + chunks + "\r\n" + get + get;
        passesHoweverItIsSplit(latin(all), get + post + chunks + get + get);
    }

    @ParameterizedTest
    @CsvSource({"\\r\\n\\r\\n, \\r\\n", "'', \\n", "'', \\r", "'', \\r\\r\\n", "\\r\\n, ' \\r\\n'"})
    void anEndlessNumberOfThemIsNotNorAnyOtherLine(String left, String kept) throws Exception {
        String request = "GET / HTTP/1.1\r\nX-A: b";
        String passes = kept.replace("\\r", "\r").replace("\\n", "\n") + request;
        passesHoweverItIsSplit(latin(left.replace("\\r", "\r").replace("\\n", "\n") + passes), passes);
    }

    /** Whatever comes, as many bytes leave but for empty lines, and no sequence reaches over the end of a line. */
    @Test
    void noBytesGetPast() throws Exception {
        SplittableRandom random = new SplittableRandom(8);
        byte[] alphabet = {'a', '\r', '\n', (byte) 0xC3, (byte) 0xE9, (byte) 0xF0, (byte) 0xA9, (byte) 0xFF};
        for (int run = 0; run < 200; run++) {
            byte[] bytes = new byte[random.nextInt(1, 40)];
            for (int i = 0; i < bytes.length; i++) {
                bytes[i] = alphabet[random.nextInt(alphabet.length)];
            }
            byte[] out = passed(bytes, random.nextInt(5), random.nextInt(5), random.nextInt(5), random.nextInt(5));

            assertThat(withoutLineEnds(out)).hasSameSizeAs(withoutLineEnds(bytes));
            for (int i = 0; i < out.length; i++) {
                for (int k = 1; k <= WholeSequences.following(out[i]) && i + k < out.length; k++) {
                    assertThat((char) out[i + k]).isNotIn('\r', '\n');
                }
            }
        }
    }

    private static String withoutLineEnds(byte[] bytes) {
        return new String(bytes, StandardCharsets.ISO_8859_1).replace("\r\n", "");
    }

    @Test
    void whatIsNoBytesPasses() throws Exception {
        SslTlsInbound truncated = akka.stream.TLSProtocol.SessionTruncated$.MODULE$;
        assertThat(Source.single(truncated)
                        .via(new WholeSequences<SslTlsInbound>())
                        .runWith(Sink.head(), kit.system())
                        .toCompletableFuture()
                        .get(10, TimeUnit.SECONDS))
                .isSameAs(truncated);
    }
}
