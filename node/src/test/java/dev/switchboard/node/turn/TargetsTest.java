package dev.switchboard.node.turn;

import static org.assertj.core.api.Assertions.assertThat;

import akka.util.ByteString;
import dev.switchboard.node.chat.ChatRequest;
import dev.switchboard.node.chat.InvalidRequest;
import dev.switchboard.node.routing.Target;
import dev.switchboard.protocol.directory.AdapterKind;
import dev.switchboard.protocol.directory.DirectorySnapshot;
import dev.switchboard.protocol.directory.Model;
import dev.switchboard.protocol.directory.Origin;
import dev.switchboard.protocol.directory.Platform;
import dev.switchboard.protocol.directory.Quirks;
import dev.switchboard.protocol.domain.Limits;
import dev.switchboard.protocol.domain.Mode;
import dev.switchboard.protocol.domain.ModelRef;
import dev.switchboard.protocol.domain.PlatformId;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TargetsTest {
    private static final ModelRef LARGE = ModelRef.of("alpha", "a-large");
    private static final ModelRef SHARED_ONE = ModelRef.of("alpha", "openai/gpt-oss");
    private static final ModelRef SHARED_TWO = ModelRef.of("beta", "openai/gpt-oss");

    private final DirectorySnapshot directory = new DirectorySnapshot(
            1,
            List.of(platform("alpha", true), platform("beta", true)),
            List.of(
                    model(LARGE, 1, 100, true),
                    model(SHARED_ONE, 2, 1000, true),
                    model(SHARED_TWO, 3, 2000, true),
                    model(ModelRef.of("beta", "off"), 4, 1000, false)),
            List.of(),
            Map.of(),
            null,
            null);

    @ParameterizedTest
    @CsvSource({
        "auto, BALANCED",
        "auto-smart, SMART",
        "auto-fast, FAST",
        "freellmapi/auto-fast, FAST",
        "switchboard/auto, BALANCED"
    })
    void virtualModelsNameAMode(String name, Mode mode) throws InvalidRequest {
        assertThat(resolve("\"model\":\"" + name + "\"")).isEqualTo(new Targets.Found(new Target.Auto(mode), name));
    }

    @Test
    void noModelMeansAuto() throws InvalidRequest {
        assertThat(resolve("\"model\":null")).isEqualTo(new Targets.Found(new Target.Auto(Mode.BALANCED), "auto"));
    }

    @Test
    void aBareIdMeansThatModelOnEveryPlatformAndAPlatformOnlyItsOwn() throws InvalidRequest {
        assertThat(resolve("\"model\":\"openai/gpt-oss\""))
                .isEqualTo(new Targets.Found(
                        new Target.Explicit(List.of(SHARED_ONE, SHARED_TWO), false, Mode.BALANCED), "openai/gpt-oss"));
        assertThat(resolve("\"model\":\"beta/openai/gpt-oss\""))
                .isEqualTo(new Targets.Found(
                        new Target.Explicit(List.of(SHARED_TWO), false, Mode.BALANCED), "beta/openai/gpt-oss"));
    }

    @Test
    void aListIsTriedInItsOrderAndMayEndInTheChain() throws InvalidRequest {
        assertThat(resolve("\"models\":[\"beta/openai/gpt-oss\",\"nothing\",\"a-large\"]"))
                .isEqualTo(new Targets.Found(
                        new Target.Explicit(List.of(SHARED_TWO, LARGE), false, Mode.BALANCED),
                        "beta/openai/gpt-oss,nothing,a-large"));
        assertThat(resolve("\"models\":[\"a-large\",\"auto-fast\"]"))
                .isEqualTo(
                        new Targets.Found(new Target.Explicit(List.of(LARGE), true, Mode.FAST), "a-large,auto-fast"));
    }

    @Test
    void unknownAndDisabledModelsAreNotFoundAndNearNamesAreNamed() throws InvalidRequest {
        Targets.Refused typo = (Targets.Refused) resolve("\"model\":\"a-lagre\"");
        assertThat(typo.refusal().status()).isEqualTo(404);
        assertThat(typo.refusal().code()).isEqualTo("model_not_found");
        assertThat(typo.refusal().message()).contains("a-large");
        Targets.Refused disabled = (Targets.Refused) resolve("\"model\":\"beta/off\"");
        assertThat(disabled.refusal().status()).isEqualTo(404);
        assertThat(disabled.refusal().message()).contains("beta/openai/gpt-oss").doesNotContain(", beta/off");
        Targets.Refused far = (Targets.Refused) resolve("\"model\":\"GPT-OSS-120b-" + "x".repeat(5_000) + "\"");
        assertThat(far.refusal().message()).contains("The nearest are ").hasSizeLessThan(500);
    }

    @Test
    void aPromptTooLongForAnExplicitModelIsRefusedAtOnce() throws InvalidRequest {
        Targets.Refused refused =
                (Targets.Refused) Targets.resolve(chat("\"model\":\"a-large\"", "x".repeat(1000)), directory, false);
        assertThat(refused.refusal().status()).isEqualTo(400);
        assertThat(refused.refusal().code()).isEqualTo("context_length_exceeded");
    }

    @Test
    void modelsThatCanBeServedAreSuggestedBeforeThoseThatWaitForAKey() {
        DirectorySnapshot some = new DirectorySnapshot(
                1,
                List.of(platform("alpha", true), platform("beta", false)),
                List.of(model(LARGE, 1, 100, true), model(SHARED_TWO, 3, 2000, true)),
                List.of(),
                Map.of(),
                null,
                null);
        assertThat(message("a-lage", some)).endsWith("Did you mean a-large?");
        assertThat(message("openai/gpt-os", some))
                .contains("Did you mean openai/gpt-oss, beta/openai/gpt-oss, which has no usable provider key yet?")
                .contains("Of those that can be served, the nearest are ");
    }

    private static String message(String name, DirectorySnapshot directory) {
        try {
            Targets.Resolved resolved = Targets.resolve(chat("\"model\":\"" + name + "\"", "hi"), directory, false);
            return ((Targets.Refused) resolved).refusal().message();
        } catch (InvalidRequest e) {
            throw new AssertionError(e);
        }
    }

    private static Platform platform(String id, boolean keyless) {
        return new Platform(
                new PlatformId(id),
                id,
                AdapterKind.OPENAI,
                "http://x",
                Origin.CUSTOM,
                true,
                keyless,
                null,
                Map.of(),
                Quirks.NONE,
                Limits.NONE,
                null);
    }

    private Targets.Resolved resolve(String fields) throws InvalidRequest {
        return Targets.resolve(chat(fields, "hi"), directory, false);
    }

    private static ChatRequest chat(String fields, String text) throws InvalidRequest {
        return ChatRequest.parse(ByteString.fromString(
                "{" + fields + ",\"messages\":[{\"role\":\"user\",\"content\":\"" + text + "\"}]}"));
    }

    private static Model model(ModelRef ref, int priority, int window, boolean enabled) {
        return new Model(
                ref,
                ref.id(),
                priority,
                1,
                window,
                Limits.NONE,
                true,
                true,
                enabled,
                priority,
                Origin.CUSTOM,
                null,
                null);
    }
}
