package dev.switchboard.node.directory;

import dev.switchboard.protocol.directory.DirectoryChange;
import dev.switchboard.protocol.directory.DirectoryChange.PatchModel;
import dev.switchboard.protocol.directory.Model;
import dev.switchboard.protocol.directory.Origin;
import dev.switchboard.protocol.domain.ModelRef;
import org.jspecify.annotations.Nullable;

/** Decides on changes of models. */
final class ModelChanges {
    private ModelChanges() {}

    /** Null where the change is not about a model. */
    static @Nullable Decision decide(DirectoryState state, DirectoryChange change) {
        if (change instanceof DirectoryChange.AddModel add) {
            return add(state, add.model());
        } else if (change instanceof PatchModel patch) {
            return patch(state, patch);
        } else if (change instanceof DirectoryChange.RemoveModel remove) {
            return remove(state, remove.ref());
        }
        return null;
    }

    /** A priority of 0 or less in the asked row means the place by rank. */
    private static Decision add(DirectoryState state, Model asked) {
        Rows rows = Rows.of(state);
        ModelRef ref = asked.ref();
        Checks.name("id", ref.id());
        if (!rows.platforms().containsKey(ref.platform())) {
            throw Refusal.invalid("platform", "is unknown: " + ref.platform());
        }
        if (rows.models().containsKey(ref)) {
            throw Refusal.conflict("id", "the model " + ref + " is there already");
        }
        Model row = new Model(
                ref,
                asked.name(),
                asked.intelligenceRank(),
                asked.speedRank(),
                asked.contextWindow(),
                asked.limits(),
                asked.tools(),
                asked.vision(),
                asked.enabled(),
                asked.priority(),
                Origin.CUSTOM,
                asked.sizeLabel(),
                asked.monthlyTokenBudget(),
                asked.embedding());
        Checks.name("name", row.name());
        Checks.rank(row.intelligenceRank());
        Checks.window(row.contextWindow());
        Checks.limits(row.limits());
        Checks.label("sizeLabel", row.sizeLabel());
        Checks.label("monthlyTokenBudget", row.monthlyTokenBudget());
        Integer priority = row.priority() > 0 ? row.priority() : null;
        Checks.priority(priority);
        return new Decision.Happens(
                new Fact.ModelAdded(row, priority),
                new AuditFields()
                        .both("name", null, row.name())
                        .both("intelligenceRank", null, row.intelligenceRank())
                        .both("contextWindow", null, row.contextWindow())
                        .as("model.add", ref.toString()));
    }

    private static Decision patch(DirectoryState state, PatchModel patch) {
        Model row = known(state, patch.ref());
        Checks.name("name", patch.name());
        Checks.rank(patch.intelligenceRank());
        Checks.window(patch.contextWindow());
        Checks.limits(patch.limits());
        Checks.label("monthlyTokenBudget", patch.monthlyTokenBudget());
        return chosen(state, row, patch);
    }

    private static Decision chosen(DirectoryState state, Model row, PatchModel asked) {
        PatchModel patch = liftsNothing(row, asked) ? withoutBudget(asked) : asked;
        PatchModel old = state.choices().models().get(row.ref());
        PatchModel none = new PatchModel(row.ref(), null, null, null, null, null, null, null, null);
        if (Choices.merge(old == null ? none : old, patch).equals(old == null ? none : old)) {
            return Decision.Unchanged.INSTANCE;
        }
        return new Decision.Happens(
                new Fact.ModelPatched(patch),
                new AuditFields()
                        .changed("name", row.name(), patch.name())
                        .changed("intelligenceRank", row.intelligenceRank(), patch.intelligenceRank())
                        .changed("contextWindow", row.contextWindow(), patch.contextWindow())
                        .changed("limits", row.limits(), patch.limits())
                        .changed("tools", row.tools(), patch.tools())
                        .changed("vision", row.vision(), patch.vision())
                        .changed("enabled", row.enabled(), patch.enabled())
                        .changed("monthlyTokenBudget", row.monthlyTokenBudget(), patch.monthlyTokenBudget())
                        .as("model.change", row.ref().toString()));
    }

    private static boolean liftsNothing(Model row, PatchModel asked) {
        return row.monthlyTokenBudget() == null && PatchModel.NO_BUDGET.equals(asked.monthlyTokenBudget());
    }

    private static PatchModel withoutBudget(PatchModel patch) {
        return new PatchModel(
                patch.ref(),
                patch.name(),
                patch.intelligenceRank(),
                patch.contextWindow(),
                patch.limits(),
                patch.tools(),
                patch.vision(),
                patch.enabled(),
                null);
    }

    private static Decision remove(DirectoryState state, ModelRef ref) {
        Model row = known(state, ref);
        if (row.origin() == Origin.BUILTIN) {
            return row.enabled() ? chosen(state, row, Rows.onlyEnabled(ref, false)) : Decision.Unchanged.INSTANCE;
        }
        return new Decision.Happens(
                new Fact.ModelRemoved(ref),
                new AuditFields().both("name", row.name(), null).as("model.remove", ref.toString()));
    }

    private static Model known(DirectoryState state, ModelRef ref) {
        Model row = Rows.of(state).models().get(ref);
        if (row == null) {
            throw Refusal.notFound("model " + ref);
        }
        return row;
    }
}
