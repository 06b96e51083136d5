package dev.switchboard.protocol.cooldown;

import akka.actor.typed.ActorRef;
import dev.switchboard.protocol.CborSerializable;
import dev.switchboard.protocol.domain.KeyId;
import dev.switchboard.protocol.domain.ModelRef;
import dev.switchboard.protocol.domain.PlatformId;
import java.time.Instant;
import java.util.List;

/** What the single owner of cooldowns, penalties and breaker counts is told and asked (behaviour.md §4, §7). */
public sealed interface CooldownCommand extends CborSerializable {
    /**
     * One attempt ended.
     *
     * @param counted whether it counts for or against the model's reliability; a success always counts
     * @param effects what the failure policy decided; empty for a success
     */
    record Report(ModelRef model, KeyId key, boolean success, boolean counted, List<CooldownEffect> effects, Instant at)
            implements CooldownCommand {}

    /** A key was checked and is good again: its cooldown and refusals are forgotten. */
    record KeyRecovered(PlatformId platform, KeyId key) implements CooldownCommand {}

    /** Ends one cooldown by its {@link CooldownSnapshot.Entry#id}. */
    record Release(String id, ActorRef<ReleaseReply> replyTo) implements CooldownCommand {}

    /** The singleton manager's stop message. */
    enum Stop implements CooldownCommand {
        INSTANCE
    }

    /** Whether there was such a cooldown. */
    record ReleaseReply(boolean found) implements CborSerializable {}
}
