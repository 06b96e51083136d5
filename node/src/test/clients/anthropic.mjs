import assert from "node:assert/strict";
import { test } from "node:test";
import Anthropic from "@anthropic-ai/sdk";
import { all, key, url, weather } from "./node.mjs";

const client = new Anthropic({ baseURL: url, apiKey: key, maxRetries: 0 });
const say = (content) => [{ role: "user", content }];
const base = { model: "alpha/echo", max_tokens: 500 };
const tools = [{ name: weather.name, description: weather.description, input_schema: weather.schema }];

test("Anthropic: a message, whole and streamed, says the same", async () => {
  const request = { ...base, model: "alpha/reason-echo", messages: say("two words"), system: "be brief" };
  const whole = await client.messages.create(request);
  const streamed = await client.messages.stream(request).finalMessage();
  assert.deepEqual(streamed.content, whole.content);
  assert.deepEqual(whole.content.map((block) => block.type), ["thinking", "text"]);
  assert.equal(whole.content[1].text, "two words");
  assert.equal(streamed.stop_reason, "end_turn");
  assert.equal(streamed.usage.output_tokens, whole.usage.output_tokens);
  assert.equal(streamed.usage.input_tokens, whole.usage.input_tokens);
});

test("Anthropic: events come in the published order", async () => {
  const events = await all(await client.messages.create({ ...base, messages: say("a b c"), stream: true }));
  const types = events.map((event) => event.type).filter((type) => type !== "ping");
  assert.equal(types[0], "message_start");
  assert.equal(types[1], "content_block_start");
  assert.deepEqual(types.slice(-3), ["content_block_stop", "message_delta", "message_stop"]);
  assert.ok(types.slice(2, -3).every((type) => type === "content_block_delta"));
});

test("Anthropic: tools are called and their results, images among them, go back", async () => {
  const messages = say("use the tool");
  const asked = await client.messages.create({ ...base, messages, tools });
  const call = asked.content.find((block) => block.type === "tool_use");
  assert.equal(asked.stop_reason, "tool_use");
  assert.equal(typeof call.input.city, "string");
  const streamed = await client.messages.stream({ ...base, messages, tools }).finalMessage();
  assert.deepEqual(streamed.content.at(-1).input, call.input);
  const image = { type: "image", source: { type: "base64", media_type: "image/png", data: "iVBORw0KGgo=" } };
  const answer = await client.messages.create({
    ...base,
    tools,
    tool_choice: { type: "none" },
    messages: [
      ...messages,
      { role: "assistant", content: asked.content },
      ...say([
        { type: "tool_result", tool_use_id: call.id, content: [{ type: "text", text: "sunny" }, image] },
        { type: "text", text: "and now" },
      ]),
    ],
  });
  assert.equal(answer.content[0].text, "and now");
});

for (const model of ["alpha/signed-echo", "alpha/gemini-3-reason-echo", "gemini/gemini-3-reason-echo"]) {
  test(`Anthropic: thinking is signed and goes back to ${model}, which wants to see it`, async () => {
    const request = { ...base, model, messages: say("use the tool"), tools };
    const whole = await client.messages.create(request);
    const streamed = await client.messages.stream(request).finalMessage();
    for (const asked of [whole, streamed]) {
      assert.deepEqual(asked.content.map((block) => block.type), ["thinking", "tool_use"]);
      assert.ok(asked.content[0].signature);
      const result = { type: "tool_result", tool_use_id: asked.content[1].id, content: "sunny" };
      const messages = [...request.messages, { role: "assistant", content: asked.content }, ...say([result])];
      const answer = await client.messages.create({ ...request, messages });
      assert.match(answer.content.at(-1).text, /The tool said: .*sunny/);
      const elsewhere = await client.messages.create({ ...request, model: "alpha/echo", messages });
      assert.equal(elsewhere.content.at(-1).text, "The tool said: sunny");
    }
  });
}

test("Anthropic: thinking that was altered is what the model refuses", async () => {
  const request = { ...base, model: "alpha/signed-echo", messages: say("use the tool"), tools };
  const { content } = await client.messages.create(request);
  const result = say([{ type: "tool_result", tool_use_id: content[1].id, content: "sunny" }]);
  const messages = [...request.messages, { role: "assistant", content: content.slice(1) }, ...result];
  await assert.rejects(client.messages.create({ ...request, messages }), /thinking block/);
});

test("Anthropic: the tool runner goes round until there is an answer", async () => {
  const runner = client.beta.messages.toolRunner({
    ...base,
    messages: say("use the tool"),
    tools: [{ ...tools[0], run: () => "sunny", parse: (input) => input }],
  });
  const last = await runner;
  assert.equal(last.content[0].text, "The tool said: sunny");
});

test("Anthropic: thinking with a budget, stop sequences, metadata and top_k are taken", async () => {
  const answer = await client.messages.create({
    ...base,
    messages: say("hello"),
    thinking: { type: "enabled", budget_tokens: 1024 },
    max_tokens: 2048,
    stop_sequences: ["zzz"],
    metadata: { user_id: "someone" },
    top_k: 5,
  });
  assert.equal(answer.content.at(-1).text, "hello");
});

test("Anthropic: a structured answer is an object of the schema", async () => {
  const answer = await client.messages.create({
    ...base,
    messages: say("a city"),
    output_config: { format: { type: "json_schema", schema: weather.schema } },
  });
  assert.equal(typeof JSON.parse(answer.content[0].text).city, "string");
});

test("Anthropic: tokens are counted", async () => {
  const counted = await client.messages.countTokens({ model: base.model, messages: say("sixteen letters!") });
  assert.equal(counted.input_tokens, 4);
});

test("Anthropic: models are listed and read in its own shape", async () => {
  const models = await all(client.models.list());
  assert.equal(models[0].type, "model");
  assert.ok(models.some((each) => each.id === base.model));
  assert.equal((await client.models.retrieve(base.model)).display_name, "echo");
});

test("Anthropic: names of its family are mapped", async () => {
  const answer = await client.messages.create({ ...base, model: "claude-sonnet-4-5", messages: say("hello") });
  assert.ok(answer.content.length > 0);
});

test("Anthropic: every error has its class and shape", async () => {
  const refused = (promise, kind, type, text) =>
    assert.rejects(promise, (error) => {
      assert.ok(error instanceof kind, `${error.constructor.name}: ${error.message}`);
      assert.equal(error.error.type, "error");
      assert.equal(error.error.error.type, type);
      assert.ok(error.message.includes(text), error.message);
      assert.ok(error.requestID);
      return true;
    });
  const make = (body, by = client) => by.messages.create({ ...base, messages: say("x"), ...body });
  await refused(make({ model: "no-such" }), Anthropic.NotFoundError, "not_found_error", "no-such");
  await refused(make({ messages: [] }), Anthropic.BadRequestError, "invalid_request_error", "messages");
  await refused(make({ mystery: 1 }), Anthropic.BadRequestError, "invalid_request_error", "mystery");
  const orphan = say([{ type: "tool_result", tool_use_id: "toolu_none", content: "x" }]);
  await refused(make({ messages: orphan }), Anthropic.BadRequestError, "invalid_request_error", "tool_use_id");
  const search = [{ type: "web_search_20250305", name: "web_search" }];
  await refused(make({ tools: search }), Anthropic.BadRequestError, "invalid_request_error", "web_search_20250305");
  const stranger = client.withOptions({ apiKey: "wrong-key" });
  await refused(make({}, stranger), Anthropic.AuthenticationError, "authentication_error", "");
  const failing = make({ model: "alpha/flaky-echo", messages: say("[[status=500]]") });
  await refused(failing, Anthropic.InternalServerError, "api_error", "");
});

test("Anthropic: an error inside a stream is thrown", async () => {
  const stream = client.messages.stream({ ...base, model: "alpha/cut-echo", messages: say("[[words=9 cut=3]]") });
  await assert.rejects(stream.finalMessage(), Anthropic.APIError);
});
