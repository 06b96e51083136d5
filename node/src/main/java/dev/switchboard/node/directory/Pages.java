package dev.switchboard.node.directory;

import akka.actor.typed.ActorRef;
import dev.switchboard.protocol.directory.ApiKey;
import dev.switchboard.protocol.directory.DirectoryCommand;
import dev.switchboard.protocol.directory.DirectorySnapshot;
import dev.switchboard.protocol.directory.DirectoryUpdate.Page;
import dev.switchboard.protocol.directory.Grants;
import dev.switchboard.protocol.directory.Model;
import dev.switchboard.protocol.directory.Platform;
import dev.switchboard.protocol.directory.ProviderKey;
import dev.switchboard.protocol.directory.SignIns;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Cuts a directory into pages far below the remoting frame limit, and puts it together again. */
final class Pages {
    /** Estimated characters a page; field names and numbers are in {@link #ROW}. */
    private static final int LARGEST = 60_000;

    private static final int ROW = 400;
    private static final int REVOKED = 60;

    private final DirectorySnapshot directory;
    private final @Nullable ActorRef<DirectoryCommand> acknowledgeTo;
    private final List<Page> pages = new ArrayList<>();
    private List<Platform> platforms = new ArrayList<>();
    private List<Model> models = new ArrayList<>();
    private List<ProviderKey> keys = new ArrayList<>();
    private Map<String, String> settings = Map.of();
    private List<ApiKey> apiKeys = new ArrayList<>();
    private SignIns signIns = SignIns.NONE;
    private int size;

    private Pages(DirectorySnapshot directory, @Nullable ActorRef<DirectoryCommand> acknowledgeTo) {
        this.directory = directory;
        this.acknowledgeTo = acknowledgeTo;
    }

    static List<Page> of(DirectorySnapshot directory, @Nullable ActorRef<DirectoryCommand> acknowledgeTo) {
        return new Pages(directory, acknowledgeTo).cut();
    }

    /** The whole of pages in their order; all are of one version. */
    static DirectorySnapshot whole(List<Page> pages) {
        Page first = pages.get(0);
        return new DirectorySnapshot(
                first.version(),
                pages.stream().flatMap(page -> page.platforms().stream()).toList(),
                pages.stream().flatMap(page -> page.models().stream()).toList(),
                pages.stream().flatMap(page -> page.keys().stream()).toList(),
                first.settings(),
                first.apiKeyCipher(),
                first.adminKeyCipher(),
                new Grants(
                        pages.stream()
                                .flatMap(page -> grants(page).apiKeys().stream())
                                .toList(),
                        grants(first).signIns()));
    }

    private static Grants grants(Page page) {
        Grants grants = page.grants();
        return grants == null ? Grants.NONE : grants;
    }

    private List<Page> cut() {
        settings = directory.settings();
        signIns = directory.grants().signIns();
        size += signIns.revoked().size() * REVOKED;
        settings.forEach((path, value) -> size += path.length() + value.length());
        for (Platform row : directory.platforms().values()) {
            room(ROW + row.toString().length());
            platforms.add(row);
        }
        for (Model row : directory.models()) {
            room(ROW + row.ref().id().length() + row.name().length());
            models.add(row);
        }
        for (ProviderKey row : directory.keys().values()) {
            String reason = row.statusReason();
            room(ROW + row.label().length() + row.cipherText().length() + (reason == null ? 0 : reason.length()));
            keys.add(row);
        }
        for (ApiKey row : directory.grants().apiKeys()) {
            room(ROW + row.name().length() + row.models().toString().length());
            apiKeys.add(row);
        }
        end();
        return pages.stream().map(page -> numbered(page, pages.size())).toList();
    }

    private void room(int row) {
        if (size > 0 && size + row > LARGEST) {
            end();
        }
        size += row;
    }

    private void end() {
        pages.add(new Page(
                directory.version(),
                pages.size(),
                0,
                platforms,
                models,
                keys,
                settings,
                directory.apiKeyCipher(),
                directory.adminKeyCipher(),
                new Grants(apiKeys, signIns),
                acknowledgeTo));
        platforms = new ArrayList<>();
        models = new ArrayList<>();
        keys = new ArrayList<>();
        settings = Map.of();
        apiKeys = new ArrayList<>();
        signIns = SignIns.NONE;
        size = 0;
    }

    private static Page numbered(Page page, int count) {
        return new Page(
                page.version(),
                page.index(),
                count,
                List.copyOf(page.platforms()),
                List.copyOf(page.models()),
                List.copyOf(page.keys()),
                page.settings(),
                page.apiKeyCipher(),
                page.adminKeyCipher(),
                page.grants(),
                page.acknowledgeTo());
    }
}
