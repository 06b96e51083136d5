package dev.switchboard.node.directory;

import dev.switchboard.node.directory.DirectoryEvent.AuditText;
import dev.switchboard.protocol.directory.DirectoryChange;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** Decides on an import: each row as if it were added alone after those before it, all of them or none. */
final class ImportChanges {
    private ImportChanges() {}

    static Decision decide(DirectoryState state, DirectoryChange.Import asked) {
        List<DirectoryChange> rows = new ArrayList<>();
        asked.platforms().forEach(platform -> rows.add(new DirectoryChange.AddPlatform(platform)));
        asked.models().forEach(model -> rows.add(new DirectoryChange.AddModel(model)));
        asked.keys().forEach(key -> rows.add(new DirectoryChange.AddKey(key)));
        List<Fact> facts = new ArrayList<>();
        DirectoryState next = state;
        for (DirectoryChange row : rows) {
            Decision decision = Changes.decide(next, row);
            if (decision instanceof Decision.Refuses) {
                return decision;
            } else if (decision instanceof Decision.Happens happens) {
                facts.add(happens.fact());
                next = next.apply(new DirectoryEvent(DirectoryEvent.FORMAT, Instant.EPOCH, "", happens.fact(), null));
            }
        }
        return facts.isEmpty()
                ? Decision.Unchanged.INSTANCE
                : new Decision.Happens(new Fact.Imported(List.copyOf(facts)), text(asked));
    }

    private static AuditText text(DirectoryChange.Import asked) {
        AuditFields fields = new AuditFields();
        asked.platforms().forEach(platform -> fields.both("platform " + platform.id(), null, platform.baseUrl()));
        asked.keys().forEach(key -> fields.both("key of " + key.platform(), null, key.label() + " " + key.masked()));
        asked.models().forEach(model -> fields.both("model", null, model.ref()));
        return fields.as("providers.import", "providers and keys");
    }
}
