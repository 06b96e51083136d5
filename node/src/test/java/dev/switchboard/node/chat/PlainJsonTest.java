package dev.switchboard.node.chat;

import static org.assertj.core.api.Assertions.assertThat;

import akka.util.ByteString;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whatever {@link PlainJson} reads, it reads as Jackson does. */
class PlainJsonTest {
    private static final JsonMapper MAPPER = new JsonMapper();
    private static final List<String> PIECES = List.of(
            "a",
            "Some words, ",
            "0",
            "é",
            "ß",
            "中文",
            "😀",
            "\\n",
            "\\\"",
            "\\\\",
            "\\/",
            "\\t",
            "\\u00e9",
            "\\u0041",
            "\\u4e2d",
            "\\ud83d\\ude00",
            "\u007f",
            "[{,:}]",
            "a longer run of plain words that takes several looks at eight bytes ");

    /** What clients and providers send is not left to Jackson; a reader that gives up everything would pass the rest. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "{}",
                " [ ] ",
                "null",
                "true",
                "\"text\"",
                "-0.5",
                "{\"model\":\"auto\",\"temperature\":0.7,\"stream\":true,\"n\":1,\"seed\":123456789012,\"stop\":null,"
                        + "\"messages\":[{\"role\":\"user\",\"content\":\"Say \\\"hello\\\"\\nto 世界 \\ud83d\\ude00\"}]}",
                "{\n  \"choices\": [ {\"index\": 0, \"message\": {\"content\": \"\"}, \"finish_reason\": \"stop\"} ],\r\n\t\"x\": -1 }",
            })
    void usualJsonIsReadHere(String json) throws IOException {
        byte[] bytes = json.getBytes(StandardCharsets.UTF_8);

        JsonNode read = PlainJson.read(bytes);

        assertThat(read).isEqualTo(MAPPER.readTree(bytes));
        assertThat(read).hasToString(MAPPER.readTree(bytes).toString());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "{",
                "[",
                "\"",
                "\"\\",
                "\"\\u12",
                "\"\\u12\"",
                "\"\\ud83d\"",
                "\"\\ud83d\\n\"",
                "\"\\x\"",
                "\"a\nb\"",
                "-",
                "-0",
                "01",
                "1.",
                ".5",
                "1e5",
                "1.5e5",
                "+1",
                "1 2",
                "nul",
                "truely",
                "{\"a\"}",
                "{\"a\":}",
                "{\"a\":1,}",
                "{\"a\":1\"b\":2}",
                "{\"a\":1]",
                "{,}",
                "{a:1}",
                "[1,]",
                "[1 2]",
                "[1}",
                "[,]",
                "{} {}",
                "123456789012345678901234567890",
                "\uFEFF{}",
            })
    void whatIsWrongOrUnusualIsLeftToJackson(String json) {
        assertThat(PlainJson.read(json.getBytes(StandardCharsets.UTF_8))).isNull();
    }

    @Test
    void brokenTextIsLeftToJackson() {
        for (byte[] broken : List.of(
                new byte[] {'"', (byte) 0xC3, '"'},
                new byte[] {'"', (byte) 0xC0, (byte) 0x80, '"'},
                new byte[] {'"', (byte) 0xED, (byte) 0xA0, (byte) 0x80, '"'},
                new byte[] {'"', (byte) 0x80, '"'},
                new byte[] {'"', 0, '"'})) {
            assertThat(PlainJson.read(broken)).isNull();
        }
    }

    @Test
    void depthAndTokensAreBounded() {
        assertThat(PlainJson.read(("[".repeat(60) + "]".repeat(60)).getBytes(StandardCharsets.UTF_8)))
                .isNotNull();
        assertThat(PlainJson.read(("[".repeat(100_000) + "]".repeat(100_000)).getBytes(StandardCharsets.UTF_8)))
                .isNull();
        String many = "[" + "1,".repeat((int) Json.MAX_TOKENS) + "1]";
        assertThat(PlainJson.read(many.getBytes(StandardCharsets.UTF_8))).isNull();
    }

    @Property(tries = 3000)
    void readsAsJacksonDoes(@ForAll long seed) throws IOException {
        byte[] json = new Writer(new Random(seed)).json().getBytes(StandardCharsets.UTF_8);

        assertThat(PlainJson.read(json)).isNotNull();
        agrees(json);
    }

    @Property(tries = 10_000)
    void neverReadsWhatJacksonRefuses(@ForAll long seed) throws IOException {
        Random random = new Random(seed);
        byte[] json = new Writer(random).json().getBytes(StandardCharsets.UTF_8);
        for (int i = random.nextInt(3); i >= 0; i--) {
            json = mutated(json, random);
        }

        agrees(json);
    }

    @Property(tries = 2000)
    void theFieldsOfARequestAreThoseThatJacksonSees(@ForAll long seed) throws InvalidRequest {
        byte[] json = new Writer(new Random(seed)).object(0).getBytes(StandardCharsets.UTF_8);

        RequestTree plain = RequestTree.read(json);
        RequestTree thorough = RequestTree.readByJackson(json);

        assertThat(PlainJson.readObject(json, (name, value, from, to) -> {})).isEqualTo(thorough.tokens());
        assertThat(plain.tokens()).isEqualTo(thorough.tokens());
        assertThat(plain.root()).hasToString(thorough.root().toString());
        assertThat(fields(plain)).isEqualTo(fields(thorough));
    }

    private static List<String> fields(RequestTree tree) {
        List<String> fields = new ArrayList<>();
        tree.fields((name, bytes) ->
                fields.add(name + " " + ByteString.fromByteBuffer(bytes).utf8String()));
        return fields;
    }

    private static void agrees(byte[] json) throws IOException {
        JsonNode read = PlainJson.read(json);
        if (read != null) {
            JsonNode expected = jackson(json);
            assertThat(read).as(new String(json, StandardCharsets.UTF_8)).isEqualTo(expected);
            assertThat(read).hasToString(String.valueOf(expected));
        }
    }

    private static @Nullable JsonNode jackson(byte[] json) throws IOException {
        try (JsonParser parser = Json.requestParser(json)) {
            JsonNode value = MAPPER.readTree(parser);
            assertThat(parser.nextToken())
                    .as(new String(json, StandardCharsets.UTF_8))
                    .isNull();
            return value;
        }
    }

    private static byte[] mutated(byte[] json, Random random) {
        int at = random.nextInt(json.length);
        byte other = random.nextBoolean()
                ? (byte) "\"\\{}[],:0-.eut \n".charAt(random.nextInt(16))
                : (byte) random.nextInt();
        byte[] changed;
        switch (random.nextInt(3)) {
            case 0 -> {
                changed = json.clone();
                changed[at] = other;
            }
            case 1 -> {
                changed = new byte[json.length + 1];
                System.arraycopy(json, 0, changed, 0, at);
                changed[at] = other;
                System.arraycopy(json, at, changed, at + 1, json.length - at);
            }
            default -> {
                changed = new byte[Math.max(1, json.length - 1)];
                System.arraycopy(json, 0, changed, 0, Math.min(at, changed.length));
                System.arraycopy(json, at + 1, changed, Math.min(at, changed.length), json.length - at - 1);
            }
        }
        return changed;
    }

    /** Valid JSON of all kinds, with blanks between. */
    private record Writer(Random random) {
        String json() {
            return blank() + value(0) + blank();
        }

        private String value(int depth) {
            int kind = random.nextInt(depth > 4 ? 7 : 10);
            return switch (kind) {
                case 0 -> "null";
                case 1 -> String.valueOf(random.nextBoolean());
                case 2 -> String.valueOf(random.nextInt(2) == 0 ? random.nextInt(200) - 20 : random.nextLong() / 10);
                case 3 -> random.nextInt(1000) - 500 + "." + Math.abs(random.nextLong() >> random.nextInt(63));
                case 7 -> object(depth);
                case 8, 9 -> array(depth);
                default -> text();
            };
        }

        String object(int depth) {
            StringBuilder json = new StringBuilder(blank()).append('{').append(blank());
            int fields = random.nextInt(5);
            for (int i = 0; i < fields; i++) {
                json.append(i == 0 ? "" : ",").append(blank());
                json.append('"')
                        .append("name of a field".substring(random.nextInt(15)))
                        .append('"')
                        .append(blank());
                json.append(':').append(blank()).append(value(depth + 1)).append(blank());
            }
            return json.append('}').append(blank()).toString();
        }

        private String array(int depth) {
            StringBuilder json = new StringBuilder("[").append(blank());
            int values = random.nextInt(5);
            for (int i = 0; i < values; i++) {
                json.append(i == 0 ? "" : ",")
                        .append(blank())
                        .append(value(depth + 1))
                        .append(blank());
            }
            return json.append(']').toString();
        }

        private String text() {
            StringBuilder json = new StringBuilder("\"");
            int pieces = random.nextInt(8);
            for (int i = 0; i < pieces; i++) {
                json.append(PIECES.get(random.nextInt(PIECES.size())));
            }
            return json.append('"').toString();
        }

        private String blank() {
            return random.nextInt(4) > 0 ? "" : " \n\r\t ".substring(random.nextInt(5));
        }
    }
}
