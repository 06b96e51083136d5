package dev.switchboard.node.sharding;

import dev.switchboard.protocol.domain.ModelRef;
import dev.switchboard.protocol.session.RouteDecision;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/**
 * Route decisions on the wire. Requests to pinned models of a second share their list of candidates; it is written once, and read
 * once on the other side, for all that share it: a list of 64 takes longer than all else of a request's messages. Thread-safe.
 */
final class DecisionBytes {
    private static final int SLOTS = 256;
    private static final int SCORE = 1;
    private static final int SKIPPED = 2;

    private final AtomicReferenceArray<@Nullable Known> written = new AtomicReferenceArray<>(SLOTS);
    private final AtomicReferenceArray<@Nullable Known> read = new AtomicReferenceArray<>(SLOTS);

    private record Known(List<RouteDecision.Candidate> list, byte[] bytes) {}

    void write(DataOutputStream out, @Nullable RouteDecision decision) throws IOException {
        out.writeBoolean(decision != null);
        if (decision == null) {
            return;
        }
        out.writeLong(decision.at().getEpochSecond());
        out.writeInt(decision.at().getNano());
        out.writeUTF(decision.requestId());
        out.writeInt(decision.attempts().size());
        for (RouteDecision.Attempt attempt : decision.attempts()) {
            RequestMessages.writeModel(out, attempt.model());
            writeWord(out, attempt.key());
            out.writeUTF(attempt.outcome());
            out.writeLong(attempt.ms());
        }
        RequestMessages.writeBytes(out, bytes(decision.candidates()));
    }

    @Nullable
    RouteDecision read(DataInputStream in) throws IOException {
        if (!in.readBoolean()) {
            return null;
        }
        Instant at = Instant.ofEpochSecond(in.readLong(), in.readInt());
        String requestId = in.readUTF();
        int count = in.readInt();
        List<RouteDecision.Attempt> attempts = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            ModelRef model = RequestMessages.readModel(in);
            attempts.add(new RouteDecision.Attempt(model, readWord(in), in.readUTF(), in.readLong()));
        }
        return new RouteDecision(at, requestId, candidates(RequestMessages.readBytes(in)), attempts);
    }

    private byte[] bytes(List<RouteDecision.Candidate> list) throws IOException {
        int slot = System.identityHashCode(list) % SLOTS;
        Known known = written.get(slot);
        if (known != null && known.list() == list) {
            return known.bytes();
        }
        List<RouteDecision.Candidate> kept = list.subList(0, Math.min(list.size(), RouteDecision.MOST_CANDIDATES));
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(64 * kept.size());
        DataOutputStream out = new DataOutputStream(bytes);
        for (RouteDecision.Candidate candidate : kept) {
            Double score = candidate.score();
            RequestMessages.writeModel(out, candidate.model());
            out.writeByte((score == null ? 0 : SCORE) | (candidate.skipped() == null ? 0 : SKIPPED));
            if (score != null) {
                out.writeDouble(score);
            }
            if (candidate.skipped() != null) {
                out.writeUTF(candidate.skipped());
            }
        }
        Known made = new Known(list, bytes.toByteArray());
        written.set(slot, made);
        return made.bytes();
    }

    private List<RouteDecision.Candidate> candidates(byte[] bytes) throws IOException {
        int slot = Math.floorMod(Arrays.hashCode(bytes), SLOTS);
        Known known = read.get(slot);
        if (known != null && Arrays.equals(known.bytes(), bytes)) {
            return known.list();
        }
        DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes));
        List<RouteDecision.Candidate> list = new ArrayList<>();
        while (in.available() > 0) {
            ModelRef model = RequestMessages.readModel(in);
            int holds = in.readByte();
            Double score = (holds & SCORE) == 0 ? null : in.readDouble();
            list.add(new RouteDecision.Candidate(model, score, (holds & SKIPPED) == 0 ? null : in.readUTF()));
        }
        Known made = new Known(List.copyOf(list), bytes);
        read.set(slot, made);
        return made.list();
    }

    private static void writeWord(DataOutputStream out, @Nullable String word) throws IOException {
        out.writeBoolean(word != null);
        if (word != null) {
            out.writeUTF(word);
        }
    }

    private static @Nullable String readWord(DataInputStream in) throws IOException {
        return in.readBoolean() ? in.readUTF() : null;
    }
}
