package dev.switchboard.node.upstream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.databind.JsonNode;
import dev.switchboard.node.chat.Json;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;

class GoogleSchemaTest {
    private static JsonNode json(String text) {
        JsonNode node = Json.parseOrNull(text.replace('\'', '"'));
        assertThat(node).as(text).isNotNull();
        return node;
    }

    @Test
    void schemasAreCutDownToTheirSubset() throws Exception {
        String schema = "{'$schema':'x','type':'object','additionalProperties':false,'required':['a','gone'],'$defs':{"
                + "'point':{'type':'object','additionalProperties':false,'properties':{'x':{'type':'number','exclusiveMinimum':0}}}},"
                + "'properties':{'a':{'type':['string','null'],'format':'uri','enum':['p','q',null]},"
                + "'b':{'anyOf':[{'$ref':'#/$defs/point'},{'type':'array','items':{'type':'string','x-y':1}},{'type':'null'}]},"
                + "'c':{'type':'array'},'d':{'const':'k'},'e':{'type':'integer','enum':[1,2]},"
                + "'additionalProperties':{'type':'string'},"
                + "'f':{'allOf':[{'$ref':'#/$defs/point','description':'where'},{'properties':{'y':{'type':'number'}},'required':['y']}]}}}";
        assertThat(GoogleSchema.of(json(schema), "tools[0]"))
                .isEqualTo(json("{'type':'object','properties':{"
                        + "'a':{'nullable':true,'type':'string','enum':['p','q']},"
                        + "'b':{'nullable':true,'anyOf':[{'type':'object','properties':{'x':{'type':'number'}}},{'type':'array','items':{'type':'string'}}]},"
                        + "'c':{'type':'array','items':{'type':'string'}},'d':{'type':'string','enum':['k']},'e':{'type':'integer'},"
                        + "'additionalProperties':{'type':'string'},"
                        + "'f':{'type':'object','properties':{'x':{'type':'number'},'y':{'type':'number'}},'description':'where','required':['y']}},"
                        + "'required':['a']}"));
    }

    @Test
    void aSchemaThatHoldsItselfEnds() throws Exception {
        assertThat(GoogleSchema.of(
                                json(
                                        "{'type':'object','properties':{'child':{'$ref':'#'},'next':{'$ref':'#/$defs/n'},'bad':{'$ref':'#/nowhere'}},"
                                                + "'$defs':{'n':{'type':'object','properties':{'next':{'$ref':'#/$defs/n'}}}}}"),
                                "tools[0]")
                        .toString())
                .hasSizeLessThan(1000)
                .doesNotContain("$ref");
    }

    @Test
    void aSchemaThatExplodesIsRefusedByName() {
        StringBuilder defs = new StringBuilder("'d0':{'type':'string'}");
        for (int i = 1; i < 40; i++) {
            String ref = "{'$ref':'#/$defs/d" + (i - 1) + "'}";
            defs.append(",'d")
                    .append(i)
                    .append("':{'type':'object','properties':{'a':")
                    .append(ref)
                    .append(",'b':")
                    .append(ref)
                    .append("}}");
        }
        Inexpressible refusal = catchThrowableOfType(
                Inexpressible.class,
                () -> GoogleSchema.of(
                        json("{'$ref':'#/$defs/d39','$defs':{" + defs + "}}"), "tools[0].function.parameters"));
        assertThat(refusal.field().field()).isEqualTo("tools[0].function.parameters");
    }

    @Property(tries = 500)
    void anySchemaIsTrimmedOrNamed(@ForAll("json") String json) {
        try {
            assertThat(GoogleSchema.of(json(json), "x")).isNotNull();
        } catch (Inexpressible e) {
            assertThat(e.field().field()).isEqualTo("x");
        }
    }

    @Provide
    Arbitrary<String> json() {
        return JsonNoise.documents();
    }
}
