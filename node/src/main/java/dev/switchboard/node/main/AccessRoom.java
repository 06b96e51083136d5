package dev.switchboard.node.main;

import akka.actor.typed.ActorSystem;
import akka.cluster.MemberStatus;
import akka.cluster.typed.Cluster;
import dev.switchboard.node.directory.Directory;
import dev.switchboard.node.http.AccessKeys;
import dev.switchboard.node.http.ApiKeyRules;
import dev.switchboard.node.http.ApiKeys;
import dev.switchboard.node.http.AttemptLimit;
import dev.switchboard.node.http.Doorkeeper;
import dev.switchboard.node.http.Endpoint;
import dev.switchboard.node.http.KeyRefusals;
import dev.switchboard.node.http.SignInTokens;
import dev.switchboard.node.http.admin.ApiKeyEndpoints;
import dev.switchboard.node.http.admin.SignInEndpoints;
import dev.switchboard.node.persistence.JdbcStateStore;
import dev.switchboard.node.quota.QuotaState;
import dev.switchboard.node.quota.Quotas;
import dev.switchboard.node.settings.Settings;
import dev.switchboard.node.vault.Vault;
import dev.switchboard.protocol.directory.ApiKey;
import dev.switchboard.protocol.directory.DirectorySnapshot;
import dev.switchboard.protocol.directory.SignIns;
import dev.switchboard.protocol.domain.ApiKeyId;
import dev.switchboard.protocol.statistics.StatisticsCommand;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Who gets in: the wiring of keys, sign-ins and their endpoints. */
final class AccessRoom {
    private static final Duration ATTEMPTS_IN = Duration.ofMinutes(10);

    private final AccessKeys keys;
    private final Doorkeeper doorkeeper;
    private final ApiKeyRules rules;
    private final KeyRefusals refusals;
    private final List<Endpoint> endpoints = new ArrayList<>();

    AccessRoom(
            ActorSystem<?> system,
            Settings settings,
            Vault vault,
            Directory directory,
            OpenKeys open,
            Consumer<StatisticsCommand> log,
            Clock clock,
            boolean tls) {
        ApiKeys apiKeys = new ApiKeys();
        directory.addListener(apiKeys::take);
        apiKeys.take(directory.snapshot());
        keys = new AccessKeys(open::apiKey, open::adminKey, apiKeys, clock);
        SignInTokens tokens = new SignInTokens(
                sealOf(vault),
                keys::adminDigest,
                () -> signIns(directory),
                settings.auth().signIn().ttl(),
                clock);
        refusals = new KeyRefusals(log, directory::snapshot, clock);
        doorkeeper = new Doorkeeper(keys, tokens, settings.auth().corsOrigins(), refusals);
        AttemptLimit attempts =
                new AttemptLimit(settings.auth().signIn().attempts(), ATTEMPTS_IN, () -> nodesUp(system), clock);
        Quotas quotas = Quotas.init(
                system, new JdbcStateStore<>(system, QuotaState.class), () -> apiKeys(directory.snapshot()), clock);
        rules = new ApiKeyRules(quotas, clock);
        endpoints.addAll(new ApiKeyEndpoints(directory, quotas, clock).endpoints());
        endpoints.addAll(new SignInEndpoints(keys, tokens, directory, attempts, tls, clock).endpoints());
    }

    private static SignInTokens.Seal sealOf(Vault vault) {
        return new SignInTokens.Seal() {
            @Override
            public String of(String text) {
                return vault.seal(text);
            }

            @Override
            public boolean fits(String text, String code) {
                return vault.sealed(text, code);
            }
        };
    }

    private static @Nullable Set<ApiKeyId> apiKeys(DirectorySnapshot directory) {
        return directory.version() == 0
                ? null
                : directory.grants().apiKeys().stream().map(ApiKey::id).collect(Collectors.toSet());
    }

    private static SignIns signIns(Directory directory) {
        SignIns signIns = directory.snapshot().grants().signIns();
        return signIns == null ? SignIns.NONE : signIns;
    }

    private static int nodesUp(ActorSystem<?> system) {
        int up = 0;
        for (var member : Cluster.get(system).state().getMembers()) {
            up += member.status().equals(MemberStatus.up()) ? 1 : 0;
        }
        return up;
    }

    AccessKeys keys() {
        return keys;
    }

    KeyRefusals refusals() {
        return refusals;
    }

    ApiKeyRules rules() {
        return rules;
    }

    Doorkeeper doorkeeper() {
        return doorkeeper;
    }

    List<Endpoint> endpoints() {
        return endpoints;
    }
}
