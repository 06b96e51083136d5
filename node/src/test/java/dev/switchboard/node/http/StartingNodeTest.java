package dev.switchboard.node.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import akka.http.javadsl.model.HttpRequest;
import akka.http.javadsl.model.headers.RawHeader;
import dev.switchboard.protocol.directory.DirectorySnapshot;
import java.time.Clock;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

/** A node that serves before it knows its keys calls no key wrong: a client, or a signed-in browser, would give up. */
class StartingNodeTest {
    private final AtomicReference<String> apiKey = new AtomicReference<>();
    private final AtomicReference<String> adminKey = new AtomicReference<>();
    private final AccessKeys keys = new AccessKeys(apiKey::get, adminKey::get);
    private final Doorkeeper doorkeeper = new Doorkeeper(
            keys, null, List.of(), new KeyRefusals(row -> {}, () -> DirectorySnapshot.EMPTY, Clock.systemUTC()));

    private static int refusal(ThrowingCallable call) {
        return catchThrowableOfType(ApiError.class, call).status();
    }

    private ThrowingCallable admit(Access access) {
        return () -> doorkeeper.admit(access, HttpRequest.GET("/").addHeader(bearer("sb-key")));
    }

    private static RawHeader bearer(String key) {
        return RawHeader.create("Authorization", "Bearer " + key);
    }

    @Test
    void isOverloadedUntilItsKeysAreKnownAndRefusesWrongOnesFromThenOn() {
        assertThat(refusal(admit(Access.API))).isEqualTo(503);
        assertThat(refusal(admit(Access.ADMIN))).isEqualTo(503);
        apiKey.set("sb-other");
        adminKey.set("sb-admin-other");
        assertThat(refusal(admit(Access.API))).isEqualTo(401);
        assertThat(refusal(admit(Access.ADMIN))).isEqualTo(401);
        apiKey.set("sb-key");
        assertThat(doorkeeper.admit(Access.API, HttpRequest.GET("/").addHeader(bearer("sb-key"))))
                .isNotNull();
    }
}
