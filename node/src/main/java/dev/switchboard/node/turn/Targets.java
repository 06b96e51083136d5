package dev.switchboard.node.turn;

import dev.switchboard.node.chat.ChatRequest;
import dev.switchboard.node.routing.Target;
import dev.switchboard.node.settings.NearestName;
import dev.switchboard.protocol.directory.DirectorySnapshot;
import dev.switchboard.protocol.directory.Model;
import dev.switchboard.protocol.domain.Mode;
import dev.switchboard.protocol.domain.ModelRef;
import dev.switchboard.protocol.domain.PlatformId;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Turns the caller's words for a model into a target (contract.md §3). */
public final class Targets {
    /** The virtual models, in the order they are listed. */
    public static final Map<String, Mode> VIRTUAL = virtual();

    private static final List<String> PREFIXES = List.of("freellmapi/", "switchboard/");
    private static final int SUGGESTIONS = 3;
    private static final int LONGEST_ECHO = 200;

    private Targets() {}

    /** What the words mean. */
    public sealed interface Resolved {}

    /** A target; {@code requested} are the caller's words for the request log. */
    public record Found(Target target, String requested) implements Resolved {}

    /** Nothing that can be served: what to answer. */
    public record Refused(TurnReply.Refusal refusal) implements Resolved {}

    private static Map<String, Mode> virtual() {
        Map<String, Mode> modes = new LinkedHashMap<>();
        modes.put("auto", Mode.BALANCED);
        modes.put("auto-smart", Mode.SMART);
        modes.put("auto-fast", Mode.FAST);
        return modes;
    }

    /** The mode of a virtual model's name, with or without a prefix; null for any other name. */
    public static @Nullable Mode modeOf(String name) {
        for (String prefix : PREFIXES) {
            if (name.startsWith(prefix) && VIRTUAL.containsKey(name.substring(prefix.length()))) {
                return VIRTUAL.get(name.substring(prefix.length()));
            }
        }
        return VIRTUAL.get(name);
    }

    /** Resolves {@code model} and {@code models} of a request. */
    public static Resolved resolve(ChatRequest chat, DirectorySnapshot directory, boolean explicitFallback) {
        List<String> names = new ArrayList<>();
        chat.model().ifPresent(names::add);
        names.addAll(chat.models());
        boolean list = !chat.models().isEmpty();
        String requested = names.isEmpty() ? "auto" : String.join(",", names);
        Mode mode = Mode.BALANCED;
        boolean chain = explicitFallback && !chat.isEmbedding();
        Set<ModelRef> refs = new LinkedHashSet<>();
        for (String name : names) {
            Mode virtual = modeOf(name);
            if (virtual != null && chat.isEmbedding()) {
                return new Refused(otherKind(name, "chooses a model for chats; name an embedding model"));
            }
            if (virtual != null) {
                mode = virtual;
                if (!list) {
                    return new Found(new Target.Auto(virtual), requested);
                }
                chain = true;
                continue;
            }
            List<ModelRef> known = chat.isEmbedding() ? family(name, directory) : find(name, directory);
            List<ModelRef> found = ofKind(known, chat.isEmbedding(), directory);
            if (found.isEmpty() && !known.isEmpty() && !list) {
                return new Refused(
                        otherKind(name, chat.isEmbedding() ? "makes no embeddings" : "makes embeddings only"));
            }
            if (found.isEmpty() && !list) {
                return new Refused(unknown(name, directory));
            }
            refs.addAll(found);
        }
        if (refs.isEmpty()) {
            return names.isEmpty() || chain && list
                    ? new Found(new Target.Auto(mode), requested)
                    : new Refused(unknown(requested, directory));
        }
        List<ModelRef> ordered = List.copyOf(refs);
        TurnReply.Refusal tooLong = chain ? null : tooLong(ordered, chat.windowTokens(), directory);
        return tooLong != null ? new Refused(tooLong) : new Found(new Target.Explicit(ordered, chain, mode), requested);
    }

    /** The enabled models of a name: {@code platform/id} first, else every platform's model of that bare id. */
    public static List<ModelRef> find(String name, DirectorySnapshot directory) {
        int slash = name.indexOf('/');
        if (slash > 0 && slash < name.length() - 1 && PlatformId.isValid(name.substring(0, slash))) {
            Model exact = directory.model(ModelRef.parse(name));
            if (exact != null) {
                return exact.enabled() ? List.of(exact.ref()) : List.of();
            }
        }
        return directory.modelsById(name).stream()
                .filter(Model::enabled)
                .map(Model::ref)
                .toList();
    }

    /** The models of a name, and for a name without a platform the same embedding model under other platforms' names. */
    private static List<ModelRef> family(String name, DirectorySnapshot directory) {
        List<ModelRef> named = find(name, directory);
        if (namesPlatform(name, directory) && directory.modelsById(name).isEmpty()) {
            return named;
        }
        Set<ModelRef> all = new LinkedHashSet<>(named);
        for (Model model : directory.models()) {
            if (model.enabled()
                    && model.embedding()
                    && EmbeddingFamily.same(model.ref().id(), name)) {
                all.add(model.ref());
            }
        }
        return List.copyOf(all);
    }

    private static boolean namesPlatform(String name, DirectorySnapshot directory) {
        int slash = name.indexOf('/');
        return slash > 0
                && PlatformId.isValid(name.substring(0, slash))
                && directory.platform(new PlatformId(name.substring(0, slash))) != null;
    }

    private static List<ModelRef> ofKind(List<ModelRef> refs, boolean embedding, DirectorySnapshot directory) {
        return refs.stream()
                .filter(ref -> {
                    Model model = directory.model(ref);
                    return model != null && model.embedding() == embedding;
                })
                .toList();
    }

    private static TurnReply.Refusal otherKind(String name, String why) {
        return new TurnReply.Refusal(
                400,
                "invalid_request_error",
                "model_not_supported",
                "model",
                "The model '" + name + "' " + why + ".",
                null,
                false);
    }

    private static TurnReply.@Nullable Refusal tooLong(
            List<ModelRef> refs, long promptTokens, DirectorySnapshot directory) {
        int widest = 0;
        for (ModelRef ref : refs) {
            Model model = directory.model(ref);
            widest = Math.max(widest, model == null ? 0 : directory.window(model));
        }
        if (promptTokens <= widest) {
            return null;
        }
        return new TurnReply.Refusal(
                400,
                "invalid_request_error",
                "context_length_exceeded",
                "messages",
                "The prompt has about " + promptTokens + " tokens; the context window of " + refs.get(0) + " holds "
                        + widest + ".",
                null,
                false);
    }

    private static TurnReply.Refusal unknown(String name, DirectorySnapshot directory) {
        String shown = name.length() > LONGEST_ECHO ? name.substring(0, LONGEST_ECHO) + "…" : name;
        return new TurnReply.Refusal(
                404,
                "invalid_request_error",
                "model_not_found",
                "model",
                "The model '" + shown + "' does not exist or is not enabled. " + hint(name, directory),
                null,
                false);
    }

    /** What the caller may have meant: models that can be served, before those whose platform waits for a key. */
    private static String hint(String name, DirectorySnapshot directory) {
        Set<String> served = new TreeSet<>(VIRTUAL.keySet());
        Set<String> unserved = new TreeSet<>();
        for (Model model : directory.models()) {
            if (model.enabled()) {
                boolean usable = directory.hasUsableKey(model.ref().platform());
                (usable ? served : unserved).add(model.ref().toString());
                (usable ? served : unserved).add(model.ref().id());
            }
        }
        List<String> near = NearestName.several(name, served, SUGGESTIONS);
        if (!near.isEmpty()) {
            return "Did you mean " + String.join(", ", near) + "?";
        }
        unserved.removeAll(served);
        List<String> waiting = NearestName.several(name, unserved, SUGGESTIONS);
        String nearest = String.join(", ", NearestName.nearest(name, served, SUGGESTIONS));
        return waiting.isEmpty()
                ? "The nearest are " + nearest + "."
                : "Did you mean " + String.join(", ", waiting)
                        + ", which has no usable provider key yet? Of those that can" + " be served, the nearest are "
                        + nearest + ".";
    }
}
