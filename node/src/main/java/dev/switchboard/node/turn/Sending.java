package dev.switchboard.node.turn;

import dev.switchboard.node.socket.EventLoops;
import dev.switchboard.node.upstream.Attempt;
import dev.switchboard.node.upstream.ChatCall;
import dev.switchboard.protocol.directory.DirectorySnapshot;
import dev.switchboard.protocol.directory.Model;
import dev.switchboard.protocol.directory.Platform;
import dev.switchboard.protocol.directory.ProviderKey;
import dev.switchboard.protocol.domain.Failure;
import dev.switchboard.protocol.domain.FailureKind;
import org.jspecify.annotations.Nullable;

/** What becomes of sending a request upstream with a lease. */
sealed interface Sending {
    /** It is on its way. */
    record UnderWay(Attempt attempt) implements Sending {}

    /** Model or key was removed between the ranking and the lease: nobody's failure. */
    record Withdrawn() implements Sending {}

    /** It cannot be sent with that key. */
    record Impossible(Failure failure) implements Sending {}

    /** Sends it; {@code directory} is the turn's own view, {@code home} where the client's connection is. */
    static Sending send(
            TurnServices services,
            TurnRequest request,
            DirectorySnapshot directory,
            TurnLog log,
            HeldLease held,
            EventLoops.@Nullable Loop home) {
        Platform platform = directory.platform(held.model.platform());
        Model model = directory.model(held.model);
        ProviderKey known = directory.keys().get(held.key);
        // The owner may have chosen a key that is newer than this turn's own view.
        ProviderKey key =
                known != null ? known : services.directory().get().keys().get(held.key);
        if (platform == null || model == null || (key == null && !platform.keyless())) {
            return new Withdrawn();
        }
        String secret = key == null ? null : services.secret().apply(key);
        if (key != null && secret == null) {
            return new Impossible(Failure.of(FailureKind.AUTH, "the key cannot be read"));
        }
        return new UnderWay(services.upstream()
                .chat(new ChatCall(
                        request.chat(),
                        platform,
                        model,
                        secret,
                        request.requestId(),
                        log.attemptBegins(platform, held.model),
                        home)));
    }
}
