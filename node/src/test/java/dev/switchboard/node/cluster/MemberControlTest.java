package dev.switchboard.node.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import akka.actor.typed.ActorSystem;
import akka.actor.typed.javadsl.Behaviors;
import akka.cluster.typed.Cluster;
import akka.cluster.typed.Join;
import akka.http.javadsl.model.ContentTypes;
import akka.http.javadsl.model.HttpRequest;
import akka.http.javadsl.model.HttpResponse;
import akka.http.javadsl.model.headers.RawHeader;
import com.fasterxml.jackson.databind.JsonNode;
import com.typesafe.config.ConfigFactory;
import dev.switchboard.node.http.AccessKeys;
import dev.switchboard.node.http.BodyBudget;
import dev.switchboard.node.http.Cors;
import dev.switchboard.node.http.DashboardFiles;
import dev.switchboard.node.http.Doorkeeper;
import dev.switchboard.node.http.Gateway;
import dev.switchboard.node.http.Json;
import dev.switchboard.node.http.KeyRefusals;
import dev.switchboard.node.http.RouteTable;
import dev.switchboard.node.http.admin.ClusterEndpoints;
import dev.switchboard.node.telemetry.Telemetry;
import dev.switchboard.protocol.directory.DirectorySnapshot;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Leave and down over HTTP, on two members in one JVM. */
class MemberControlTest {
    private static final Duration LONG = Duration.ofSeconds(40);
    private static final String ADMIN = "admin-key-of-enough-letters";

    private final List<ActorSystem<Void>> systems = new ArrayList<>();
    private Gateway gateway;
    private String other;

    @BeforeEach
    void start() {
        ActorSystem<Void> asked = system();
        ActorSystem<Void> joined = system();
        String seed = address(asked);
        systems.forEach(system -> Cluster.get(system)
                .manager()
                .tell(Join.create(Cluster.get(asked).selfMember().address())));
        awaitMembers(2);
        other = address(joined);
        assertThat(seed).isNotEqualTo(other);
        ClusterView view = new ClusterView(asked, new Peers(asked), Map.of(), List.of());
        gateway = new Gateway(
                new RouteTable(new ClusterEndpoints(view, new Peers(asked)).endpoints()),
                new Doorkeeper(
                        new AccessKeys(() -> "api-key-of-enough-letters", () -> ADMIN),
                        null,
                        List.of(),
                        new KeyRefusals(outcome -> {}, () -> DirectorySnapshot.EMPTY, Clock.systemUTC())),
                new Cors(List.of()),
                new DashboardFiles("none"),
                new BodyBudget(1 << 20, 1 << 20),
                false,
                Telemetry.OFF,
                asked);
    }

    @AfterEach
    void stop() {
        systems.forEach(ActorSystem::terminate);
        systems.forEach(system ->
                await().atMost(LONG).until(() -> system.whenTerminated().isCompleted()));
    }

    private ActorSystem<Void> system() {
        ActorSystem<Void> system = ActorSystem.create(
                Behaviors.empty(),
                "switchboard",
                ConfigFactory.parseString(
                                """
                                akka {
                                  actor.provider = cluster
                                  loglevel = WARNING
                                  remote.artery.canonical { hostname = "127.0.0.1", port = 0 }
                                  cluster.jmx.multi-mbeans-in-same-jvm = on
                                  cluster.gossip-interval = 250ms
                                  cluster.leader-actions-interval = 250ms
                                  coordinated-shutdown { exit-jvm = off, run-by-jvm-shutdown-hook = off }
                                }
                                """)
                        .withFallback(ConfigFactory.load()));
        systems.add(system);
        return system;
    }

    private static String address(ActorSystem<?> system) {
        return Cluster.get(system).selfMember().address().toString();
    }

    private void awaitMembers(long count) {
        await().atMost(LONG)
                .until(() -> StreamSupport.stream(
                                        Cluster.get(systems.get(0))
                                                .state()
                                                .getMembers()
                                                .spliterator(),
                                        false)
                                .filter(member -> member.status().toString().equals("Up"))
                                .count()
                        == count);
    }

    private HttpResponse post(String address, String what, String body) throws Exception {
        String path = "/api/cluster/members/" + URLEncoder.encode(address, StandardCharsets.UTF_8) + "/" + what;
        return gateway.handle(HttpRequest.POST(path)
                        .addHeader(RawHeader.create("Authorization", "Bearer " + ADMIN))
                        .withEntity(ContentTypes.APPLICATION_JSON, body))
                .toCompletableFuture()
                .get(10, TimeUnit.SECONDS);
    }

    private JsonNode body(HttpResponse response) throws Exception {
        return Json.MAPPER.readTree(response.entity()
                .toStrict(5_000, systems.get(0))
                .toCompletableFuture()
                .get(5, TimeUnit.SECONDS)
                .getData()
                .toArray());
    }

    @Test
    void nothingHappensWithoutTheAddressOnceMore() throws Exception {
        for (String what : List.of("leave", "down")) {
            for (String body : List.of("", "{}", "{\"confirm\":null}", "{\"confirm\":\"yes\"}", "{\"confirm\":true}")) {
                HttpResponse refused = post(other, what, body);
                assertThat(refused.status().intValue()).as(what + " " + body).isEqualTo(400);
                assertThat(body(refused).at("/error/param").asText()).isEqualTo("confirm");
            }
            HttpResponse unknown =
                    post("akka://switchboard@127.0.0.1:1", what, "{\"confirm\":\"akka://switchboard@127.0.0.1:1\"}");
            assertThat(unknown.status().intValue()).isEqualTo(404);
            assertThat(post(other, what, "[").status().intValue()).isEqualTo(400);
        }
        awaitMembers(2);
    }

    @Test
    void aMemberLeavesAndEndsItself() throws Exception {
        HttpResponse begun = post(other, "leave", "{\"confirm\":\"%s\"}".formatted(other));

        assertThat(begun.status().intValue()).isEqualTo(202);
        assertThat(body(begun).path("address").asText()).isEqualTo(other);
        awaitMembers(1);
        await().atMost(LONG).until(() -> systems.get(1).whenTerminated().isCompleted());
    }

    @Test
    void aMemberThatIsDownIsGoneAndEndsItself() throws Exception {
        String hostAndPort = other.substring(other.indexOf('@') + 1);

        HttpResponse begun = post(hostAndPort, "down", "{\"confirm\":\"%s\"}".formatted(hostAndPort));

        assertThat(begun.status().intValue()).isEqualTo(202);
        awaitMembers(1);
        await().atMost(LONG).until(() -> systems.get(1).whenTerminated().isCompleted());
    }
}
