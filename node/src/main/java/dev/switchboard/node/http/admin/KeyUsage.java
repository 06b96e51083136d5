package dev.switchboard.node.http.admin;

import akka.actor.typed.ActorSystem;
import akka.actor.typed.RecipientRef;
import akka.actor.typed.javadsl.AskPattern;
import dev.switchboard.protocol.directory.DirectorySnapshot;
import dev.switchboard.protocol.domain.KeyId;
import dev.switchboard.protocol.domain.Limits;
import dev.switchboard.protocol.domain.ModelRef;
import dev.switchboard.protocol.domain.PlatformId;
import dev.switchboard.protocol.provider.ProviderCommand;
import dev.switchboard.protocol.provider.ProviderReport;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;

/** Asks the owners of platforms how much of each key's windows is used. */
public final class KeyUsage {
    private static final Duration PATIENCE = Duration.ofMillis(800);

    private final ActorSystem<?> system;
    private final Function<PlatformId, RecipientRef<ProviderCommand>> provider;

    /** {@code provider} finds the owner of a platform. */
    public KeyUsage(ActorSystem<?> system, Function<PlatformId, RecipientRef<ProviderCommand>> provider) {
        this.system = system;
        this.provider = provider;
    }

    /** Requests and tokens of this minute and this UTC day. */
    record Use(long rpm, long rpd, long tpm, long tpd) {
        static final Use NONE = new Use(0, 0, 0, 0);

        Use plus(ProviderReport.WindowUse window) {
            return new Use(rpm + window.rpm(), rpd + window.rpd(), tpm + window.tpm(), tpd + window.tpd());
        }
    }

    /** Use by key over all models; a platform whose owner does not answer in time has none. */
    CompletionStage<Map<KeyId, Use>> of(Set<PlatformId> platforms) {
        CompletionStage<Map<KeyId, Use>> all = CompletableFuture.completedStage(new HashMap<>());
        for (PlatformId platform : platforms) {
            all = all.thenCombineAsync(report(platform), KeyUsage::plus, Runnable::run);
        }
        return all;
    }

    /** The limits that providers stated by model, the narrowest of its keys. */
    CompletionStage<Map<ModelRef, Limits>> learned(DirectorySnapshot directory) {
        CompletionStage<Map<ModelRef, Limits>> all = CompletableFuture.completedStage(new HashMap<>());
        for (PlatformId platform : directory.platforms().keySet()) {
            if (directory.hasUsableKey(platform)) {
                all = all.thenCombineAsync(report(platform), KeyUsage::narrow, Runnable::run);
            }
        }
        return all;
    }

    /** The same for one platform. */
    CompletionStage<Map<ModelRef, Limits>> learned(PlatformId platform) {
        return report(platform).thenApplyAsync(report -> narrow(new HashMap<>(), report), Runnable::run);
    }

    private static Map<ModelRef, Limits> narrow(Map<ModelRef, Limits> sum, ProviderReport report) {
        report.learned().forEach(learned -> sum.merge(learned.model(), learned.limits(), Limits::narrowedBy));
        return sum;
    }

    private static Map<KeyId, Use> plus(Map<KeyId, Use> sum, ProviderReport report) {
        report.windows()
                .forEach(window -> sum.merge(window.key(), Use.NONE.plus(window), (old, fresh) -> old.plus(window)));
        return sum;
    }

    private CompletionStage<ProviderReport> report(PlatformId platform) {
        return AskPattern.<ProviderCommand, ProviderReport>ask(
                        provider.apply(platform), ProviderCommand.Inspect::new, PATIENCE, system.scheduler())
                .exceptionallyAsync(failure -> ProviderReport.empty(platform), Runnable::run);
    }
}
