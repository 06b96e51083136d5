package dev.switchboard.node.migration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.switchboard.node.migration.Migration.KeyRow;
import dev.switchboard.node.migration.Migration.ModelRow;
import dev.switchboard.node.migration.Migration.Place;
import dev.switchboard.node.migration.Migration.PlatformRow;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LiteLlmTest {
    private static final Map<String, String> BUILT_IN = Map.of(
            "groq", "https://api.groq.com/openai/v1",
            "google", "https://generativelanguage.googleapis.com/v1beta",
            "siliconflow", "https://api.siliconflow.com/v1",
            "cloudflare", "https://api.cloudflare.com/client/v4/accounts/{account}/ai/v1");
    private static final Map<String, String> ENVIRONMENT = Map.of(
            "OPENAI_API_KEY", "sk-openai",
            "ANTHROPIC_API_KEY", "sk-ant",
            "SILICONFLOW_API_KEY", "sk-flow",
            "GROQ_API_KEY", "gsk-of-the-shell");

    @TempDir
    Path folder;

    private static Path realistic() throws Exception {
        return Path.of(LiteLlmTest.class.getResource("/migration/litellm.yaml").toURI());
    }

    private Migration read(String yaml) throws Exception {
        return LiteLlm.read(Files.writeString(folder.resolve("config.yaml"), yaml), BUILT_IN, ENVIRONMENT);
    }

    @Test
    void providersModelsAndKeysOfARealisticFile() throws Exception {
        Migration migration = LiteLlm.read(realistic(), BUILT_IN, ENVIRONMENT);

        assertThat(migration.platforms())
                .containsExactly(
                        new PlatformRow("openai", "OpenAI", "openai", "https://api.openai.com/v1", false),
                        new PlatformRow("anthropic", "Anthropic", "openai", "https://api.anthropic.com/v1", false),
                        new PlatformRow(
                                "gpu.internal-8000",
                                "gpu.internal-8000",
                                "openai",
                                "http://gpu.internal:8000/v1",
                                false),
                        new PlatformRow(
                                "localhost-11434", "localhost-11434", "openai", "http://localhost:11434/v1", true),
                        new PlatformRow(
                                "siliconflow.cn", "siliconflow.cn", "openai", "https://api.siliconflow.cn/v1", false));
        assertThat(migration.models())
                .extracting(ModelRow::ref)
                .containsExactly(
                        "openai/gpt-4o",
                        "anthropic/claude-sonnet-4-5",
                        "groq/llama-3.3-70b-versatile",
                        "google/gemini-2.5-flash",
                        "gpu.internal-8000/llava-hf/llava-v1.6-vicuna-7b-hf",
                        "localhost-11434/llama3.1",
                        "siliconflow.cn/deepseek-ai/DeepSeek-R1-Distill-Qwen-7B",
                        "openai/text-embedding-3-small");
        ModelRow gpt = migration.models().get(0);
        assertThat(gpt.rpm()).isEqualTo(60);
        assertThat(gpt.tpm()).isEqualTo(100_000);
        assertThat(gpt.contextWindow()).isEqualTo(128_000);
        assertThat(gpt.tools()).isTrue();
        assertThat(migration.models().get(4).vision()).isTrue();
        assertThat(migration.models().get(7).embedding()).isTrue();
        assertThat(migration.keys())
                .containsExactly(
                        new KeyRow("openai", "OPENAI_API_KEY", true, "sk-openai"),
                        new KeyRow("openai", "gpt-4o", true, "sk-second-account"),
                        new KeyRow("anthropic", "claude", true, "sk-ant"),
                        new KeyRow("groq", "GROQ_API_KEY", true, "gsk-from-the-file"),
                        new KeyRow("gpu.internal-8000", "local-vision", true, "fake-key"),
                        new KeyRow("siliconflow.cn", "SILICONFLOW_API_KEY", true, "sk-flow"));
    }

    @Test
    void theChainHasEachModelsFallbacksBehindItAndNoEmbeddings() throws Exception {
        Migration migration = LiteLlm.read(realistic(), BUILT_IN, ENVIRONMENT);

        assertThat(migration.chain())
                .extracting(Place::model)
                .containsExactly(
                        "gpt-4o",
                        "claude-sonnet-4-5",
                        "llama-3.3-70b-versatile",
                        "gemini-2.5-flash",
                        "llava-hf/llava-v1.6-vicuna-7b-hf",
                        "llama3.1",
                        "deepseek-ai/DeepSeek-R1-Distill-Qwen-7B");
    }

    @Test
    void whatHasNoCounterpartIsALineEachAndNoneHoldsASecret() throws Exception {
        Migration migration = LiteLlm.read(realistic(), BUILT_IN, ENVIRONMENT);

        String notes = String.join("\n", migration.notes());
        assertThat(notes)
                .contains(
                        "model 'azure-gpt' (azure/gpt-4o-eu): the provider azure speaks no wire format that is served",
                        "model 'anthropic/*' is a pattern",
                        "model 'dall-e-3' is of mode image_generation",
                        "'fast' is asked for as groq/llama-3.3-70b-versatile here",
                        "the variable NOT_SET_ANYWHERE is not set here: api_key of 'flash' is missing",
                        "no key for google came along",
                        "model 'claude': max_tokens is the caller's to say",
                        "router_settings.fallbacks: one chain for all models is made of them",
                        "router_settings.num_retries = 3: see switchboard.routing.max-attempts",
                        "router_settings.redis_host has no counterpart",
                        "the alias 'gpt-4' has no counterpart",
                        "litellm_settings.request_timeout = 600: see switchboard.upstream.response-timeout",
                        "general_settings has no counterpart",
                        "guardrails has no counterpart")
                .doesNotContain("hidden", "sk-", "gsk-");
        assertThat(migration.notes()).doesNotHaveDuplicates();
        assertThat(migration.toString()).doesNotContain("sk-", "gsk-");
    }

    @Test
    void aCloudflareKeyGetsItsAccountAndTheBuiltInAddressIsRecognized() throws Exception {
        Migration migration = LiteLlm.read(
                Files.writeString(
                        folder.resolve("c.yaml"),
                        """
                        model_list:
                          - model_name: cf
                            litellm_params: { model: "cloudflare/@cf/meta/llama-3.1-8b-instruct", api_key: token }
                          - model_name: g
                            litellm_params: { model: openai/x, api_base: "https://api.groq.com/openai/v1/", api_key: gsk-1 }
                        """),
                BUILT_IN,
                Map.of("CLOUDFLARE_ACCOUNT_ID", "account"));

        assertThat(migration.platforms()).isEmpty();
        assertThat(migration.models())
                .extracting(ModelRow::ref)
                .containsExactly("cloudflare/@cf/meta/llama-3.1-8b-instruct", "groq/x");
        assertThat(migration.keys()).extracting(KeyRow::key).containsExactly("account:token", "gsk-1");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "just text",
                "model_list: 7",
                "[1, 2]",
                "a: [",
                "model_list: [{model_name: x}]",
                "model_list: [{model_name: x, litellm_params: {model: 5}}]",
                "model_list: [{api_key: sk-planted, : }",
                "a: &a [*a]"
            })
    void aFileThatIsNoConfigurationIsRefusedInOneLineWithoutItsContent(String yaml) {
        assertThatThrownBy(() -> read(yaml))
                .isInstanceOf(MigrationException.class)
                .satisfies(
                        e -> assertThat(e.getMessage()).contains("config.yaml").doesNotContain("\n", "sk-planted"));
    }

    @Test
    void aliasesThatExplodeAreRefused() {
        StringBuilder bomb = new StringBuilder("a0: &a0 [x, x, x, x, x, x, x, x, x]\n");
        for (int i = 1; i < 12; i++) {
            String before = "*a" + (i - 1);
            bomb.append(
                    "a%d: &a%d [%s]%n".formatted(i, i, String.join(", ", java.util.Collections.nCopies(9, before))));
        }
        assertThatThrownBy(() -> read(bomb.toString())).isInstanceOf(MigrationException.class);
    }
}
