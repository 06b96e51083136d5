package dev.switchboard.node.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.switchboard.node.PemFiles;
import dev.switchboard.node.TestNode;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Map;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** TLS by PEM files: on a real node, and the files themselves. */
class TlsTest {
    @TempDir
    private static Path folder;

    private static PemFiles ec;
    private static PemFiles rsa;
    private static TestNode node;
    private static HttpClient client;

    @BeforeAll
    static void start() throws Exception {
        ec = PemFiles.make(folder, "EC", "gateway.example");
        rsa = PemFiles.make(folder, "RSA", "renewed.example");
        node = TestNode.start(
                "switchboard.http.header-timeout = 1s\nakka.http.server.idle-timeout = 2s",
                Map.of(
                        "SWITCHBOARD_TLS_CERTIFICATE", ec.certificate().toString(),
                        "SWITCHBOARD_TLS_KEY", ec.key().toString()));
        client = HttpClient.newBuilder().sslContext(trust(ec)).build();
    }

    @AfterAll
    static void stop() throws Exception {
        node.stop();
    }

    private static SSLContext trust(PemFiles files) throws Exception {
        TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(files.store());
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, trust.getTrustManagers(), null);
        return context;
    }

    private static HttpResponse<String> send(HttpRequest.Builder request) throws Exception {
        return client.send(request.build(), BodyHandlers.ofString());
    }

    private static HttpRequest.Builder to(String path) {
        return HttpRequest.newBuilder(URI.create(node.baseUrl() + path));
    }

    @Test
    void everythingIsServedByTlsAndBrowsersAreToldToStayThere() throws Exception {
        assertThat(node.baseUrl()).startsWith("https://");
        for (String path : new String[] {"/", "/api/ping", "/v1/models", "/unknown"}) {
            assertThat(send(to(path)).headers().firstValue("Strict-Transport-Security"))
                    .as(path)
                    .hasValue("max-age=31536000");
        }
        HttpResponse<String> chat = send(to("/v1/chat/completions")
                .header("Authorization", "Bearer " + node.apiKey())
                .POST(BodyPublishers.ofString(
                        "{\"model\":\"demo/echo\",\"messages\":[{\"role\":\"user\",\"content\":\"over TLS\"}]}")));
        assertThat(chat.statusCode()).as(chat.body()).isEqualTo(200);
        HttpResponse<String> signedIn =
                send(to("/api/session").POST(BodyPublishers.ofString("{\"adminKey\":\"" + node.adminKey() + "\"}")));
        assertThat(signedIn.headers().firstValue("Set-Cookie").orElseThrow())
                .startsWith("__Host-")
                .contains("Secure");
    }

    @Test
    void plainTextAndOldTlsAreTurnedAway() throws Exception {
        URI uri = URI.create(node.baseUrl());
        try (Socket plain = new Socket(InetAddress.getLoopbackAddress(), uri.getPort())) {
            plain.setSoTimeout(10_000);
            plain.getOutputStream().write("GET /livez HTTP/1.1\r\nHost: x\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            byte[] answer = plain.getInputStream().readAllBytes();
            assertThat(new String(answer, StandardCharsets.ISO_8859_1)).doesNotContain("HTTP/1.1 200");
        }
        try (SSLSocket old = (SSLSocket) trust(ec).getSocketFactory().createSocket("127.0.0.1", uri.getPort())) {
            old.startHandshake();
            assertThat(old.getSession().getProtocol()).isIn("TLSv1.3", "TLSv1.2");
        }
    }

    @Test
    void whoNeverFinishesAHandshakeOrARequestIsDisconnected() throws Exception {
        int port = URI.create(node.baseUrl()).getPort();
        try (Socket silent = new Socket(InetAddress.getLoopbackAddress(), port)) {
            silent.setSoTimeout(10_000);
            assertClosed(silent);
        }
        try (SSLSocket slow = (SSLSocket) trust(ec).getSocketFactory().createSocket("127.0.0.1", port)) {
            slow.setSoTimeout(10_000);
            slow.startHandshake();
            slow.getOutputStream().write("GET /livez HTT".getBytes(StandardCharsets.US_ASCII));
            assertClosed(slow);
        }
    }

    private static void assertClosed(Socket socket) throws IOException {
        try {
            assertThat(socket.getInputStream().read()).isEqualTo(-1);
        } catch (SocketException reset) {
            assertThat(reset).hasMessageContaining("reset");
        }
    }

    @Test
    void replacedFilesAreTakenAndBrokenOnesAreNot() throws Exception {
        Path certificate = folder.resolve("current.pem");
        Path key = folder.resolve("current-key.pem");
        Files.copy(ec.certificate(), certificate);
        Files.copy(ec.key(), key);
        TlsCertificate current = TlsCertificate.load(certificate, key);
        assertThat(current.chain().get(0)).isEqualTo(ec.store().getCertificate("server"));
        Files.copy(rsa.certificate(), certificate, StandardCopyOption.REPLACE_EXISTING);
        current.refresh();
        assertThat(current.chain().get(0)).isEqualTo(ec.store().getCertificate("server"));
        Files.copy(rsa.key(), key, StandardCopyOption.REPLACE_EXISTING);
        current.refresh();
        assertThat(current.chain().get(0)).isEqualTo(rsa.store().getCertificate("server"));
        Files.delete(key);
        current.refresh();
        assertThat(current.chain().get(0)).isEqualTo(rsa.store().getCertificate("server"));
    }

    @Test
    void filesThatCannotBeUsedAreNamedWithoutTheirContent() throws Exception {
        Path nonsense = Files.writeString(folder.resolve("nonsense.pem"), "-----BEGIN PRIVATE KEY-----\nc2VjcmV0\n");
        refused(folder.resolve("none.pem"), ec.key(), "none.pem: cannot be read");
        refused(ec.key(), ec.key(), "holds no certificate in PEM");
        refused(ec.certificate(), nonsense, "nonsense.pem: holds no private key in PEM");
        refused(ec.certificate(), ec.certificate(), "holds no private key in PEM");
        refused(ec.certificate(), rsa.key(), "is not the key of the certificate in");
    }

    private static void refused(Path certificate, Path key, String message) {
        assertThatExceptionOfType(TlsCertificate.UnusableException.class)
                .isThrownBy(() -> TlsCertificate.load(certificate, key))
                .withMessageContaining(message)
                .withMessageNotContaining("c2VjcmV0");
    }
}
