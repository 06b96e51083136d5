package dev.switchboard.node.bench;

import java.nio.charset.StandardCharsets;

/** The requests and answers that every target is measured with. */
final class Traffic {
    /** The API key of the measured gateway. */
    static final String API_KEY = "sb-bench-0123456789abcdef0123456789abcdef";

    static final String PATH = "/v1/chat/completions";
    private static final int KILOBYTE = 1024;

    private Traffic() {}

    /** A chat request of 1 kB. */
    static String body() {
        String head = "{\"model\":\"auto\",\"temperature\":0.7,\"messages\":[{\"role\":\"system\",\"content\":"
                + "\"You are a helpful assistant.\"},{\"role\":\"user\",\"content\":\"";
        String tail = "\"}]}";
        return head + filler(KILOBYTE - head.length() - tail.length()) + tail;
    }

    /** A streamed chat request; upstream reads the pace from its text. */
    static String streamBody(long intervalMs, long events) {
        return "{\"model\":\"auto\",\"stream\":true,\"messages\":[{\"role\":\"user\",\"content\":\"interval="
                + intervalMs + " events=" + events + " .\"}]}";
    }

    /** A chat completion of 1 kB. */
    static String answer() {
        String head = "{\"id\":\"chatcmpl-bench\",\"object\":\"chat.completion\",\"created\":1700000000,"
                + "\"model\":\"bench-0\",\"choices\":[{\"index\":0,\"message\":{\"role\":\"assistant\",\"content\":\"";
        String tail = "\"},\"finish_reason\":\"stop\"}],\"usage\":{\"prompt_tokens\":200,\"completion_tokens\":180,"
                + "\"total_tokens\":380}}";
        return head + filler(KILOBYTE - head.length() - tail.length()) + tail;
    }

    private static String filler(int length) {
        StringBuilder text = new StringBuilder();
        while (text.length() < length) {
            text.append("The quick brown fox jumps over the lazy dog. ");
        }
        return text.substring(0, length);
    }

    /** The whole HTTP request of a session. */
    static byte[] request(int port, String body, int session) {
        return ("POST " + PATH + " HTTP/1.1\r\nHost: 127.0.0.1:" + port + "\r\nContent-Type: application/json\r\n"
                        + "Authorization: Bearer " + API_KEY + "\r\nX-Session-Id: bench-" + session
                        + "\r\nContent-Length: " + body.length() + "\r\n\r\n" + body)
                .getBytes(StandardCharsets.UTF_8);
    }
}
