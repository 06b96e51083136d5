package dev.switchboard.node.simulator;

import akka.http.javadsl.model.HttpHeader;
import akka.http.javadsl.model.HttpRequest;
import akka.util.ByteString;
import com.fasterxml.jackson.databind.JsonNode;
import java.time.Clock;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Decides the reply to a request: key, request, ordered faults, answer. */
final class Responder {
    private static final Wire OPENAI = new OpenAiWire();
    private static final Wire GOOGLE = new GoogleWire();
    private static final Wire TEXT = new TextWire();

    private final SimulatorSettings settings;
    private final SimulatorJournal journal;
    private final FaultPlan plan;
    private final ControlApi control;
    private final ModelLists models;
    private final Answers answers = new Answers();
    private final FaultyReplies faulty;

    Responder(SimulatorSettings settings, SimulatorJournal journal, FaultPlan plan, Clock clock) {
        this.settings = settings;
        this.journal = journal;
        this.plan = plan;
        this.control = new ControlApi(journal, plan);
        this.models = new ModelLists(settings.models());
        this.faulty = new FaultyReplies(answers, clock);
    }

    long maxBodyBytes() {
        return settings.maxBodyBytes();
    }

    Reply control(Endpoint endpoint, HttpRequest request, ByteString body) {
        return control.answer(endpoint.path(), request, body.toArrayUnsafe());
    }

    Ordered respond(Endpoint endpoint, HttpRequest request, ByteString body, Exchange exchange) {
        Asked asked = read(endpoint, body.toArrayUnsafe());
        Map<String, String> headers = headers(request);
        String key = Keys.read(endpoint, headers, request);
        exchange.model(asked.model);
        Fault planned = plan.next(endpoint.operation().kind(), endpoint.platform(), asked.model, key);
        boolean refused = planned.isNone() && !authorized(endpoint, key);
        Fault fault = refused ? Fault.NONE : asked.ordered.and(planned);
        Chat chat = asked.chat;
        journal.record(new SimulatorJournal.Seen(
                journal.now(),
                endpoint.platform(),
                request.method().value(),
                request.getUri().path(),
                asked.model,
                key,
                chat != null && chat.stream(),
                headers,
                body,
                fault.toString()));
        if (refused) {
            return Ordered.plain(Keys.refusal(endpoint));
        }
        Wire wire = wire(endpoint);
        Duration pace = Answers.paced(asked.model) ? settings.loremPace() : Duration.ZERO;
        if (fault.isNone() && (chat == null || !chat.stream() || pace.isZero())) {
            return Ordered.plain(chat == null ? asked.reply : healthy(chat, wire, endpoint, request));
        }
        return faulty.order(endpoint.format(), wire, chat, asked.reply, fault, pace);
    }

    private Reply healthy(Chat chat, Wire wire, Endpoint endpoint, HttpRequest request) {
        Answer answer = answers.answer(chat, Fault.NONE);
        if (!chat.stream()) {
            return Reply.json(200, wire.whole(chat, answer));
        }
        List<Frame> frames = wire.frames(chat, answer);
        if (endpoint.format() == WireFormat.GOOGLE && !"sse".equals(query(request, "alt"))) {
            return Reply.json(
                    200,
                    "[" + String.join(",\r\n", frames.stream().map(Frame::data).toList()) + "]");
        }
        return Reply.stream(200, Reply.SSE, SseScript.plain(frames, wire.lineEnd()));
    }

    private Asked read(Endpoint endpoint, byte[] body) {
        WireFormat format = endpoint.format();
        try {
            return switch (endpoint.operation()) {
                case CHAT ->
                    format == WireFormat.GOOGLE
                            ? chat(GoogleRequest.parse(body, endpoint.model(), endpoint.stream()))
                            : chat(OpenAiRequest.parse(body, format, false));
                case TEXT -> chat(OpenAiRequest.parse(body, format, true));
                case EMBEDDINGS -> embeddings(format, Embeddings.read(body));
                case MODELS -> new Asked("", null, Reply.json(200, models.list(format, endpoint.platform())));
                case MODEL ->
                    new Asked(
                            endpoint.model(),
                            null,
                            Reply.json(200, models.one(format, endpoint.platform(), endpoint.model())));
                case KEY_CHECK -> new Asked("", null, Reply.json(200, Keys.good(format)));
                case WRONG_METHOD -> refusal(endpoint, 405, "Method not allowed.");
                default -> refusal(endpoint, 404, "Unknown path.");
            };
        } catch (BadRequest | IllegalArgumentException e) {
            return refusal(endpoint, 400, String.valueOf(e.getMessage()));
        }
    }

    private static Asked chat(Chat chat) {
        FaultOrders.Split split = FaultOrders.inText(chat.lastUserText());
        Fault ordered = FaultOrders.inModel(chat.model()).and(split.fault());
        Chat clean = split.fault().isNone() ? chat : chat.withLastUserText(split.text());
        return new Asked(chat.model(), clean, Reply.json(200, ""), ordered);
    }

    private static Asked embeddings(WireFormat format, JsonNode asked) {
        String body = format == WireFormat.COHERE ? Embeddings.cohere(asked) : Embeddings.openAi(asked);
        return new Asked(asked.path("model").asText(), null, Reply.json(200, body));
    }

    private static Asked refusal(Endpoint endpoint, int status, String message) {
        Reply reply = ErrorBody.reply(endpoint.format().errors(), ErrorBody.Problem.of(status, message));
        return new Asked(endpoint.model(), null, reply);
    }

    private static Wire wire(Endpoint endpoint) {
        if (endpoint.operation() == Endpoint.Operation.TEXT) {
            return TEXT;
        }
        return endpoint.format() == WireFormat.GOOGLE ? GOOGLE : OPENAI;
    }

    private boolean authorized(Endpoint endpoint, String key) {
        return key.isEmpty() ? settings.keyless().contains(endpoint.platform()) : !key.startsWith("bad");
    }

    private static Map<String, String> headers(HttpRequest request) {
        Map<String, String> headers = new LinkedHashMap<>();
        for (HttpHeader each : request.getHeaders()) {
            headers.put(each.lowercaseName(), each.value());
        }
        headers.put("content-type", request.entity().getContentType().toString());
        return headers;
    }

    static @Nullable String query(HttpRequest request, String name) {
        return request.getUri().query().get(name).orElse(null);
    }

    /** What was asked: a chat, or something whose reply is known. */
    private record Asked(String model, @Nullable Chat chat, Reply reply, Fault ordered) {
        Asked(String model, @Nullable Chat chat, Reply reply) {
            this(model, chat, reply, Fault.NONE);
        }
    }
}
