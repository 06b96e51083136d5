package dev.switchboard.node.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.switchboard.node.chat.Json;
import dev.switchboard.node.settings.Settings;
import dev.switchboard.protocol.directory.AdapterKind;
import dev.switchboard.protocol.directory.Quirks;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Images named by URL, for a provider that takes them inline only; a proxy leads the public address to this machine. */
class RemoteImagesTest extends UpstreamHarness {
    private static final String PUBLIC = "203.0.113.7";
    private static final String PNG = "Content-Type: image/png\r\n";
    private static final String SAID =
            "{\"candidates\":[{\"content\":{\"parts\":[{\"text\":\"A cat\"}]},\"finishReason\":\"STOP\"}]}";

    private Upstream upstream(ConnectProxy proxy, String address, boolean fetch) throws Exception {
        Settings.Proxy by = new Settings.Proxy(new Settings.HostPort("127.0.0.1", proxy.port()), null, null);
        Settings.Upstream settings =
                new Settings.Upstream(Duration.ofSeconds(2), Duration.ofSeconds(10), 64, true, fetch, by);
        Outbound.Resolver names =
                host -> new InetAddress[] {InetAddress.getByName(host.equals("images.test") ? address : host)};
        Settings.Stream stream = new Settings.Stream(Duration.ofSeconds(15), Duration.ofSeconds(5), null);
        return Upstream.create(
                kit.system(), settings, stream, new Upstream.Ways(names, Set.of(), SSLContext.getDefault()));
    }

    private static ChatCall call(AdapterKind kind, RawServer provider, String... urls) {
        String parts = List.of(urls).stream()
                .map(url -> "{\"type\":\"image_url\",\"image_url\":{\"url\":\"" + url + "\"}}")
                .collect(Collectors.joining(","));
        return new ChatCall(
                Calls.request("{\"messages\":[{\"role\":\"user\",\"content\":[{\"type\":\"text\",\"text\":\"see\"},"
                        + parts + "]}]}"),
                Calls.platform(kind, provider.url(), Quirks.NONE, null),
                Calls.model("gemini-2.5-flash"),
                Calls.SECRET);
    }

    private static String image(String headers, String body) {
        return "HTTP/1.1 200 OK\r\n" + headers + "Content-Length: " + body.length() + "\r\n\r\n" + body;
    }

    private AttemptStart ask(String response, String address, boolean fetch, RawServer provider, String... urls)
            throws Exception {
        try (RawServer images = RawServer.saying(response);
                ConnectProxy proxy = new ConnectProxy(port(images), "200 OK")) {
            AttemptStart start = get(upstream(proxy, address, fetch)
                    .chat(call(AdapterKind.GOOGLE, provider, urls))
                    .start());
            if (address.equals(PUBLIC) && !images.requests.isEmpty()) {
                assertThat(proxy.heads.get(0)).startsWith("CONNECT " + PUBLIC + ":80 ");
                assertThat(images.requests.get(0))
                        .contains("Host: images.test")
                        .doesNotContainIgnoringCase("authorization");
            }
            return start;
        }
    }

    private static int port(RawServer server) {
        return Integer.parseInt(server.url().substring(server.url().lastIndexOf(':') + 1));
    }

    private static UnsupportedField refused(AttemptStart start) {
        assertThat(start).isInstanceOf(AttemptStart.Refused.class);
        return ((AttemptStart.Refused) start).field();
    }

    @Test
    void anImageIsFetchedFromAPublicAddressAndSentInline() throws Exception {
        try (RawServer provider = RawServer.saying(RawServer.json(200, "", SAID))) {
            String url = "http://images.test/cat.png?size=1";
            AttemptStart start = ask(image(PNG, "PNG-BYTES"), PUBLIC, true, provider, url, url);
            assertThat(start).isInstanceOf(AttemptStart.Answered.class);
            JsonNode sent = Json.parseOrNull(provider.requests.get(0).split("\r\n\r\n", 2)[1]);
            JsonNode data = sent.at("/contents/0/parts/1/inlineData");
            assertThat(data.path("mimeType").asText()).isEqualTo("image/png");
            assertThat(new String(data.path("data").binaryValue(), StandardCharsets.UTF_8))
                    .isEqualTo("PNG-BYTES");
            assertThat(sent.at("/contents/0/parts/2/inlineData")).isEqualTo(data);
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "127.0.0.1; private address",
                "10.1.2.3; private address",
                "169.254.169.254; link-local or metadata",
                "::ffff:127.0.0.1; private address",
                "fd00::1; private address",
                "0.0.0.0; unspecified",
            })
    void noImageIsFetchedFromAnAddressThatIsNotPublic(String address, String why) throws Exception {
        try (RawServer provider = RawServer.saying("")) {
            UnsupportedField field =
                    refused(ask(image(PNG, "x"), address, true, provider, "http://images.test/cat.png"));
            assertThat(field.field()).isEqualTo("messages[0].content[1].image_url");
            assertThat(field.message()).contains(why).doesNotContain(address);
            assertThat(provider.connections).hasValue(0);
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "HTTP/1.1 302 Found|Location: http://127.0.0.1/|Content-Length: 0||; answers 302",
                "HTTP/1.1 404 Not Found|Content-Length: 0||; answers 404",
                "HTTP/1.1 200 OK|Content-Type: text/html|Content-Length: 1||x; no image but to text/html",
                "HTTP/1.1 200 OK|Content-Type: image/png|Content-Length: 9000000||x; cannot be fetched",
                "nonsense; cannot be fetched",
            })
    void whatIsNoImageIsTheFaultOfItsField(String response, String why) throws Exception {
        try (RawServer provider = RawServer.saying("")) {
            UnsupportedField field = refused(ask(
                    response.replace("|", "\r\n"),
                    PUBLIC,
                    true,
                    provider,
                    "data:image/png;base64,QUJD",
                    "http://images.test/cat.png"));
            assertThat(field.field()).isEqualTo("messages[0].content[2].image_url");
            assertThat(field.message()).contains(why);
            assertThat(provider.connections).hasValue(0);
        }
    }

    @Test
    void anImageMayHaveEightMegabytesAndNotOneByteMore() throws Exception {
        String most = "x".repeat((int) RemoteImages.MOST_BYTES);
        try (RawServer provider = RawServer.saying(RawServer.json(200, "", SAID))) {
            assertThat(ask(image(PNG, most), PUBLIC, true, provider, "http://images.test/a"))
                    .isInstanceOf(AttemptStart.Answered.class);
            assertThat(refused(ask(image(PNG, most + "x"), PUBLIC, true, provider, "http://images.test/a"))
                            .message())
                    .contains("an image may have 8 MB");
            assertThat(refused(ask(
                                    image(PNG, most),
                                    PUBLIC,
                                    true,
                                    provider,
                                    "http://images.test/a",
                                    "http://images.test/b",
                                    "http://images.test/c"))
                            .message())
                    .contains("all of a request 20 MB");
        }
    }

    @Test
    void urlsThatAreNoneOrTooManyAreRefusedUnasked() throws Exception {
        try (RawServer provider = RawServer.saying("")) {
            for (String url : List.of("http://me:secret@images.test/a", "http:///a", "https://images test/a")) {
                assertThat(refused(ask(image(PNG, "x"), PUBLIC, true, provider, url))
                                .message())
                        .as(url)
                        .contains("not a plain http or https URL");
            }
            String[] many = IntStream.rangeClosed(0, RemoteImages.MOST_IMAGES)
                    .mapToObj(i -> "http://images.test/" + i)
                    .toArray(String[]::new);
            assertThat(refused(ask(image(PNG, "x"), PUBLIC, true, provider, many))
                            .field())
                    .isEqualTo("messages[0].content[17].image_url");
            assertThat(provider.connections).hasValue(0);
        }
    }

    @Test
    void withoutFetchingAnImageByUrlIsRefusedByItsField() throws Exception {
        try (RawServer provider = RawServer.saying("")) {
            UnsupportedField field =
                    refused(ask(image(PNG, "x"), PUBLIC, false, provider, "http://images.test/cat.png"));
            assertThat(field.field()).isEqualTo("messages[0].content[1].image_url");
            assertThat(field.message()).contains("base64 data: URL");
        }
    }

    @Test
    void aProviderThatTakesUrlsGetsThem() throws Exception {
        try (RawServer provider = RawServer.saying(RawServer.json(200, "", ANSWER))) {
            AttemptStart start = get(upstream.chat(call(AdapterKind.OPENAI, provider, "http://images.test/cat.png"))
                    .start());
            assertThat(start).isInstanceOf(AttemptStart.Answered.class);
            assertThat(provider.requests.get(0)).contains("http://images.test/cat.png");
        }
    }
}
