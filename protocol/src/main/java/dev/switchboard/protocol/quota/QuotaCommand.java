package dev.switchboard.protocol.quota;

import akka.actor.typed.ActorRef;
import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import dev.switchboard.protocol.CborSerializable;
import dev.switchboard.protocol.domain.Limits;
import dev.switchboard.protocol.provider.GrantNumber;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What the one owner of an API key's limits is told and asked. */
public sealed interface QuotaCommand extends CborSerializable {
    /**
     * Asks to let in one request and to reserve its estimated tokens; the same ticket asked again counts once.
     *
     * @param limits those of the key as the asking node knows it
     */
    record Admit(String ticket, Limits limits, long tokens, ActorRef<Answer> replyTo) implements QuotaCommand {}

    /** The request ended and used {@code tokens}; {@code reserved} is what was asked for it. */
    record Settle(String ticket, long reserved, long tokens) implements QuotaCommand {}

    /** What a node tells a restarted owner of requests that the one before let in. */
    record Recall(List<Admission> admissions) implements QuotaCommand {}

    /**
     * One request that was let in.
     *
     * @param reserved the tokens reserved for it
     * @param used the tokens that it used; null while it runs
     */
    record Admission(String ticket, GrantNumber grant, long reserved, Instant at, @Nullable Long used) {}

    /** Asks what was used. */
    record Inspect(ActorRef<Use> replyTo) implements QuotaCommand {}

    /** The key was removed: its counts are deleted and its owner stops. */
    enum Forget implements QuotaCommand {
        INSTANCE
    }

    /** Sharding's stop message. */
    enum Stop implements QuotaCommand {
        INSTANCE
    }

    /** The answer to {@link Admit}. */
    @JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "type")
    @JsonSubTypes({
        @JsonSubTypes.Type(value = Admitted.class, name = "admitted"),
        @JsonSubTypes.Type(value = Denied.class, name = "denied")
    })
    sealed interface Answer extends CborSerializable {}

    /**
     * The request is counted.
     *
     * @param grant its number among all that owners of the key let in; null where an earlier owner or release did
     */
    record Admitted(String ticket, @Nullable GrantNumber grant) implements Answer {}

    /**
     * Nothing is counted.
     *
     * @param limit {@code rpm}, {@code rpd}, {@code tpm} or {@code tpd}
     * @param retryAt when it could be let in; null where the request alone is above the limit
     */
    record Denied(String ticket, String limit, @Nullable Instant retryAt) implements Answer {}

    /** Requests and tokens of the last minute and of this UTC day. */
    record Use(long rpm, long rpd, long tpm, long tpd) implements CborSerializable {}
}
