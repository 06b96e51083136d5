package dev.switchboard.node.http;

import akka.http.javadsl.model.ContentTypes;
import akka.http.javadsl.model.DateTime;
import akka.http.javadsl.model.HttpEntity;
import akka.http.javadsl.model.HttpHeader;
import akka.http.javadsl.model.HttpResponse;
import akka.http.javadsl.model.StatusCodes;
import dev.switchboard.node.socket.Dialogue;
import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;

/** Writes whole responses as Akka HTTP would: its order of headers, its date, and nothing that could end a line. */
final class DirectAnswer {
    private static final String LINE = "\r\n";
    private static final Pattern CONTROL = Pattern.compile("\\p{Cntrl}");
    private static final int TYPICAL_CHARS = 640;

    private static volatile Second second = new Second(0, "");

    /** The date, made once a second. */
    private record Second(long second, String date) {}

    private DirectAnswer() {}

    /** {@code last} closes the connection behind it, and so does a response that says so itself. */
    static Dialogue.Answer of(HttpResponse response, HttpEntity.Strict entity, boolean last) {
        StringBuilder head = new StringBuilder(TYPICAL_CHARS);
        head.append("HTTP/1.1 ").append(response.status().intValue()).append(' ');
        text(head, response.status().reason()).append(LINE);
        boolean closes = last;
        boolean says = false;
        for (HttpHeader header : response.getHeaders()) {
            says |= header.is("connection");
            closes |= header.is("connection") && header.value().equalsIgnoreCase("close");
            line(head, header.name(), header.value());
        }
        if (closes && !says) {
            line(head, "Connection", "close");
        }
        line(head, "Date", date());
        if (!entity.getContentType().equals(ContentTypes.NO_CONTENT_TYPE)) {
            line(head, "Content-Type", entity.getContentType().toString());
        }
        if (!response.status().equals(StatusCodes.NO_CONTENT)) {
            line(head, "Content-Length", Integer.toString(entity.getData().size()));
        }
        return new Dialogue.Answer(
                head.append(LINE).toString().getBytes(StandardCharsets.ISO_8859_1), entity.getData(), closes);
    }

    private static void line(StringBuilder head, String name, String value) {
        text(text(head, name).append(": "), value).append(LINE);
    }

    private static StringBuilder text(StringBuilder head, String text) {
        for (int i = 0; i < text.length(); i++) {
            if (isControl(text.charAt(i))) {
                return head.append(CONTROL.matcher(text).replaceAll(" "));
            }
        }
        return head.append(text);
    }

    private static boolean isControl(char c) {
        return c < ' ' || c == 0x7F;
    }

    private static String date() {
        long now = System.currentTimeMillis() / 1000;
        Second known = second;
        if (known.second() != now) {
            known = new Second(now, DateTime.create(now * 1000).toRfc1123DateTimeString());
            second = known;
        }
        return known.date();
    }
}
