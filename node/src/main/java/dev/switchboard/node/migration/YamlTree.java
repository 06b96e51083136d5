package dev.switchboard.node.migration;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;
import org.yaml.snakeyaml.error.YAMLException;

/** A YAML text as a tree in which aliases stand written out; bounded, since a few of them can stand for billions. */
final class YamlTree {
    private static final int MOST_ALIASES = 200;
    private static final int MOST_NODES = 200_000;
    private static final int DEEPEST = 50;
    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

    private int count;

    private YamlTree() {}

    /** Throws {@link YAMLException}. */
    static JsonNode parse(String text) {
        LoaderOptions limits = new LoaderOptions();
        limits.setCodePointLimit(Integer.MAX_VALUE);
        limits.setMaxAliasesForCollections(MOST_ALIASES);
        return new YamlTree().node(new Yaml(new SafeConstructor(limits)).load(text), 0);
    }

    private JsonNode node(@Nullable Object value, int depth) {
        if (++count > MOST_NODES || depth > DEEPEST) {
            throw new YAMLException("too large or too deep");
        }
        if (value == null) {
            return depth == 0 ? MissingNode.getInstance() : NODES.nullNode();
        } else if (value instanceof Map<?, ?> map) {
            ObjectNode object = NODES.objectNode();
            map.forEach((key, each) -> object.set(String.valueOf(key), node(each, depth + 1)));
            return object;
        } else if (value instanceof List<?> list) {
            ArrayNode array = NODES.arrayNode();
            list.forEach(each -> array.add(node(each, depth + 1)));
            return array;
        } else if (value instanceof Boolean flag) {
            return NODES.booleanNode(flag);
        } else if (value instanceof Integer || value instanceof Long) {
            return NODES.numberNode(((Number) value).longValue());
        } else if (value instanceof Double number) {
            return NODES.numberNode(number);
        }
        return NODES.textNode(String.valueOf(value));
    }
}
