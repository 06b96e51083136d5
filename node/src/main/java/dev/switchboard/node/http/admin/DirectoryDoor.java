package dev.switchboard.node.http.admin;

import dev.switchboard.node.directory.Directory;
import dev.switchboard.node.http.ApiError;
import dev.switchboard.protocol.directory.ChangeReply;
import dev.switchboard.protocol.directory.DirectoryChange;
import dev.switchboard.protocol.directory.DirectorySnapshot;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** The directory as the admin API uses it: the one place that turns its refusals into answers. */
final class DirectoryDoor {
    private static final String ADMIN = "admin";

    private final Directory directory;

    DirectoryDoor(Directory directory) {
        this.directory = directory;
    }

    DirectorySnapshot snapshot() {
        return directory.snapshot();
    }

    Directory directory() {
        return directory;
    }

    /** Makes a change; fails with an {@link ApiError}: 400, 404, 409, or 503 where the owner does not answer. */
    CompletionStage<ChangeReply.Accepted> change(DirectoryChange change) {
        return accepted(directory.change(change, ADMIN));
    }

    static CompletionStage<ChangeReply.Accepted> accepted(CompletionStage<ChangeReply> asked) {
        return asked.handleAsync(DirectoryDoor::judged, Runnable::run);
    }

    private static ChangeReply.Accepted judged(@Nullable ChangeReply reply, @Nullable Throwable failure) {
        if (reply instanceof ChangeReply.Accepted done) {
            return done;
        }
        if (reply instanceof ChangeReply.Refused refused) {
            throw refusal(refused);
        }
        throw ownerAway();
    }

    static ApiError ownerAway() {
        return ApiError.overloaded("The owner of the directory did not answer; look before you try again.", 1);
    }

    private static ApiError refusal(ChangeReply.Refused refused) {
        return switch (refused.reason()) {
            case INVALID -> ApiError.invalid(refused.message(), refused.field());
            case CONFLICT -> ApiError.conflict(refused.message(), refused.field());
            case NOT_FOUND ->
                new ApiError(404, "invalid_request_error", "not_found", refused.field(), refused.message(), Map.of());
        };
    }
}
