package dev.switchboard.node.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A caller that wants one tool call at a time gets one, also from a provider that does not know the field. */
class OneToolCallTest extends UpstreamHarness {
    private static final String CALLS =
            "[{\"index\":0,\"id\":\"c1\",\"type\":\"function\",\"function\":{\"name\":\"f\","
                    + "\"arguments\":\"{}\"}},{\"index\":1,\"id\":\"c2\",\"type\":\"function\",\"function\":{\"name\":\"g\","
                    + "\"arguments\":\"{}\"}}]";
    private static final String WHOLE =
            "{\"id\":\"a\",\"object\":\"chat.completion\",\"created\":1,\"model\":\"m\",\"choices\":[{\"index\":0,"
                    + "\"message\":{\"role\":\"assistant\",\"content\":null,\"tool_calls\":" + CALLS
                    + "},\"finish_reason\":\"tool_calls\"}]}";
    private static final String LATER = "[{\"index\":1,\"function\":{\"arguments\":\"\"}}]";

    private static String ask(boolean stream, String parallel) {
        return "{\"stream\":" + stream + ",\"parallel_tool_calls\":" + parallel
                + ",\"tools\":[{\"type\":\"function\",\"function\":{\"name\":\"f\"}},"
                + "{\"type\":\"function\",\"function\":{\"name\":\"g\"}}],"
                + "\"messages\":[{\"role\":\"user\",\"content\":\"hello\"}]}";
    }

    @ParameterizedTest
    @CsvSource({"false, 1", "true, 2", "null, 2"})
    void aWholeAnswer(String parallel, int calls) throws Exception {
        try (RawServer server = RawServer.saying(RawServer.json(200, "", WHOLE))) {
            AttemptStart start = start(server, ask(false, parallel));
            assertThat(start).isInstanceOf(AttemptStart.Answered.class);
            String body = ((AttemptStart.Answered) start).body().utf8String();

            assertThat(body).contains("\"c1\"");
            assertThat(body.split("\"arguments\"", -1)).hasSize(calls + 1);
        }
    }

    @ParameterizedTest
    @CsvSource({"false, 1", "true, 2", "null, 2"})
    void aStream(String parallel, int calls) throws Exception {
        String events = ROLE
                + chunk("{\"tool_calls\":" + CALLS + "}", "null")
                + chunk("{\"tool_calls\":" + LATER + "}", "null")
                + chunk("{}", "\"tool_calls\"")
                + "data: [DONE]\n\n";
        try (RawServer server = RawServer.saying(RawServer.sse(events))) {
            String text = get(text(committed(start(server, ask(true, parallel)))));

            assertThat(text)
                    .contains("\"c1\"")
                    .contains("\"finish_reason\":\"tool_calls\"")
                    .endsWith("data: [DONE]\n\n");
            assertThat(text.split("\"name\"", -1)).hasSize(calls + 1);
            assertThat(text.contains("\"index\":1")).isEqualTo(calls == 2);
        }
    }

    /** The whole answer to a request for a stream, and the stream that answers a request for a whole. */
    @ParameterizedTest
    @CsvSource({"false, 1", "true, 2"})
    void anAnswerOfTheOtherKind(String parallel, int calls) throws Exception {
        try (RawServer server = RawServer.saying(RawServer.json(200, "", WHOLE))) {
            String text = get(text(committed(start(server, ask(true, parallel)))));
            assertThat(text.split("\"name\"", -1)).hasSize(calls + 1);
        }
        String events = ROLE
                + chunk("{\"tool_calls\":" + CALLS + "}", "null")
                + chunk("{}", "\"tool_calls\"")
                + "data: [DONE]\n\n";
        try (RawServer server = RawServer.saying(RawServer.sse(events))) {
            AttemptStart.Answered answered = (AttemptStart.Answered) start(server, ask(false, parallel));
            assertThat(answered.body().utf8String().split("\"name\"", -1)).hasSize(calls + 1);
        }
    }
}
