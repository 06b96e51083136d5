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
    private static final Pattern CONTROL = Pattern.compile("\\p{Cntrl}");
    private static final int TYPICAL_CHARS = 640;

    private static volatile Second second = new Second(0, "");

    /** The date, made once a second. */
    private record Second(long second, String date) {}

    private DirectAnswer() {}

    /** {@code last} closes the connection behind it, and so does a response that says so itself. */
    static Dialogue.Answer of(HttpResponse response, HttpEntity.Strict entity, boolean last) {
        boolean says = false;
        boolean closes = last;
        for (HttpHeader header : response.getHeaders()) {
            says |= header.is("connection");
            closes |= header.is("connection") && header.value().equalsIgnoreCase("close");
        }
        Head head = new Head(false);
        head.write(response, entity, closes && !says);
        if (!head.isClean()) {
            head = new Head(true);
            head.write(response, entity, closes && !says);
        }
        return new Dialogue.Answer(head.bytes, entity.getData(), closes);
    }

    /** The lines of a head. Few hold what must not be sent, so that is looked for once, in the whole. */
    private static final class Head {
        private final StringBuilder chars = new StringBuilder(TYPICAL_CHARS);
        private final boolean cleaning;
        private int lines;
        private byte[] bytes = {};

        private Head(boolean cleaning) {
            this.cleaning = cleaning;
        }

        private void write(HttpResponse response, HttpEntity.Strict entity, boolean close) {
            chars.append("HTTP/1.1 ").append(response.status().intValue()).append(' ');
            end(response.status().reason());
            for (HttpHeader header : response.getHeaders()) {
                line(header.name(), header.value());
            }
            if (close) {
                line("Connection", "close");
            }
            line("Date", date());
            if (!entity.getContentType().equals(ContentTypes.NO_CONTENT_TYPE)) {
                line("Content-Type", entity.getContentType().toString());
            }
            if (!response.status().equals(StatusCodes.NO_CONTENT)) {
                line("Content-Length", Integer.toString(entity.getData().size()));
            }
            end("");
            bytes = chars.toString().getBytes(StandardCharsets.ISO_8859_1);
        }

        private void line(String name, String value) {
            chars.append(cleaned(name)).append(": ");
            end(value);
        }

        private void end(String text) {
            chars.append(cleaned(text)).append("\r\n");
            lines++;
        }

        private String cleaned(String text) {
            return cleaning ? CONTROL.matcher(text).replaceAll(" ") : text;
        }

        /** Whether its only control characters are those that end its lines. */
        private boolean isClean() {
            int controls = 0;
            for (byte b : bytes) {
                if ((b >= 0 && b < ' ') || b == 0x7F) {
                    controls++;
                }
            }
            return controls == 2 * lines;
        }
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
