package dev.switchboard.node.chat;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SchemaRulesTest {
    private static JsonNode json(String text) {
        return Objects.requireNonNull(Json.parseOrNull(text.replace('\'', '"')));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "{'type':5} | /type",
                "{'type':'strnig'} | /type",
                "{'type':'object','properties':[]} | /properties",
                "{'properties':{'a':{'type':'object','required':'b'}}} | /properties/a/required",
                "{'items':{'anyOf':[{'minLength':-1}]}} | /items/anyOf/0/minLength",
                "{'$defs':{'a':{'enum':{}}}} | /$defs/a/enum",
                "{'$schema':'http://json-schema.org/draft-07/schema#','type':5} | /type",
                "{'$schema':'http://json-schema.org/draft-04/schema#','required':[]} | /required",
                "{'$schema':'https://json-schema.org/draft/2019-09/schema','maximum':'1'} | /maximum"
            })
    void theFaultIsNamedWithItsPlace(String schema, String place) {
        assertThat(SchemaRules.fault(json(schema)))
                .startsWith("at " + place + ": ")
                .hasSizeLessThan(250);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "true",
                "{}",
                "{'type':'object','properties':{'type':{'type':['string','null']}},'required':['type'],'additionalProperties':false}",
                "{'$ref':'#/$defs/n','$defs':{'n':{'properties':{'next':{'$ref':'#/$defs/n'}}}}}",
                "{'title':null,'description':null,'required':null,'properties':{'a':{'type':'string','enum':null,'default':null}}}",
                "{'type':'object','nullable':true,'example':{'type':5},'x-own':[1]}",
                "{'default':{'type':5},'const':{'type':5},'enum':[{'type':5},null]}",
                "{'$schema':'http://127.0.0.1:1/own','type':5}",
                "{'properties':{'a':{'pattern':'('}}}"
            })
    void whatIsASchemaOrCannotBeJudgedPasses(String schema) {
        assertThat(SchemaRules.fault(json(schema))).isNull();
    }

    @Test
    void aHugeSchemaTakesNoTime() {
        ObjectNode schema = Json.object();
        ObjectNode properties = schema.putObject("properties");
        for (int i = 0; i < 100_000; i++) {
            properties.putObject("p" + i).put("type", 5);
        }
        long began = System.nanoTime();
        assertThat(SchemaRules.fault(schema)).isNull();
        assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(Duration.ofSeconds(1));
    }

    @Test
    void aDeepSchemaIsJudgedOrPasses() {
        ObjectNode schema = Json.object();
        ObjectNode at = schema;
        for (int i = 0; i < Json.MAX_DEPTH / 2 - 2; i++) {
            at = at.putObject("properties").putObject("p");
        }
        assertThat(SchemaRules.fault(schema)).isNull();
    }
}
