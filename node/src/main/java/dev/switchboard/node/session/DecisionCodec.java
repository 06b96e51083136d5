package dev.switchboard.node.session;

import dev.switchboard.protocol.domain.ModelRef;
import dev.switchboard.protocol.session.RouteDecision;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/**
 * Route decisions in a few bytes, as they wait in their thousands to be looked at: ten candidates take 130 bytes instead of 650.
 * Scores keep seven digits, texts 300 characters. Only for this node's memory, as it numbers models and words by its own count. Thread-safe.
 */
final class DecisionCodec {
    private static final int MOST_MODELS = 20_000;
    private static final int MOST_WORDS = 2_000;
    private static final int MOST_CHARS = 300;
    private static final int SCORE = 1;
    private static final int SKIPPED = 2;

    private static final int LAST_LISTS = 256;

    private final AtomicReferenceArray<@Nullable PackedList> lastLists = new AtomicReferenceArray<>(LAST_LISTS);
    private final Numbers<ModelRef> models = new Numbers<>(MOST_MODELS);
    private final Numbers<String> words = new Numbers<>(MOST_WORDS);

    /** A decision; decisions that were told the same list of candidates hold the same bytes for it. */
    record Packed(byte[] request, byte[] candidates) {}

    private record PackedList(List<RouteDecision.Candidate> list, byte[] bytes) {}

    /** The decision with its first {@link RouteDecision#MOST_CANDIDATES} candidates. */
    Packed pack(RouteDecision decision) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(64);
        DataOutputStream out = new DataOutputStream(bytes);
        try {
            out.writeLong(decision.at().getEpochSecond());
            out.writeInt(decision.at().getNano());
            out.writeUTF(decision.requestId());
            out.writeShort(decision.attempts().size());
            for (RouteDecision.Attempt attempt : decision.attempts()) {
                pack(out, attempt.model());
                pack(out, attempt.key());
                pack(out, attempt.outcome());
                out.writeLong(attempt.ms());
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return new Packed(bytes.toByteArray(), pack(decision.candidates()));
    }

    /** Pinned requests of a node share their list for a second ({@code Standings}), and thousands of sessions keep it. */
    private byte[] pack(List<RouteDecision.Candidate> candidates) {
        int slot = System.identityHashCode(candidates) % LAST_LISTS;
        PackedList last = lastLists.get(slot);
        if (last != null && last.list() == candidates) {
            return last.bytes();
        }
        int kept = Math.min(candidates.size(), RouteDecision.MOST_CANDIDATES);
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(8 * kept);
        DataOutputStream out = new DataOutputStream(bytes);
        try {
            out.writeByte(kept);
            for (RouteDecision.Candidate candidate : candidates.subList(0, kept)) {
                pack(out, candidate);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        PackedList packed = new PackedList(candidates, bytes.toByteArray());
        lastLists.set(slot, packed);
        return packed.bytes();
    }

    /** What was packed. */
    RouteDecision unpack(Packed packed) {
        DataInputStream in = new DataInputStream(new ByteArrayInputStream(packed.request()));
        try {
            Instant at = Instant.ofEpochSecond(in.readLong(), in.readInt());
            String requestId = in.readUTF();
            int tried = in.readUnsignedShort();
            List<RouteDecision.Attempt> attempts = new ArrayList<>(tried);
            for (int i = 0; i < tried; i++) {
                ModelRef model = model(in);
                String key = word(in);
                attempts.add(new RouteDecision.Attempt(model, key, String.valueOf(word(in)), in.readLong()));
            }
            return new RouteDecision(at, requestId, candidates(packed.candidates()), attempts);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private List<RouteDecision.Candidate> candidates(byte[] packed) throws IOException {
        DataInputStream in = new DataInputStream(new ByteArrayInputStream(packed));
        int kept = in.readUnsignedByte();
        List<RouteDecision.Candidate> candidates = new ArrayList<>(kept);
        for (int i = 0; i < kept; i++) {
            candidates.add(candidate(in));
        }
        return candidates;
    }

    private void pack(DataOutputStream out, RouteDecision.Candidate candidate) throws IOException {
        Double score = candidate.score();
        String skipped = candidate.skipped();
        pack(out, candidate.model());
        out.writeByte((score == null ? 0 : SCORE) | (skipped == null ? 0 : SKIPPED));
        if (score != null) {
            out.writeFloat(score.floatValue());
        }
        if (skipped != null) {
            pack(out, skipped);
        }
    }

    private RouteDecision.Candidate candidate(DataInputStream in) throws IOException {
        ModelRef model = model(in);
        int holds = in.readByte();
        Double score = (holds & SCORE) == 0 ? null : shortest(in.readFloat());
        return new RouteDecision.Candidate(model, score, (holds & SKIPPED) == 0 ? null : word(in));
    }

    /** 0.1 and not 0.10000000149011612. */
    private static double shortest(float score) {
        return Double.parseDouble(Float.toString(score));
    }

    private void pack(DataOutputStream out, ModelRef model) throws IOException {
        int number = models.of(model);
        out.writeShort(number);
        if (number == Numbers.NONE) {
            out.writeUTF(model.platform().value());
            out.writeUTF(model.id());
        }
    }

    private ModelRef model(DataInputStream in) throws IOException {
        ModelRef known = models.at(in.readUnsignedShort());
        return known == null ? ModelRef.of(in.readUTF(), in.readUTF()) : known;
    }

    /** One number more than a word's own is written, so that 0 stands for null and 1 for a word without a number. */
    private void pack(DataOutputStream out, @Nullable String word) throws IOException {
        if (word == null) {
            out.writeShort(0);
            return;
        }
        String kept = word.length() <= MOST_CHARS ? word : word.substring(0, MOST_CHARS);
        int number = words.of(kept);
        out.writeShort(number + 1);
        if (number == Numbers.NONE) {
            out.writeUTF(kept);
        }
    }

    private @Nullable String word(DataInputStream in) throws IOException {
        int written = in.readUnsignedShort();
        return switch (written) {
            case 0 -> null;
            case 1 -> in.readUTF();
            default -> words.at(written - 1);
        };
    }
}
