package dev.switchboard.node.simulator;

import akka.actor.testkit.typed.javadsl.ActorTestKit;
import akka.actor.typed.ActorSystem;
import com.fasterxml.jackson.databind.JsonNode;
import com.typesafe.config.ConfigFactory;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;

/** A running simulator and two clients for it: the JDK's and a bare socket. */
final class SimulatorHarness implements AutoCloseable {
    static final String KEY = "sk-test";

    final Simulator simulator;
    final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final ActorTestKit kit = ActorTestKit.create(
            ConfigFactory.parseString("akka.loglevel = WARNING").withFallback(ConfigFactory.load()));

    SimulatorHarness() throws Exception {
        SimulatorSettings settings = SimulatorSettings.defaults().withLoremPace(Duration.ofMillis(5));
        simulator =
                Simulator.start(kit.system(), settings).toCompletableFuture().get(10, TimeUnit.SECONDS);
    }

    @Override
    public void close() {
        kit.shutdownTestKit();
    }

    ActorSystem<?> system() {
        return kit.system();
    }

    /** How a connection ended, seen from a bare socket. */
    enum End {
        CLOSED,
        RESET,
        OPEN
    }

    /** All that came over a bare socket. */
    record Wired(byte[] bytes, End end) {
        String text() {
            return new String(bytes, StandardCharsets.ISO_8859_1);
        }
    }

    static String chat(String model, String text, boolean stream) {
        return "{\"model\":\"" + model + "\",\"stream\":" + stream
                + ",\"messages\":[{\"role\":\"system\",\"content\":\"Be kind.\"},{\"role\":\"user\",\"content\":"
                + Json.quote(text) + "}]}";
    }

    HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create(simulator.baseUrl() + path)).timeout(Duration.ofSeconds(20));
    }

    HttpResponse<String> post(String path, String body) throws Exception {
        return post(path, body, "authorization", "Bearer " + KEY);
    }

    HttpResponse<String> post(String path, String body, String... headers) throws Exception {
        HttpRequest.Builder builder = request(path).header("content-type", "application/json");
        if (headers.length > 0) {
            builder.headers(headers);
        }
        return client.send(
                builder.POST(HttpRequest.BodyPublishers.ofString(body)).build(), HttpResponse.BodyHandlers.ofString());
    }

    HttpResponse<String> get(String path, String... headers) throws Exception {
        HttpRequest.Builder builder = request(path);
        if (headers.length > 0) {
            builder.headers(headers);
        }
        return client.send(builder.GET().build(), HttpResponse.BodyHandlers.ofString());
    }

    HttpResponse<String> openAi(String text) throws Exception {
        return post("/alpha/v1/chat/completions", chat("echo", text, false));
    }

    HttpResponse<String> openAiStream(String text) throws Exception {
        return post("/alpha/v1/chat/completions", chat("echo", text, true));
    }

    static JsonNode json(String text) {
        try {
            return Json.MAPPER.readTree(text);
        } catch (IOException e) {
            throw new UncheckedIOException("not JSON: " + text, e);
        }
    }

    /** The data of each event whose lines end in line feeds, with or without carriage returns. */
    static List<String> events(String sse) {
        List<String> events = new ArrayList<>();
        for (String event : sse.replace("\r\n", "\n").split("\n\n")) {
            StringBuilder data = new StringBuilder();
            for (String line : event.split("\n")) {
                if (line.startsWith("data:")) {
                    data.append(data.length() == 0 ? "" : "\n")
                            .append(line.substring(5).stripLeading());
                }
            }
            if (data.length() > 0) {
                events.add(data.toString());
            }
        }
        return events;
    }

    /** The text of an OpenAI stream. */
    static String streamed(String sse) {
        StringBuilder text = new StringBuilder();
        for (String event : events(sse)) {
            if (!event.equals("[DONE]")) {
                text.append(json(event).at("/choices/0/delta/content").asText(""));
            }
        }
        return text.toString();
    }

    Socket socket() throws IOException {
        return new Socket(simulator.address().getAddress(), simulator.address().getPort());
    }

    static void write(Socket socket, String body) throws IOException {
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        String head = "POST /alpha/v1/chat/completions HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer " + KEY
                + "\r\nContent-Type: application/json\r\nContent-Length: " + bytes.length + "\r\n\r\n";
        socket.getOutputStream().write(head.getBytes(StandardCharsets.US_ASCII));
        socket.getOutputStream().write(bytes);
        socket.getOutputStream().flush();
    }

    /** Sends a chat over a bare socket and reads until the end, or until nothing comes for the given time. */
    Wired wire(String body, Duration silence, int most) throws IOException {
        try (Socket socket = socket()) {
            write(socket, body);
            return drain(socket, silence, most);
        }
    }

    static Wired drain(Socket socket, Duration silence, int most) throws IOException {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        byte[] buffer = new byte[64 * 1024];
        socket.setSoTimeout((int) silence.toMillis());
        InputStream in = socket.getInputStream();
        try {
            while (all.size() < most) {
                int read = in.read(buffer);
                if (read < 0) {
                    return new Wired(all.toByteArray(), End.CLOSED);
                }
                all.write(buffer, 0, read);
            }
            return new Wired(all.toByteArray(), End.OPEN);
        } catch (SocketTimeoutException e) {
            return new Wired(all.toByteArray(), End.OPEN);
        } catch (SocketException e) {
            if (String.valueOf(e.getMessage()).toLowerCase(Locale.ROOT).contains("reset")) {
                return new Wired(all.toByteArray(), End.RESET);
            }
            throw e;
        }
    }
}
