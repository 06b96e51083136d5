package dev.switchboard.node.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** A stream whose chunks have a {@code message}, as whole answers have, reaches clients in OpenAI's shape. */
class MessageChunksTest extends UpstreamHarness {
    private static final String DONE = "data: [DONE]\n\n";

    private static String frame(String message, String finish) {
        return "data: {\"id\":\"c1\",\"object\":\"chat.completion\",\"created\":1,\"model\":\"m\",\"choices\":[{\"index\":0,\"message\":"
                + message + ",\"finish_reason\":" + finish + "}]}\n\n";
    }

    private String told(String events, String ask) throws Exception {
        try (RawServer server = RawServer.saying(RawServer.sse(events))) {
            return get(text(committed(start(server, ask))));
        }
    }

    /** The chunk of a frame, whatever the order of its fields. */
    private static String chunkOf(String delta, String finish) {
        return "data: {\"id\":\"c1\",\"object\":\"chat.completion.chunk\",\"created\":1,\"model\":\"m\",\"choices\":[{\"index\":0,\"finish_reason\":"
                + finish + ",\"delta\":" + delta + "}]}\n\n";
    }

    @Test
    void piecesInMessagesAreDeltas() throws Exception {
        String first = "{\"role\":\"assistant\",\"content\":\"Hel\"}";
        String second = "{\"content\":[{\"type\":\"text\",\"text\":\"lo\"}]}";
        assertThat(told(frame(first, "null") + frame(second, "null") + frame("{}", "\"stop\"") + DONE, ASK_STREAM))
                .isEqualTo(chunkOf(first, "null")
                        + chunkOf("{\"content\":\"lo\"}", "null")
                        + chunkOf("{}", "\"stop\"")
                        + DONE);
    }

    @Test
    void aWholeAnswerAsOneFrameIsOneChunk() throws Exception {
        String whole = told("data: " + ANSWER + "\n\n" + DONE, ASK_STREAM);
        assertThat(whole)
                .contains(
                        "\"object\":\"chat.completion.chunk\"", "\"delta\":{\"role\":\"assistant\",\"content\":\"Hi\"}")
                .doesNotContain("\"message\"", "usage");
    }

    @Test
    void aMessageThatRepeatsTheDeltasSaysNothingTwice() throws Exception {
        assertThat(told(
                        ROLE + HI + frame("{\"role\":\"assistant\",\"content\":\"Hi\"}", "\"stop\"") + DONE,
                        ASK_STREAM))
                .isEqualTo(ROLE + HI + chunkOf("{}", "\"stop\"") + DONE);
    }

    @Test
    void toolCallsOfAMessageAreNumbered() throws Exception {
        String ask = ASK_STREAM.replace(
                "\"stream\":true",
                "\"stream\":true,\"tools\":[{\"type\":\"function\",\"function\":{\"name\":\"f\",\"parameters\":{\"type\":\"object\"}}}]");
        String call = "{\"id\":\"call_1\",\"type\":\"function\",\"function\":{\"name\":\"f\",\"arguments\":\"{}\"}}";
        String events = HI + frame("{\"content\":\"Hi\",\"tool_calls\":[" + call + "]}", "\"tool_calls\"") + DONE;
        assertThat(told(events, ask))
                .startsWith(HI)
                .contains("\"delta\":{\"tool_calls\":[" + call.replace("}}", "},\"index\":0}") + "]}")
                .contains("\"finish_reason\":\"tool_calls\"")
                .doesNotContain("\"message\"");
    }

    /** Some send both: the delta is what clients read. */
    @Test
    void aMessageBesideADeltaPassesAsItCame() throws Exception {
        String both = HI.replace("\"delta\":", "\"message\":{\"role\":\"assistant\",\"content\":\"Hi\"},\"delta\":");
        assertThat(told(both + STOP + DONE, ASK_STREAM)).isEqualTo(both + STOP + DONE);
    }

    @Test
    void messagesOfAStreamThatWasNotAskedForAreGathered() throws Exception {
        String events = frame("{\"content\":\"Hel\"}", "null") + frame("{\"content\":\"lo\"}", "\"stop\"") + DONE;
        try (RawServer server = RawServer.saying(RawServer.sse(events))) {
            AttemptStart.Answered answered = (AttemptStart.Answered) start(server, ASK);
            assertThat(answered.body().utf8String())
                    .contains("\"content\":\"Hello\"", "\"object\":\"chat.completion\"");
        }
    }
}
