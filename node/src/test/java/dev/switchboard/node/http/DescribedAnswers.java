package dev.switchboard.node.http;

import dev.switchboard.node.TestNode;
import dev.switchboard.node.TestNode.Reply;
import dev.switchboard.node.chat.Json;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Requests that have every route under {@code /v1} answer in every way it has: whole, streamed, broken and refused. */
final class DescribedAnswers {
    private final TestNode node;
    private final Described described;

    private DescribedAnswers(TestNode node, Described described) {
        this.node = node;
        this.described = described;
    }

    /** Asks the node for all of them, and fails where one is not as described. */
    static void ask(TestNode node, Described described) throws Exception {
        new DescribedAnswers(node, described).all();
    }

    private Reply post(String path, String json) throws Exception {
        return ask("POST", path, json);
    }

    private Reply ask(String method, String path, @Nullable String json) throws Exception {
        Reply reply = node.send(method, path, json == null ? null : json.replace('\'', '"'), node.apiKey());
        described.check(method, path, reply);
        return reply;
    }

    private void all() throws Exception {
        String user = "'messages':[{'role':'user','content':'%s'}]";
        String hi = user.formatted("hi");
        String tool = "'parameters':{'type':'object','properties':{'a':{'type':'string'}}}";
        String usage = "'stream':true,'stream_options':{'include_usage':true},";
        String broken = user.formatted("[[words=9 cut=3]]");
        for (String model : List.of("echo", "reason-echo")) {
            for (String streamed : List.of("", usage)) {
                String head = "{'model':'alpha/" + model + "'," + streamed;
                post("/v1/chat/completions", head + hi + "}");
                post(
                        "/v1/chat/completions",
                        head + user.formatted("use the tool") + ",'tools':[{'type':'function','function':{'name':'f',"
                                + tool + "}}]}");
                post("/v1/completions", head + "'prompt':'hi'}");
                String stream = streamed.isEmpty() ? "" : "'stream':true,";
                String responses = "{'model':'alpha/" + model + "'," + stream;
                post("/v1/responses", responses + "'input':'hi'}");
                post("/v1/responses", responses + "'max_output_tokens':1,'input':'[[words=9 finish=length]]'}");
                post(
                        "/v1/responses",
                        responses + "'input':'use the tool','tools':[{'type':'function','name':'f'," + tool + "}]}");
                post("/v1/responses", responses + "'input':'use the tool','tools':[{'type':'custom','name':'f'}]}");
                String messages = "{'model':'alpha/" + model + "','max_tokens':99," + stream;
                post("/v1/messages", messages + hi + "}");
                post(
                        "/v1/messages",
                        messages + user.formatted("use the tool") + ",'tools':[{'name':'f',"
                                + tool.replace("parameters", "input_schema") + "}]}");
            }
        }
        post("/v1/chat/completions", "{'model':'alpha/cut-echo','stream':true," + broken + "}");
        post("/v1/completions", "{'model':'alpha/cut-echo','stream':true,'prompt':'[[words=9 cut=3]]'}");
        post("/v1/chat/completions", "{'model':'alpha/failing-echo'," + user.formatted("[[status=500]]") + "}");
        post("/v1/messages/count_tokens", "{'model':'alpha/echo'," + hi + "}");
        post("/v1/responses/input_tokens", "{'model':'alpha/echo','input':'hi'}");
        post("/v1/embeddings", "{'model':'embed-small','input':['one'],'encoding_format':'base64'}");
        ask("GET", "/v1/models", null);
        ask("GET", "/v1/models/alpha/echo", null);
        ask("GET", "/v1/models/none/such", null);
        ask("GET", "/v1/responses/resp_none", null);
        String kept = "/v1/responses/"
                + post("/v1/responses", "{'model':'alpha/echo','input':'keep'}")
                        .body()
                        .path("id")
                        .asText();
        ask("GET", kept, null);
        ask("GET", kept + "/input_items", null);
        ask("DELETE", kept, null);
        for (String path : List.of("/v1/models", "/v1/models/auto", "/v1/models/none")) {
            described.check("GET", path, anthropics(path));
        }
    }

    private Reply anthropics(String path) throws Exception {
        var answer = node.client()
                .send(
                        HttpRequest.newBuilder(URI.create(node.baseUrl() + path))
                                .header("x-api-key", node.apiKey())
                                .header("anthropic-version", "2023-06-01")
                                .build(),
                        BodyHandlers.ofString());
        return new Reply(answer.statusCode(), Json.parseOrNull(answer.body()), answer.body(), answer.headers());
    }
}
