package dev.switchboard.node.routing;

import dev.switchboard.node.routing.FailurePolicy.Context;
import dev.switchboard.node.routing.RoutePlan.Skipped;
import dev.switchboard.node.routing.TerminalAnswer.Attempt;
import dev.switchboard.node.routing.TerminalAnswer.Denial;
import dev.switchboard.protocol.cooldown.CooldownEffect;
import dev.switchboard.protocol.cooldown.CooldownEffect.CoolModel;
import dev.switchboard.protocol.cooldown.CooldownEffect.Penalize;
import dev.switchboard.protocol.domain.Failure;
import dev.switchboard.protocol.domain.FailureKind;
import dev.switchboard.protocol.domain.ModelRef;
import dev.switchboard.protocol.domain.ProtectionLevel;
import dev.switchboard.protocol.provider.LeaseReply;
import dev.switchboard.protocol.session.SessionEffect;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The tables of {@code docs/failures.md}, made by asking the code that decides. Run {@link #main} from anywhere inside
 * the repository to write them into the file.
 */
final class FailureTables {
    static final PolicyTimes TIMES = new PolicyTimes(
            Duration.ofSeconds(15), Duration.ofMinutes(2), Duration.ofMinutes(2), Duration.ofMinutes(30));

    private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");
    private static final ModelRef MODEL = ModelRef.of("alpha", "a-large");
    private static final ModelRef OTHER = ModelRef.of("beta", "b-small");
    private static final Context MORE_KEYS = new Context(false, false, false);
    private static final Context LAST_KEY = new Context(true, false, false);
    private static final Context COMMITTED = new Context(true, false, true);

    private FailureTables() {}

    public static void main(String[] args) throws IOException {
        Files.writeString(file(), filledIn(Files.readString(file())));
    }

    /** {@code docs/failures.md}, found from the working directory upwards. */
    static Path file() {
        Path folder = Path.of("").toAbsolutePath();
        while (!Files.exists(folder.resolve("docs/failures.md"))) {
            folder = folder.getParent();
            if (folder == null) {
                throw new IllegalStateException("no docs/failures.md above the working directory");
            }
        }
        return folder.resolve("docs/failures.md");
    }

    /** The text with every section between {@code <!-- table: name -->} and {@code <!-- end -->} written anew. */
    static String filledIn(String text) {
        String filled = text;
        for (Map.Entry<String, String> table : tables().entrySet()) {
            String start = "<!-- table: " + table.getKey() + " -->\n";
            Pattern section = Pattern.compile(Pattern.quote(start) + ".*?<!-- end -->", Pattern.DOTALL);
            Matcher matcher = section.matcher(filled);
            if (!matcher.find()) {
                throw new IllegalStateException("no section for table " + table.getKey());
            }
            filled = matcher.replaceFirst(Matcher.quoteReplacement(start + table.getValue() + "<!-- end -->"));
        }
        return filled;
    }

    static Map<String, String> tables() {
        Map<String, String> tables = new LinkedHashMap<>();
        tables.put("kinds", kinds());
        tables.put("before-commit", beforeCommit());
        tables.put("protection", protection());
        tables.put("after-commit", afterCommit());
        tables.put("retry-after", retryAfter());
        tables.put("left-out", leftOut());
        tables.put("answers", answers());
        return tables;
    }

    private static String kinds() {
        Table table = new Table("Kind", "What happened", "Counts against the model");
        for (FailureKind kind : FailureKind.values()) {
            table.row(code(kind.name()), meaning(kind), decide(kind, MORE_KEYS).counted() ? "yes" : "no");
        }
        return table.text();
    }

    private static String beforeCommit() {
        Table table = new Table(
                "Kind", "This request, keys left", "This request, last key", "Key", "Model, whole cluster", "Session");
        for (FailureKind kind : FailureKind.values()) {
            Decision last = decide(kind, LAST_KEY);
            table.row(
                    code(kind.name()),
                    next(decide(kind, MORE_KEYS)),
                    next(last),
                    keyEffect(last),
                    modelEffect(last),
                    followsLevel(kind) ? "protection matrix" : session(last.session()));
        }
        return table.text();
    }

    private static String protection() {
        Table table = new Table(
                "Level", "Ban the platform for this session", "Leave out of this request", "Pin of the session");
        for (ProtectionLevel level : ProtectionLevel.values()) {
            Protection.Verdict verdict = Protection.of(level, FailureKind.SERVER_ERROR);
            table.row(
                    code(level.wire()),
                    verdict.banPlatform() ? "yes, " + time(TIMES.banTtl()) : "no",
                    left(verdict.skip()),
                    pin(verdict.pinDrop()));
        }
        return table.text();
    }

    private static String afterCommit() {
        Table table = new Table("Kind", "Key", "Model, whole cluster", "Session", "Session at `provider-ban`");
        for (FailureKind kind : FailureKind.values()) {
            Decision decision = decide(kind, COMMITTED);
            Decision banned = FailurePolicy.decide(
                    Failure.of(kind, ""), MODEL, ProtectionLevel.PROVIDER_BAN, COMMITTED, TIMES, NOW);
            table.row(
                    code(kind.name()),
                    keyEffect(decision),
                    modelEffect(decision),
                    session(decision.session()),
                    session(banned.session()));
        }
        return table.text();
    }

    private static String retryAfter() {
        Table table = new Table("Kind, status", "Not said", "Now", "40 s", "2 h");
        retryRow(table, FailureKind.RATE_LIMITED, 429);
        retryRow(table, FailureKind.AUTH, 401);
        retryRow(table, FailureKind.MODEL_UNAVAILABLE, 404);
        retryRow(table, FailureKind.SERVER_ERROR, 503);
        retryRow(table, FailureKind.SERVER_ERROR, 529);
        retryRow(table, FailureKind.SERVER_ERROR, 500);
        return table.text();
    }

    private static void retryRow(Table table, FailureKind kind, int status) {
        table.row(
                code(kind.name()) + ", " + status,
                cooled(kind, status, null),
                cooled(kind, status, Duration.ZERO),
                cooled(kind, status, Duration.ofSeconds(40)),
                cooled(kind, status, Duration.ofHours(2)));
    }

    private static String cooled(FailureKind kind, int status, @Nullable Duration asked) {
        Decision decision = FailurePolicy.decide(
                new Failure(kind, status, null, "", asked), MODEL, ProtectionLevel.MODEL_SKIP, MORE_KEYS, TIMES, NOW);
        String key = keyEffect(decision);
        return key.equals("–") ? "model " + modelEffect(decision) : "key " + key;
    }

    private static String leftOut() {
        Table table = new Table("Reason", "Passes by waiting");
        for (SkipReason reason : SkipReason.values()) {
            table.row(code(reason.wire()), reason.passes() ? "yes" : "no");
        }
        return table.text();
    }

    private static String answers() {
        Table table = new Table("When", "Status", "Type", "Code", "`Retry-After`", "Message");
        RoutePlan open = new RoutePlan(List.of(new RoutePlan.Candidate(MODEL, 1, false, false)), List.of(), false);
        table.answer("the last failure is none of those below", open, List.of(failed(FailureKind.EMPTY)), List.of());
        table.answer("the last was `TIMEOUT` or `STALLED`", open, List.of(failed(FailureKind.STALLED)), List.of());
        table.answer(
                "every failure was `RATE_LIMITED`",
                open,
                List.of(new Attempt(MODEL, Failure.of(FailureKind.RATE_LIMITED, ""), NOW.plus(TIMES.rateLimitedKey()))),
                List.of());
        table.answer(
                "no model had quota",
                open,
                List.of(),
                List.of(new Denial(MODEL, LeaseReply.Reason.RPM, NOW.plusSeconds(20))));
        table.answer(
                "the last platform refused the request",
                open,
                List.of(new Attempt(
                        MODEL,
                        new Failure(FailureKind.CLIENT_FAULT, 400, null, "(the first refusal, in its own words)", null),
                        null)),
                List.of());
        table.answer("no larger window was left", open, List.of(failed(FailureKind.TOO_LARGE)), List.of());
        table.answer("the prompt fits no model", without(SkipReason.CONTEXT_WINDOW, null), List.of(), List.of());
        table.answer("no model takes tools or images", without(SkipReason.NO_VISION, null), List.of(), List.of());
        table.answer("a named model does not exist", without(SkipReason.UNKNOWN_MODEL, null), List.of(), List.of());
        table.answer(
                "every model cools or is banned",
                without(SkipReason.COOLING, NOW.plusSeconds(15)),
                List.of(),
                List.of());
        table.answer("no platform has a key", without(SkipReason.NO_KEY, null), List.of(), List.of());
        return table.text();
    }

    private static RoutePlan without(SkipReason reason, @Nullable Instant until) {
        return new RoutePlan(List.of(), List.of(new Skipped(MODEL, reason, until)), true);
    }

    private static Attempt failed(FailureKind kind) {
        return new Attempt(OTHER, Failure.of(kind, ""), null);
    }

    private static Decision decide(FailureKind kind, Context context) {
        return FailurePolicy.decide(Failure.of(kind, ""), MODEL, ProtectionLevel.MODEL_SKIP, context, TIMES, NOW);
    }

    private static boolean followsLevel(FailureKind kind) {
        return !Protection.of(ProtectionLevel.PROVIDER_BAN, kind).equals(Protection.of(ProtectionLevel.OFF, kind));
    }

    private static String next(Decision decision) {
        return switch (decision.step()) {
            case NEXT_KEY -> "next key";
            case NEXT_MODEL -> "next model";
            case OTHER_PLATFORM_ONCE -> "one other platform; a second refusal ends it";
            case LARGER_WINDOW -> "next model with a larger window";
            case STOP -> "ends";
        };
    }

    private static String keyEffect(Decision decision) {
        return decision.keyCoolsUntil() == null
                ? "–"
                : "cools " + time(Duration.between(NOW, decision.keyCoolsUntil()));
    }

    private static String modelEffect(Decision decision) {
        for (CooldownEffect effect : decision.effects()) {
            if (effect instanceof CoolModel cooling) {
                return "cools " + time(cooling.time())
                        + (cooling.doubling() ? ", doubling to " + time(TIMES.max()) : "");
            }
            if (effect instanceof Penalize penalty) {
                return "penalty +%.0f with its last key".formatted(penalty.points());
            }
        }
        return "–";
    }

    private static String session(SessionEffect effect) {
        return effect.ban() == null ? pin(effect.pinDrop()) : "platform banned, " + pin(effect.pinDrop());
    }

    private static String pin(SessionEffect.PinDrop pinDrop) {
        return switch (pinDrop) {
            case KEEP -> "pin kept";
            case IF_MODEL -> "pin dropped if on the model";
            case IF_PLATFORM -> "pin dropped if on the platform";
            case KEY_ONLY -> "key unpinned";
        };
    }

    private static String left(Skip skip) {
        return switch (skip) {
            case NOTHING -> "nothing";
            case KEY -> "the failed key";
            case MODEL -> "the model";
            case PLATFORM -> "every model of the platform";
        };
    }

    private static String meaning(FailureKind kind) {
        return switch (kind) {
            case RATE_LIMITED -> "the provider says that a limit or quota is used up";
            case AUTH -> "the provider refuses the key";
            case CLIENT_FAULT -> "the provider refuses the request";
            case TOO_LARGE -> "the prompt does not fit the model";
            case MODEL_UNAVAILABLE -> "the provider does not offer the model";
            case SERVER_ERROR -> "the provider fails, or answers with an unknown status";
            case UNREACHABLE -> "no connection, or reset before the response";
            case TIMEOUT -> "no response headers in time";
            case STALLED -> "no event with content in time";
            case EMPTY -> "finished without text, reasoning or tool call";
            case MALFORMED -> "the answer is not of the promised shape";
            case BROKEN -> "the stream ended without saying that it is finished";
            case NOT_JSON -> "the answer is not the JSON that `response_format` asks for";
            case CANCELLED -> "the client went away";
        };
    }

    private static String time(Duration time) {
        if (time.toHours() > 0) {
            return time.toHours() + " h";
        }
        return time.toMinutes() > 0 && time.toSecondsPart() == 0 ? time.toMinutes() + " min" : time.toSeconds() + " s";
    }

    private static String code(String text) {
        return "`" + text + "`";
    }

    /** A Markdown table. */
    private static final class Table {
        private final StringBuilder text = new StringBuilder();

        Table(String... titles) {
            row(titles);
            text.append("|").append("---|".repeat(titles.length)).append('\n');
        }

        void row(String... cells) {
            text.append("| ").append(String.join(" | ", cells)).append(" |\n");
        }

        void answer(String when, RoutePlan plan, List<Attempt> attempts, List<Denial> denials) {
            TerminalAnswer answer = TerminalAnswer.of(attempts, plan, denials, NOW);
            row(
                    when,
                    String.valueOf(answer.status()),
                    code(answer.type()),
                    answer.code() == null ? "upstream's, if any" : code(answer.code()),
                    answer.retryAfterSeconds() == null ? "–" : answer.retryAfterSeconds() + " s",
                    answer.message());
        }

        String text() {
            return text.toString();
        }
    }
}
