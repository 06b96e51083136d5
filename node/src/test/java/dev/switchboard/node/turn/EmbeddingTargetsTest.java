package dev.switchboard.node.turn;

import static org.assertj.core.api.Assertions.assertThat;

import akka.util.ByteString;
import dev.switchboard.node.chat.ChatRequest;
import dev.switchboard.node.routing.Target;
import dev.switchboard.protocol.directory.AdapterKind;
import dev.switchboard.protocol.directory.DirectorySnapshot;
import dev.switchboard.protocol.directory.Model;
import dev.switchboard.protocol.directory.Origin;
import dev.switchboard.protocol.directory.Platform;
import dev.switchboard.protocol.directory.Quirks;
import dev.switchboard.protocol.domain.Limits;
import dev.switchboard.protocol.domain.ModelRef;
import dev.switchboard.protocol.domain.PlatformId;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EmbeddingTargetsTest {
    private final DirectorySnapshot directory = new DirectorySnapshot(
            1,
            Stream.of("alpha", "beta", "gamma")
                    .map(EmbeddingTargetsTest::platform)
                    .toList(),
            List.of(
                    model("alpha/@cf/baai/bge-m3", true, true),
                    model("beta/BAAI/bge-m3:free", true, true),
                    model("beta/bge-large", true, true),
                    model("gamma/bge-m3", false, true),
                    model("gamma/baai/bge-m3", true, false)),
            List.of(),
            Map.of(),
            null,
            null);

    private static Platform platform(String id) {
        return new Platform(
                new PlatformId(id),
                id,
                AdapterKind.OPENAI,
                "https://" + id + ".test/v1",
                Origin.CUSTOM,
                true,
                false,
                null,
                Map.of(),
                Quirks.NONE,
                Limits.NONE,
                null);
    }

    private static Model model(String ref, boolean enabled, boolean embedding) {
        return new Model(
                ModelRef.parse(ref),
                ref,
                1,
                1,
                10,
                Limits.NONE,
                false,
                false,
                enabled,
                1,
                Origin.CUSTOM,
                null,
                null,
                embedding);
    }

    private Targets.Resolved resolve(String model, String input) throws Exception {
        ByteString body = ByteString.fromString("{\"model\":\"" + model + "\",\"input\":" + input + "}");
        return Targets.resolve(ChatRequest.embeddings(body), directory, true);
    }

    @ParameterizedTest
    @CsvSource({
        "bge-m3, alpha/@cf/baai/bge-m3 beta/BAAI/bge-m3:free",
        "BAAI/BGE-M3, alpha/@cf/baai/bge-m3 beta/BAAI/bge-m3:free",
        "@cf/baai/bge-m3, alpha/@cf/baai/bge-m3 beta/BAAI/bge-m3:free",
        "alpha/@cf/baai/bge-m3, alpha/@cf/baai/bge-m3",
        "bge-large, beta/bge-large"
    })
    void aNameMeansThatModelWhereverItIsAndAPlatformOnlyItsOwn(String name, String refs) throws Exception {
        assertThat(resolve(name, "\"x\""))
                .isInstanceOfSatisfying(Targets.Found.class, found -> assertThat(found.target())
                        .isInstanceOfSatisfying(Target.Explicit.class, target -> assertThat(target.models())
                                .extracting(ModelRef::toString)
                                .containsExactly(refs.split(" "))));
    }

    @ParameterizedTest
    @CsvSource({"gamma/bge-m3, 404", "alpha/bge-large, 404", "bge, 404", "gamma/baai/bge-m3, 400"})
    void whatThePlatformNamedDoesNotHaveIsNotReplaced(String name, int status) throws Exception {
        assertThat(resolve(name, "\"x\"")).isInstanceOfSatisfying(Targets.Refused.class, refused -> assertThat(
                        refused.refusal().status())
                .isEqualTo(status));
    }

    /** The window of ten tokens is for each text: fifty short ones fit, one of eleven tokens does not. */
    @Test
    void theWindowIsForTheLongestTextNotForAllTogether() throws Exception {
        String texts = "[" + "\"twelve chars\",".repeat(49) + "\"x\"]";
        assertThat(resolve("bge-m3", texts)).isInstanceOf(Targets.Found.class);
        assertThat(resolve("bge-m3", "[\"x\",\"" + "long".repeat(11) + "\"]"))
                .isInstanceOfSatisfying(
                        Targets.Refused.class,
                        refused -> assertThat(refused.refusal().code()).isEqualTo("context_length_exceeded"));
    }
}
