package dev.switchboard.node.directory;

import dev.switchboard.protocol.directory.AdapterKind;
import dev.switchboard.protocol.directory.DirectoryChange;
import dev.switchboard.protocol.directory.DirectoryChange.PatchPlatform;
import dev.switchboard.protocol.directory.Origin;
import dev.switchboard.protocol.directory.Platform;
import dev.switchboard.protocol.domain.PlatformId;
import org.jspecify.annotations.Nullable;

/** Decides on changes of platforms. */
final class PlatformChanges {
    private PlatformChanges() {}

    /** Null where the change is not about a platform. */
    static @Nullable Decision decide(DirectoryState state, DirectoryChange change) {
        if (change instanceof DirectoryChange.AddPlatform add) {
            return add(state, add.platform());
        } else if (change instanceof PatchPlatform patch) {
            return patch(state, patch);
        } else if (change instanceof DirectoryChange.RemovePlatform remove) {
            return remove(state, remove.id());
        }
        return null;
    }

    private static Decision add(DirectoryState state, Platform asked) {
        if (Rows.of(state).platforms().containsKey(asked.id())) {
            throw Refusal.conflict("id", "the platform " + asked.id() + " is there already");
        }
        Platform row = new Platform(
                asked.id(),
                asked.name(),
                asked.adapter(),
                BaseUrl.normal(asked.baseUrl()),
                Origin.CUSTOM,
                asked.enabled(),
                asked.keyless(),
                asked.responseTimeout(),
                asked.headers(),
                asked.quirks(),
                asked.shared(),
                asked.keyPage());
        Checks.name("name", row.name());
        Checks.baseUrl("baseUrl", row.baseUrl(), row.adapter());
        Checks.timeout(row.responseTimeout());
        Checks.headers(row.headers());
        Checks.limits(row.shared());
        Checks.label("keyPage", row.keyPage());
        return new Decision.Happens(
                new Fact.PlatformAdded(row),
                new AuditFields()
                        .both("name", null, row.name())
                        .both("adapter", null, row.adapter().wire())
                        .both("baseUrl", null, row.baseUrl())
                        .as("platform.add", row.id().value()));
    }

    private static Decision patch(DirectoryState state, PatchPlatform asked) {
        Platform row = known(state, asked.id());
        String url = asked.baseUrl() == null ? null : BaseUrl.normal(asked.baseUrl());
        PatchPlatform patch = new PatchPlatform(
                asked.id(),
                asked.name(),
                asked.adapter(),
                url,
                asked.enabled(),
                liftsNothing(row, asked) ? null : asked.responseTimeout(),
                asked.shared());
        Checks.name("name", patch.name());
        AdapterKind adapter = patch.adapter() == null ? row.adapter() : patch.adapter();
        if (url != null) {
            Checks.baseUrl("baseUrl", url, adapter);
        } else if (adapter != row.adapter()) {
            Checks.baseUrl("adapter", row.baseUrl(), adapter);
        }
        if (!PatchPlatform.NO_TIMEOUT.equals(patch.responseTimeout())) {
            Checks.timeout(patch.responseTimeout());
        }
        Checks.limits(patch.shared());
        return chosen(state, row, patch);
    }

    private static boolean liftsNothing(Platform row, PatchPlatform asked) {
        return row.responseTimeout() == null && PatchPlatform.NO_TIMEOUT.equals(asked.responseTimeout());
    }

    private static Decision chosen(DirectoryState state, Platform row, PatchPlatform patch) {
        PatchPlatform old = state.choices().platforms().get(row.id());
        PatchPlatform none = new PatchPlatform(row.id(), null, null, null, null, null, null);
        if (Choices.merge(old == null ? none : old, patch).equals(old == null ? none : old)) {
            return Decision.Unchanged.INSTANCE;
        }
        return new Decision.Happens(
                new Fact.PlatformPatched(patch),
                new AuditFields()
                        .changed("name", row.name(), patch.name())
                        .changed("adapter", row.adapter(), patch.adapter())
                        .changed("baseUrl", row.baseUrl(), patch.baseUrl())
                        .changed("enabled", row.enabled(), patch.enabled())
                        .changed("responseTimeout", row.responseTimeout(), patch.responseTimeout())
                        .changed("shared", row.shared(), patch.shared())
                        .as("platform.change", row.id().value()));
    }

    private static Decision remove(DirectoryState state, PlatformId id) {
        Platform row = known(state, id);
        if (row.origin() == Origin.BUILTIN) {
            return row.enabled() ? chosen(state, row, Rows.onlyEnabled(id, false)) : Decision.Unchanged.INSTANCE;
        }
        return new Decision.Happens(
                new Fact.PlatformRemoved(id),
                new AuditFields()
                        .both("name", row.name(), null)
                        .both("baseUrl", row.baseUrl(), null)
                        .as("platform.remove", id.value()));
    }

    private static Platform known(DirectoryState state, PlatformId id) {
        Platform row = Rows.of(state).platforms().get(id);
        if (row == null) {
            throw Refusal.notFound("platform " + id);
        }
        return row;
    }
}
