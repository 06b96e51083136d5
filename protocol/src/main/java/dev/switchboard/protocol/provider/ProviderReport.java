package dev.switchboard.protocol.provider;

import dev.switchboard.protocol.CborSerializable;
import dev.switchboard.protocol.domain.KeyId;
import dev.switchboard.protocol.domain.LeaseId;
import dev.switchboard.protocol.domain.Limits;
import dev.switchboard.protocol.domain.ModelRef;
import dev.switchboard.protocol.domain.PlatformId;
import dev.switchboard.protocol.domain.SessionKey;
import java.time.Instant;
import java.util.List;

/** What the owner of a platform holds: leases in flight, how much of each window is used, and learned limits. */
public record ProviderReport(PlatformId platform, List<Lease> leases, List<WindowUse> windows, List<Learned> learned)
        implements CborSerializable {
    public ProviderReport {
        learned = learned == null ? List.of() : List.copyOf(learned);
    }

    /** An owner that holds nothing. */
    public static ProviderReport empty(PlatformId platform) {
        return new ProviderReport(platform, List.of(), List.of(), List.of());
    }

    /** One lease in flight. */
    public record Lease(
            LeaseId lease, ModelRef model, KeyId key, SessionKey session, String requestId, Instant grantedAt) {}

    /** Limits that the provider stated for a key and model and that hold now. */
    public record Learned(ModelRef model, KeyId key, Limits limits) {}

    /** The use of the four windows by one key on one model: requests and tokens in this minute and this UTC day. */
    public record WindowUse(ModelRef model, KeyId key, long rpm, long rpd, long tpm, long tpd) {}
}
