package dev.switchboard.node.directory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.assertj.core.api.Assertions.entry;
import static org.assertj.core.api.Assertions.tuple;

import dev.switchboard.protocol.directory.AdapterKind;
import dev.switchboard.protocol.directory.KeyCheckRule;
import dev.switchboard.protocol.directory.Model;
import dev.switchboard.protocol.directory.Platform;
import dev.switchboard.protocol.directory.QuirkRule;
import dev.switchboard.protocol.domain.FailureKind;
import dev.switchboard.protocol.domain.ModelRef;
import dev.switchboard.protocol.domain.PlatformId;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CatalogReaderTest {
    private static final String PLATFORM =
            "groq\tGroq\topenai\thttps://api.groq.com/v1\tbearer\t1\t60s\tX-A: b|X-C: d\tseed=random_seed\tlogprobs,top_k"
                    + "\tparallel_tool_calls=false\t400\t16\t100\teffort=low|high\trole,content\t403=model_unavailable"
                    + "\t[{\"model\":\"a*\",\"set\":{\"n\":1},\"responseTimeout\":\"9s\"}]\t../models"
                    + "\tGET ../key good=2xx,402 bad=401 every=24h\t7000\t40\t-\t-\t1000\t3\thttps://groq.com\tnotes, free text";
    private static final String MODEL =
            "groq\topenai/gpt\tGPT\t6\t2\t131072\t30\t1000\t8000\t-\t1\t0\t1\tLarge\t~6M\t1";

    @Test
    void theCatalogueOfTheJarIsWhole() throws Exception {
        Catalog catalog = CatalogReader.builtin();
        Layer rows = Layer.of(catalog.platforms(), catalog.models());

        assertThat(catalog.platforms()).hasSize(40);
        assertThat(catalog.models()).hasSize(108);
        assertThat(rows.platforms())
                .containsKeys(new PlatformId("google"), new PlatformId("longcat"), DemoPlatform.ID)
                .doesNotContainKeys(new PlatformId("sambanova"), new PlatformId("custom"));
        assertThat(catalog.platforms().stream()
                        .filter(row -> row.keyless() && row.enabled())
                        .map(Platform::id))
                .as("platforms that answer without a key and without anybody's choice")
                .containsExactly(DemoPlatform.ID);
        assertThat(rows.models())
                .containsKeys(new ModelRef(DemoPlatform.ID, "echo"), new ModelRef(DemoPlatform.ID, "lorem"))
                .containsKey(ModelRef.parse("openrouter/meta-llama/llama-3.3-70b-instruct:free"));
        assertThat(catalog.models().stream()
                        .filter(Model::embedding)
                        .map(row -> row.ref().platform().value()))
                .as("platforms with embeddings")
                .contains("google", "cohere", "mistral", "github", "cloudflare", "nvidia", "siliconflow");
        assertThat(platform(rows, "google").adapter()).isEqualTo(AdapterKind.GOOGLE);
        assertThat(platform(rows, "cohere").adapter()).isEqualTo(AdapterKind.COHERE);
        assertThat(platform(rows, "cloudflare").baseUrl())
                .isEqualTo("https://api.cloudflare.com/client/v4/accounts/{account}/ai/v1");
        assertThat(platform(rows, "cloudflare").quirks().maxTokensDefault()).isEqualTo(8192);
        assertThat(platform(rows, "mistral").quirks().rename()).containsEntry("seed", "random_seed");
        assertThat(platform(rows, "github").quirks().maxTokensCeiling()).isEqualTo(400);
        assertThat(platform(rows, "nvidia").responseTimeout()).isEqualTo(Duration.ofMinutes(3));
        assertThat(platform(rows, "nvidia").shared().rpm()).isEqualTo(40);
        assertThat(platform(rows, "openrouter").shared().rpd()).isEqualTo(1_000);
    }

    @Test
    void readsEveryColumn() throws Exception {
        Catalog catalog = CatalogReader.read(files(PLATFORM, MODEL)::get);
        Platform platform = catalog.platforms().get(0);
        assertThat(platform.headers()).containsExactlyInAnyOrderEntriesOf(Map.of("X-A", "b", "X-C", "d"));
        assertThat(platform.quirks().refuse()).containsExactly("logprobs", "top_k");
        assertThat(platform.quirks().force()).containsEntry("parallel_tool_calls", "false");
        assertThat(platform.quirks().maxTokensFloor()).isEqualTo(16);
        assertThat(platform.quirks().allow()).containsExactly(entry("effort", List.of("low", "high")));
        assertThat(platform.quirks().messageFields()).containsExactly("role", "content");
        assertThat(platform.quirks().errors()).containsExactly(entry("403", FailureKind.MODEL_UNAVAILABLE));
        assertThat(platform.quirks().rules())
                .containsExactly(new QuirkRule(
                        "a*", false, Map.of(), Map.of("n", "1"), List.of(), Map.of(), Duration.ofSeconds(9)));
        assertThat(platform.quirks().modelsPath()).isEqualTo("../models");
        assertThat(platform.quirks().keyCheck())
                .isEqualTo(
                        new KeyCheckRule("../key", null, List.of("2xx", "402"), List.of("401"), Duration.ofHours(24)));
        assertThat(platform.quirks().maxPromptTokens()).isEqualTo(7_000);
        assertThat(platform.shared().tpd()).isEqualTo(1_000);
        assertThat(platform.shared().concurrent()).isEqualTo(3);
        assertThat(platform.shared().tpm()).isNull();
        Model model = catalog.models().get(0);
        assertThat(model.ref()).isEqualTo(ModelRef.parse("groq/openai/gpt"));
        assertThat(List.of(model.tools(), model.vision(), model.enabled())).containsExactly(true, false, true);
        assertThat(model.embedding()).isTrue();
        assertThat(model.limits().rpd()).isEqualTo(1_000);
    }

    @ParameterizedTest
    @CsvSource({
        "platforms.tsv, id, groq, Gr oq",
        "platforms.tsv, id, groq, demo",
        "platforms.tsv, name, Groq, -",
        "platforms.tsv, adapter, openai, soap",
        "platforms.tsv, base_url, https://api.groq.com/v1, ftp://api.groq.com",
        "platforms.tsv, base_url, https://api.groq.com/v1, https://api.groq.com/v1/",
        "platforms.tsv, base_url, https://api.groq.com/v1, https://x/{account}/v1",
        "platforms.tsv, auth, bearer, x-goog-api-key",
        "platforms.tsv, response_timeout, 60s, soon",
        "platforms.tsv, headers, X-A: b|X-C: d, X-A",
        "platforms.tsv, rename, seed=random_seed, seed",
        "platforms.tsv, max_tokens_ceiling, 400, 0",
        "platforms.tsv, max_tokens_floor, 16, 500",
        "platforms.tsv, errors, 403=model_unavailable, 403=odd",
        "platforms.tsv, models_path, ../models, http:// x",
        "platforms.tsv, key_check, 'GET ../key good=2xx,402 bad=401 every=24h', POST ../key",
        "platforms.tsv, key_check, 'GET ../key good=2xx,402 bad=401 every=24h', GET ../key good=fine",
        "platforms.tsv, key_check, 'GET ../key good=2xx,402 bad=401 every=24h', GET ../key every=1d",
        "platforms.tsv, rpm, 40, -3",
        "platforms.tsv, concurrent, 3, 0",
        "models.tsv, platform, groq, unknown",
        "models.tsv, id, openai/gpt, -",
        "models.tsv, name, GPT, -",
        "models.tsv, intelligence_rank, 6, 0",
        "models.tsv, context_window, 131072, many",
        "models.tsv, rpm, 30, 0",
        "models.tsv, tpm, 8000, 9999999999999999999999",
    })
    void namesFileLineAndField(String file, String field, String good, String bad) {
        boolean platforms = file.startsWith("platforms");
        List<CatalogProblem> problems = problems(
                files(platforms ? cell(PLATFORM, good, bad) : PLATFORM, platforms ? MODEL : cell(MODEL, good, bad)));
        assertThat(problems.get(0).file()).isEqualTo(file);
        assertThat(problems.get(0).line()).isEqualTo(2);
        assertThat(problems.get(0).field()).isEqualTo(field);
        assertThat(problems.get(0).toString()).startsWith(file + ":2: " + field + ": ");
    }

    @ParameterizedTest
    @ValueSource(strings = {"{}", "[{\"modell\":\"a\"}]", "[{\"responseTimeout\":\"soon\"}]", "[", "[7]"})
    void rulesThatAreNoneAreRefused(String rules) {
        String row = PLATFORM.replaceAll("\t\\[\\{.*?}]\t", "\t" + Matcher.quoteReplacement(rules) + "\t");
        assertThat(problems(files(row, MODEL)))
                .extracting(CatalogProblem::field)
                .contains("rules");
    }

    @Test
    void duplicatesAreRefused() {
        List<CatalogProblem> problems = problems(files(PLATFORM + "\n# comment\n\n" + PLATFORM, MODEL + "\n" + MODEL));
        assertThat(problems)
                .extracting(CatalogProblem::file, CatalogProblem::line, CatalogProblem::field)
                .containsExactly(tuple("platforms.tsv", 5, "id"), tuple("models.tsv", 3, "id"));
    }

    @Test
    void aFlagIsZeroOrOne() {
        assertThat(problems(files(PLATFORM, MODEL.replace("\t1\t0\t1\t", "\tyes\t0\t1\t"))))
                .extracting(CatalogProblem::field)
                .containsExactly("tools");
    }

    @Test
    void allProblemsAreNamedAtOnce() {
        Map<String, String> files = files(cell(PLATFORM, "40", "0"), MODEL + "\tmore");
        files.put("version", "latest");
        assertThat(problems(files))
                .extracting(CatalogProblem::file)
                .containsExactly("version", "platforms.tsv", "models.tsv");
    }

    @Test
    void aFileWithoutItsHeadIsRefused() {
        Map<String, String> files = files(PLATFORM, MODEL);
        files.put("models.tsv", "");
        assertThat(problems(files))
                .extracting(CatalogProblem::file, CatalogProblem::line)
                .containsExactly(tuple("models.tsv", 1));
    }

    @Test
    void versionsAreOrderedByNumber() {
        assertThat(CatalogVersion.isOlder("2026-9-1", "2026-11-1")).isTrue();
        assertThat(CatalogVersion.isOlder("2026-11-2", "2026-11-10")).isTrue();
        assertThat(CatalogVersion.isOlder("2026-11-1", "2026-11-1")).isFalse();
        assertThat(CatalogVersion.isOlder("2027-1-1", "2026-12-9")).isFalse();
        assertThat(CatalogVersion.isValid("2026-11")).isFalse();
    }

    private static Platform platform(Layer rows, String id) {
        Platform row = rows.platforms().get(new PlatformId(id));
        assertThat(row).as(id).isNotNull();
        return row;
    }

    private static String cell(String row, String good, String bad) {
        String changed = ("\t" + row + "\t").replace("\t" + good + "\t", "\t" + bad + "\t");
        assertThat(changed).isNotEqualTo("\t" + row + "\t");
        return changed.substring(1, changed.length() - 1);
    }

    private static Map<String, String> files(String platforms, String models) {
        Map<String, String> files = new HashMap<>();
        files.put("version", "2026-11-1\n");
        files.put("platforms.tsv", String.join("\t", CatalogReader.PLATFORM_COLUMNS) + "\n" + platforms + "\n");
        files.put("models.tsv", String.join("\t", CatalogReader.MODEL_COLUMNS) + "\n" + models + "\n");
        return files;
    }

    private static List<CatalogProblem> problems(Map<String, String> files) {
        return catchThrowableOfType(MalformedCatalogException.class, () -> CatalogReader.read(files::get))
                .problems();
    }
}
