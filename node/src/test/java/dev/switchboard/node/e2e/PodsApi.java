package dev.switchboard.node.e2e;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import dev.switchboard.node.PemFiles;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;

/** The one question of Kubernetes' API that nodes ask: which pods have a label. Over TLS, for a token. */
final class PodsApi implements AutoCloseable {
    static final String NAMESPACE = "gateways";
    private static final String TOKEN = "token-of-the-service-account";
    private static final ObjectMapper JSON = new ObjectMapper();

    private final HttpsServer server;
    private final PemFiles pem;
    private final Path token;
    private final byte[] pods;

    /** Pods with these addresses, each with a port of the name {@code management}. */
    PodsApi(Path folder, List<String> addresses, int managementPort) throws Exception {
        pem = PemFiles.make(folder, "RSA", "kubernetes.default.svc");
        token = Files.writeString(folder.resolve("token"), TOKEN);
        pods = JSON.writeValueAsBytes(Map.of(
                "items",
                addresses.stream().map(each -> pod(each, managementPort)).toList()));
        KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        keys.init(pem.store(), PemFiles.PASSWORD);
        SSLContext tls = SSLContext.getInstance("TLS");
        tls.init(keys.getKeyManagers(), null, null);
        server = HttpsServer.create(new InetSocketAddress("127.0.0.1", 0), 0);
        server.setHttpsConfigurator(new HttpsConfigurator(tls));
        server.createContext("/api/v1/namespaces/" + NAMESPACE + "/pods", this::answer);
        server.start();
    }

    private static Map<String, Object> pod(String address, int managementPort) {
        return Map.of(
                "metadata",
                Map.of("labels", Map.of("app", "switchboard")),
                "spec",
                Map.of(
                        "containers",
                        List.of(Map.of(
                                "name",
                                "switchboard",
                                "ports",
                                List.of(Map.of("name", "management", "containerPort", managementPort))))),
                "status",
                Map.of("phase", "Running", "podIP", address));
    }

    private void answer(HttpExchange exchange) throws IOException {
        try (exchange) {
            boolean allowed =
                    ("Bearer " + TOKEN).equals(exchange.getRequestHeaders().getFirst("Authorization"));
            boolean asked = "labelSelector=app=switchboard"
                    .equals(exchange.getRequestURI().getQuery());
            if (!allowed || !asked) {
                exchange.sendResponseHeaders(allowed ? 404 : 401, -1);
                return;
            }
            exchange.getResponseHeaders().set("Content-Type", "application/json");
            exchange.sendResponseHeaders(200, pods.length);
            exchange.getResponseBody().write(pods);
        }
    }

    /** What Kubernetes puts into the environment of every pod. */
    Map<String, String> environment() {
        return Map.of(
                "KUBERNETES_SERVICE_HOST",
                "127.0.0.1",
                "KUBERNETES_SERVICE_PORT",
                Integer.toString(server.getAddress().getPort()));
    }

    /** Where the files are that Kubernetes mounts into every pod. */
    String configuration() {
        return "akka.discovery.kubernetes-api { api-ca-path = \"%s\", api-token-path = \"%s\", pod-namespace = %s }%n"
                .formatted(pem.certificate(), token, NAMESPACE);
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
