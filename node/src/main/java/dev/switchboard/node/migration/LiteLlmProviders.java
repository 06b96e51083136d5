package dev.switchboard.node.migration;

import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The providers that LiteLLM names before a model's slash, as platforms. */
final class LiteLlmProviders {
    /**
     * One of them.
     *
     * @param platform its id here
     * @param baseUrl null where the platform is built in, or where the file has to name it
     * @param keyVariable the variable that LiteLLM reads where the file names no key
     */
    record Provider(String platform, String name, String adapter, @Nullable String baseUrl, String keyVariable) {}

    /** Those that speak no format that Switchboard does. */
    static final Set<String> FOREIGN = Set.of(
            "azure",
            "azure_ai",
            "azure_text",
            "bedrock",
            "vertex_ai",
            "vertex_ai_beta",
            "sagemaker",
            "sagemaker_chat",
            "watsonx",
            "replicate",
            "databricks",
            "snowflake",
            "oci",
            "sap",
            "petals",
            "nlp_cloud",
            "aleph_alpha",
            "triton",
            "predibase",
            "custom",
            "langgraph",
            "github_copilot");

    private static final Map<String, Provider> ALL = new HashMap<>();

    static {
        builtIn("gemini", "google", "GEMINI_API_KEY");
        builtIn("groq", "groq", "GROQ_API_KEY");
        builtIn("cerebras", "cerebras", "CEREBRAS_API_KEY");
        builtIn("nvidia_nim", "nvidia", "NVIDIA_NIM_API_KEY");
        builtIn("mistral", "mistral", "MISTRAL_API_KEY");
        builtIn("openrouter", "openrouter", "OPENROUTER_API_KEY");
        builtIn("github", "github", "GITHUB_API_KEY");
        builtIn("cohere", "cohere", "COHERE_API_KEY");
        builtIn("cohere_chat", "cohere", "COHERE_API_KEY");
        builtIn("cloudflare", "cloudflare", "CLOUDFLARE_API_KEY");
        builtIn("huggingface", "huggingface", "HF_TOKEN");
        builtIn("zai", "zai", "ZAI_API_KEY");
        builtIn("zhipu", "zhipu", "ZHIPU_API_KEY");
        builtIn("volcengine", "volcengine", "VOLCENGINE_API_KEY");
        builtIn("siliconflow", "siliconflow", "SILICONFLOW_API_KEY");
        added("openai", "OpenAI", "https://api.openai.com/v1", "OPENAI_API_KEY");
        added("anthropic", "Anthropic", "https://api.anthropic.com/v1", "ANTHROPIC_API_KEY");
        added("deepseek", "DeepSeek", "https://api.deepseek.com/v1", "DEEPSEEK_API_KEY");
        added("xai", "xAI", "https://api.x.ai/v1", "XAI_API_KEY");
        added("together_ai", "Together AI", "https://api.together.xyz/v1", "TOGETHERAI_API_KEY");
        added("fireworks_ai", "Fireworks AI", "https://api.fireworks.ai/inference/v1", "FIREWORKS_AI_API_KEY");
        added("perplexity", "Perplexity", "https://api.perplexity.ai", "PERPLEXITYAI_API_KEY");
        added("sambanova", "SambaNova", "https://api.sambanova.ai/v1", "SAMBANOVA_API_KEY");
        added("deepinfra", "DeepInfra", "https://api.deepinfra.com/v1/openai", "DEEPINFRA_API_KEY");
        added("moonshot", "Moonshot AI", "https://api.moonshot.ai/v1", "MOONSHOT_API_KEY");
        added("minimax", "MiniMax", "https://api.minimax.io/v1", "MINIMAX_API_KEY");
        added("dashscope", "DashScope", "https://dashscope-intl.aliyuncs.com/compatible-mode/v1", "DASHSCOPE_API_KEY");
        added("codestral", "Codestral", "https://codestral.mistral.ai/v1", "CODESTRAL_API_KEY");
        added("nebius", "Nebius", "https://api.studio.nebius.ai/v1", "NEBIUS_API_KEY");
        added("novita", "Novita", "https://api.novita.ai/v3/openai", "NOVITA_API_KEY");
        added("hyperbolic", "Hyperbolic", "https://api.hyperbolic.xyz/v1", "HYPERBOLIC_API_KEY");
        added("ollama", "Ollama", "http://localhost:11434/v1", "OLLAMA_API_KEY");
        ALL.put("ollama_chat", ALL.get("ollama"));
        for (String own : Set.of(
                "hosted_vllm",
                "vllm",
                "lm_studio",
                "llamafile",
                "openai_like",
                "custom_openai",
                "litellm_proxy",
                "text-completion-openai",
                "xinference",
                "docker_model_runner",
                "lemonade")) {
            ALL.put(own, new Provider(own, "", "openai", null, "OPENAI_LIKE_API_KEY"));
        }
    }

    private LiteLlmProviders() {}

    private static void builtIn(String prefix, String platform, String keyVariable) {
        String adapter =
                switch (platform) {
                    case "google", "cohere", "cloudflare" -> platform;
                    default -> "openai";
                };
        ALL.put(prefix, new Provider(platform, "", adapter, null, keyVariable));
    }

    private static void added(String prefix, String name, String baseUrl, String keyVariable) {
        ALL.put(prefix, new Provider(prefix.replace('_', '-'), name, "openai", baseUrl, keyVariable));
    }

    static @Nullable Provider of(String prefix) {
        return ALL.get(prefix);
    }

    /** The provider that LiteLLM takes for a model without a slash; null where it is not plain. */
    static @Nullable String ofBareModel(String model) {
        if (model.matches("(gpt-|o[1-9]|chatgpt-|text-embedding-|ft:gpt-).*")) {
            return "openai";
        } else if (model.startsWith("claude-")) {
            return "anthropic";
        } else if (model.matches("(command-|embed-).*")) {
            return "cohere";
        }
        return null;
    }
}
