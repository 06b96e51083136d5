package dev.switchboard.node.relay;

import akka.util.ByteString;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.switchboard.node.chat.Json;
import dev.switchboard.protocol.domain.Failure;
import dev.switchboard.protocol.domain.FailureKind;
import dev.switchboard.protocol.domain.Usage;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One streamed answer as it comes in, and what of it may leave (behaviour.md §4, §5): the commit gate, the usage meter, the
 * reasoning that becomes content, and the verdict at the end. Pure: no clock, no stream.
 */
final class AnswerTracker {
    private static final int MOST_HELD = 64;
    private static final long MOST_HELD_BYTES = 8 << 20;
    private static final int MOST_CHOICES = 128;
    private static final long MOST_REASONING = 4 << 20;
    private static final int CHARS_PER_TOKEN = 4;

    private final boolean wantsUsage;
    private final long promptTokens;
    private final List<RelayEvent> held = new ArrayList<>();
    private final Map<Integer, Choice> choices = new HashMap<>();
    private @Nullable ByteString sample;
    private @Nullable Usage upstreamUsage;
    private boolean usageSent;
    private boolean committed;
    private int unfinished;
    private boolean ended;
    private @Nullable Failure failure;
    private long chars;
    private long heldBytes;
    private long reasoningChars;
    private long chunks;
    private long skipped;

    private static final class Choice {
        private @Nullable StringBuilder reasoning = new StringBuilder();
        private boolean called;
        private boolean finished;
    }

    AnswerTracker(boolean wantsUsage, long promptTokens) {
        this.wantsUsage = wantsUsage;
        this.promptTokens = promptTokens;
    }

    void accept(RelayEvent event, Consumer<RelayEvent> out) {
        if (ended) {
            return;
        }
        if (event instanceof RelayEvent.Chunk chunk) {
            chunk(chunk, out);
        } else if (event instanceof RelayEvent.Failed failed) {
            fail(failed.failure(), out);
        } else if (event == RelayEvent.Done.DONE) {
            complete(out);
        } else {
            skipped++;
        }
    }

    /** Upstream closed the stream. */
    void closed(Consumer<RelayEvent> out) {
        if (ended) {
            return;
        }
        if (finished()) {
            complete(out);
        } else if (sample == null && skipped > 0) {
            fail(Failure.of(FailureKind.MALFORMED, "The provider's stream held no readable event."), out);
        } else if (sample == null) {
            fail(Failure.of(FailureKind.EMPTY, "The provider's stream ended without an event."), out);
        } else {
            fail(Failure.of(FailureKind.BROKEN, "The provider's stream ended before the answer was complete."), out);
        }
    }

    /** The stream failed; a failure after every choice's finish reason takes nothing from the answer. */
    void broke(Failure why, Consumer<RelayEvent> out) {
        if (ended) {
            return;
        }
        if (finished() && why.kind() != FailureKind.CANCELLED) {
            complete(out);
        } else {
            fail(why, out);
        }
    }

    private void chunk(RelayEvent.Chunk chunk, Consumer<RelayEvent> out) {
        ChunkFacts facts = chunk.facts();
        if (sample == null) {
            sample = chunk.json();
        }
        chars += facts.outputChars();
        if (facts.content()) {
            chunks++;
            committed = true;
        }
        RelayEvent leaving = meter(chunk);
        Choice choice = facts.choice() < 0 ? null : choice(facts.choice());
        if (choice != null) {
            reason(choice, facts, out);
            if (facts.finish() && !choice.finished) {
                choice.finished = true;
                unfinished--;
            }
        }
        if (leaving != null) {
            emit(leaving, out);
        }
    }

    private @Nullable RelayEvent meter(RelayEvent.Chunk came) {
        RelayEvent.Chunk chunk = came.facts().usageGaps() ? filled(came) : came;
        ChunkFacts facts = chunk.facts();
        Usage usage = facts.usage();
        if (usage == null) {
            return chunk;
        }
        if (usage.totalTokens() > 0) {
            upstreamUsage = usage;
            if (wantsUsage && facts.shaped()) {
                usageSent = true;
                return chunk;
            }
        }
        return facts.choice() < 0 ? null : new RelayEvent.Chunk(ChunkEdit.withoutUsage(chunk.json()), facts);
    }

    /** Some providers leave out a number that others and what was said tell. */
    private RelayEvent.Chunk filled(RelayEvent.Chunk chunk) {
        Usage given = chunk.facts().usage();
        if (given == null
                || given.totalTokens() == 0
                || !(Json.parseOrNull(chunk.json()) instanceof ObjectNode root)
                || !(root.path("usage") instanceof ObjectNode usage)) {
            return chunk;
        }
        Usage whole = ChunkEdit.fillGaps(usage, estimate());
        return new RelayEvent.Chunk(Json.bytes(root), chunk.facts().withUsage(whole));
    }

    private @Nullable Choice choice(int index) {
        Choice choice = choices.get(index);
        if (choice == null && choices.size() < MOST_CHOICES) {
            choice = new Choice();
            choices.put(index, choice);
            unfinished++;
        }
        return choice;
    }

    private void reason(Choice choice, ChunkFacts facts, Consumer<RelayEvent> out) {
        choice.called |= facts.toolCall();
        if (facts.textChars() > 0 || facts.toolCall() || facts.media()) {
            choice.reasoning = null;
            return;
        }
        StringBuilder reasoning = choice.reasoning;
        if (reasoning == null) {
            return;
        }
        if (reasoningChars < MOST_REASONING) {
            reasoning.append(facts.reasoning());
            reasoningChars += facts.reasoning().length();
        }
        if (facts.finish()) {
            sayReasoning(facts.choice(), choice, out);
        }
    }

    private void sayReasoning(int index, Choice choice, Consumer<RelayEvent> out) {
        StringBuilder reasoning = choice.reasoning;
        choice.reasoning = null;
        if (reasoning != null && reasoning.length() > 0) {
            emit(ChunkEdit.contentChunk(sample, index, reasoning.toString()), out);
        }
    }

    private void complete(Consumer<RelayEvent> out) {
        if (!committed) {
            fail(Failure.of(FailureKind.EMPTY, "The provider finished without an answer."), out);
            return;
        }
        choices.forEach((index, choice) -> sayReasoning(index, choice, out));
        choices.forEach((index, choice) -> {
            if (!choice.finished) {
                emit(ChunkEdit.finishChunk(sample, index, choice.called), out);
            }
        });
        if (wantsUsage && !usageSent) {
            emit(ChunkEdit.usageChunk(sample, usage()), out);
        }
        ended = true;
        emit(RelayEvent.Done.DONE, out);
    }

    private void fail(Failure why, Consumer<RelayEvent> out) {
        failure = why;
        ended = true;
        held.clear();
        out.accept(new RelayEvent.Failed(why));
    }

    private void emit(RelayEvent event, Consumer<RelayEvent> out) {
        if (!committed) {
            heldBytes += event instanceof RelayEvent.Chunk chunk ? chunk.json().length() : 0;
            if (held.size() < MOST_HELD && heldBytes <= MOST_HELD_BYTES) {
                held.add(event);
            }
            return;
        }
        held.forEach(out);
        held.clear();
        out.accept(event);
    }

    boolean committed() {
        return committed;
    }

    /** Whether every choice that has begun is finished. */
    boolean finished() {
        return unfinished == 0 && !choices.isEmpty();
    }

    boolean ended() {
        return ended;
    }

    @Nullable
    Failure failure() {
        return failure;
    }

    Usage usage() {
        return upstreamUsage != null ? upstreamUsage : estimate();
    }

    private Usage estimate() {
        return new Usage(promptTokens, (chars + CHARS_PER_TOKEN - 1) / CHARS_PER_TOKEN, true);
    }

    long chunks() {
        return chunks;
    }

    long skipped() {
        return skipped;
    }
}
