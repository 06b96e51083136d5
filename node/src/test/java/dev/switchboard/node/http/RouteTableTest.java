package dev.switchboard.node.http;

import static org.assertj.core.api.Assertions.assertThat;

import akka.http.javadsl.model.HttpResponse;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class RouteTableTest {
    private static final Endpoint.Handler NOTHING = exchange -> CompletableFuture.completedStage(HttpResponse.create());

    private final RouteTable table = new RouteTable(List.of(
            Endpoint.get("/api/keys", Access.ADMIN, NOTHING),
            Endpoint.post("/api/keys", Access.ADMIN, NOTHING),
            Endpoint.post("/api/keys/check", Access.ADMIN, NOTHING),
            new Endpoint("DELETE", "/api/keys/{id}", Access.ADMIN, NOTHING),
            Endpoint.get("/v1/models/{id*}", Access.API, NOTHING)));

    @Test
    void aFixedPathWinsAndATrailingSlashDoesNotMatter() {
        assertThat(table.find("POST", "/api/keys/check").endpoint()).isNotNull();
        assertThat(table.find("GET", "/api/keys/").endpoint()).isNotNull();
    }

    @Test
    void parametersAreDecodedAndTheLastMayTakeTheRest() {
        assertThat(table.find("DELETE", "/api/keys/a%20b+c").params()).containsEntry("id", "a b+c");
        assertThat(table.find("GET", "/v1/models/groq/openai/gpt%2Foss").params())
                .containsEntry("id", "groq/openai/gpt/oss");
        assertThat(table.find("GET", "/v1/models/").endpoint()).isNull();
    }

    @Test
    void aKnownPathWithAnotherMethodNamesThoseAllowed() {
        assertThat(table.find("PUT", "/api/keys").allowed()).containsExactly("GET", "POST");
        assertThat(table.find("GET", "/api/keys/check").allowed()).contains("POST", "DELETE");
        assertThat(table.find("GET", "/nowhere").allowed()).isEmpty();
    }
}
