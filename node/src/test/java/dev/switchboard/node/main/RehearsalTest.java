package dev.switchboard.node.main;

import static org.assertj.core.api.Assertions.assertThat;

import dev.switchboard.node.TestNode;
import org.junit.jupiter.api.Test;

/** What the launcher's recording of a start asks of the node. */
class RehearsalTest {
    @Test
    void aNodeWithoutAnyProviderAnswersAllOfIt() throws Exception {
        TestNode node = TestNode.start("");
        try {
            assertThat(Rehearsal.play(node.baseUrl(), node.apiKey())).isEmpty();
        } finally {
            node.stop();
        }
    }

    @Test
    void tellsWhatWasNotAnswered() throws Exception {
        TestNode node = TestNode.start("");
        try {
            assertThat(Rehearsal.play(node.baseUrl(), "sb-unknown"))
                    .contains(
                            "/v1/chat/completions: 401", "/v1/messages: 401", "/v1/responses: 401", "/v1/models: 401");
        } finally {
            node.stop();
        }
    }
}
