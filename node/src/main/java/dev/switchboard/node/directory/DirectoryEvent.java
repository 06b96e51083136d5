package dev.switchboard.node.directory;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import dev.switchboard.protocol.CborSerializable;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * One row of the journal, which is the audit trail.
 *
 * @param format the version of this shape; 1 today
 * @param actor who did it: {@code admin}, {@code system}, …
 * @param audit what people read of it; null for what is not worth an entry, such as a health check's finding
 */
@JsonIgnoreProperties(ignoreUnknown = true)
record DirectoryEvent(int format, Instant at, String actor, Fact fact, @Nullable AuditText audit)
        implements CborSerializable {
    static final int FORMAT = 1;

    /** An audit entry without its time and actor; secrets are masked. */
    record AuditText(String action, String target, @Nullable String before, @Nullable String after) {}
}
