import assert from "node:assert/strict";
import { test } from "node:test";
import OpenAI from "openai";
import { zodFunction, zodResponseFormat, zodTextFormat } from "openai/helpers/zod";
import { z } from "zod";
import { all, key, url, weather } from "./node.mjs";

const client = new OpenAI({ baseURL: `${url}/v1`, apiKey: key, maxRetries: 0 });
const model = "alpha/echo";
const say = (content) => [{ role: "user", content }];
const tools = [
  {
    type: "function",
    function: { name: weather.name, description: weather.description, parameters: weather.schema, strict: true },
  },
];
const Event = z.object({ name: z.string(), day: z.string(), people: z.array(z.string()) });

test("OpenAI: chat, whole and streamed, says the same", async () => {
  const whole = await client.chat.completions.create({ model, messages: say("two words") });
  assert.equal(whole.choices[0].message.content, "two words");
  assert.equal(whole.choices[0].finish_reason, "stop");
  assert.equal(whole.object, "chat.completion");
  const chunks = await all(
    await client.chat.completions.create({
      model,
      messages: say("two words"),
      stream: true,
      stream_options: { include_usage: true },
    }),
  );
  assert.equal(chunks.map((chunk) => chunk.choices[0]?.delta.content ?? "").join(""), "two words");
  assert.deepEqual(chunks.at(-1).usage, whole.usage);
  assert.deepEqual(chunks.at(-1).choices, []);
  const silent = await all(await client.chat.completions.create({ model, messages: say("x"), stream: true }));
  assert.ok(silent.every((chunk) => chunk.usage === undefined || chunk.usage === null));
});

test("OpenAI: the stream helper gathers text and tool calls", async () => {
  const stream = client.chat.completions.stream({ model, messages: say("use the tool"), tools });
  const done = await stream.finalChatCompletion();
  const call = done.choices[0].message.tool_calls[0];
  assert.equal(call.function.name, weather.name);
  assert.equal(typeof JSON.parse(call.function.arguments).city, "string");
  assert.equal(done.choices[0].finish_reason, "tool_calls");
});

test("OpenAI: two parallel calls, whole and streamed, are the same", async () => {
  const messages = say("use both tools");
  const whole = await client.chat.completions.create({ model, messages, tools });
  const streamed = await client.chat.completions.stream({ model, messages, tools }).finalChatCompletion();
  const plain = (completion) =>
    completion.choices[0].message.tool_calls.map((call) => [call.function.name, call.function.arguments]);
  assert.equal(plain(whole).length, 2);
  assert.deepEqual(plain(streamed), plain(whole));
});

test("OpenAI: runTools carries a tool's result back", async () => {
  let asked;
  const runner = client.chat.completions.runTools({
    model,
    messages: say("use the tool"),
    tools: [
      zodFunction({
        name: weather.name,
        parameters: z.object({ city: z.string() }),
        function: ({ city }) => {
          asked = city;
          return "sunny";
        },
      }),
    ],
  });
  assert.equal(await runner.finalContent(), "The tool said: sunny");
  assert.equal(typeof asked, "string");
});

test("OpenAI: parse gives an object of the schema, whole and streamed", async () => {
  const request = { model, messages: say("an event"), response_format: zodResponseFormat(Event, "event") };
  const whole = await client.chat.completions.parse(request);
  assert.ok(Event.safeParse(whole.choices[0].message.parsed).success);
  const streamed = await client.chat.completions.stream(request).finalChatCompletion();
  assert.deepEqual(streamed.choices[0].message.parsed, whole.choices[0].message.parsed);
});

test("OpenAI: an image travels as a content part", async () => {
  const content = [
    { type: "text", text: "what is it" },
    { type: "image_url", image_url: { url: "data:image/png;base64,iVBORw0KGgo=" } },
  ];
  const answer = await client.chat.completions.create({ model, messages: say(content) });
  assert.equal(answer.choices[0].message.content, "what is it");
});

test("OpenAI: n, stop, seed, logit_bias, max_completion_tokens and the developer role are taken", async () => {
  const answer = await client.chat.completions.create({
    model,
    messages: [{ role: "developer", content: "be brief" }, ...say("one two three four five six")],
    n: 2,
    stop: ["zzz"],
    seed: 7,
    logit_bias: { 50256: -100 },
    max_completion_tokens: 2,
    reasoning_effort: "low",
    metadata: { session_id: "node-sdk" },
    store: null,
    user: "someone",
  });
  assert.equal(answer.choices.length, 2);
  assert.equal(answer.choices[0].finish_reason, "length");
});

test("OpenAI: responses, whole and streamed, say the same", async () => {
  const request = { model: "alpha/reason-echo", input: "two words", instructions: "be brief" };
  const whole = await client.responses.create(request);
  assert.equal(whole.output_text, "two words");
  assert.equal(whole.status, "completed");
  const events = await all(await client.responses.create({ ...request, stream: true }));
  assert.deepEqual(
    events.map((event) => event.sequence_number),
    events.map((_, at) => at),
  );
  assert.deepEqual([events[0].type, events[1].type], ["response.created", "response.in_progress"]);
  assert.equal(events.at(-1).type, "response.completed");
  const streamed = await client.responses.stream(request).finalResponse();
  assert.equal(streamed.output_text, "two words");
  assert.deepEqual(streamed.output.map((item) => item.type), whole.output.map((item) => item.type));
  assert.deepEqual(streamed.usage, whole.usage);
});

test("OpenAI: responses call tools, continue by id, are read, listed and deleted", async () => {
  const first = await client.responses.create({
    model,
    input: "use the tool",
    tools: [{ type: "function", name: weather.name, parameters: weather.schema, strict: true }],
  });
  const call = first.output.find((item) => item.type === "function_call");
  assert.equal(call.name, weather.name);
  const second = await client.responses.create({
    model,
    previous_response_id: first.id,
    input: [{ type: "function_call_output", call_id: call.call_id, output: "sunny" }],
  });
  assert.equal(second.output_text, "The tool said: sunny");
  assert.equal((await client.responses.retrieve(second.id)).output_text, "The tool said: sunny");
  const items = await all(client.responses.inputItems.list(second.id, { order: "asc" }));
  assert.deepEqual(
    items.map((item) => item.type),
    ["message", "function_call", "function_call_output"],
  );
  await client.responses.delete(second.id);
  await assert.rejects(client.responses.retrieve(second.id), OpenAI.NotFoundError);
});

test("OpenAI: responses.parse gives an object of the schema", async () => {
  const parsed = await client.responses.parse({
    model,
    input: "an event",
    text: { format: zodTextFormat(Event, "event") },
  });
  assert.ok(Event.safeParse(parsed.output_parsed).success);
});

test("OpenAI: a custom tool is called with a text, whole and streamed, and its result goes back", async () => {
  const patch = { type: "custom", name: "apply_patch", format: { type: "grammar", syntax: "lark", definition: "start: /.+/" } };
  const request = { model, input: "use the tool", tools: [patch] };
  const whole = await client.responses.create(request);
  const [call] = whole.output;
  assert.equal(call.type, "custom_tool_call");
  assert.equal(call.name, "apply_patch");
  assert.equal(call.input, "sample input");
  const events = await all(await client.responses.create({ ...request, stream: true }));
  const done = events.find((event) => event.type === "response.custom_tool_call_input.done");
  assert.equal(done.input, call.input);
  assert.equal(events.at(-1).response.output[0].input, call.input);
  const result = { type: "custom_tool_call_output", call_id: call.call_id, output: "patched" };
  const after = await client.responses.create({ ...request, input: [...say("use the tool"), ...whole.output, result] });
  assert.equal(after.output_text, "The tool said: patched");
  const remembered = await client.responses.create({ ...request, previous_response_id: whole.id, input: [result] });
  assert.equal(remembered.output_text, "The tool said: patched");
});

test("OpenAI: a response that is not stored cannot be continued", async () => {
  const first = await client.responses.create({ model, input: "x", store: false });
  await assert.rejects(
    client.responses.create({ model, input: "y", previous_response_id: first.id }),
    (error) => error instanceof OpenAI.BadRequestError && error.param === "previous_response_id",
  );
});

test("OpenAI: a cut answer is incomplete, a broken stream has failed", async () => {
  const cut = await client.responses.create({ model, input: "one two three four five six", max_output_tokens: 1 });
  assert.equal(cut.status, "incomplete");
  assert.equal(cut.incomplete_details.reason, "max_output_tokens");
  const events = await all(
    await client.responses.create({ model: "alpha/cut-echo", input: "[[words=9 cut=3]]", stream: true }),
  );
  assert.equal(events.at(-1).type, "response.failed");
  assert.equal(events.at(-1).response.status, "failed");
});

test("OpenAI: embeddings as floats and as the client's own base64", async () => {
  const request = { model: "embed-small", input: ["one", "two"] };
  const packed = await client.embeddings.create(request);
  const floats = await client.embeddings.create({ ...request, encoding_format: "float" });
  assert.equal(packed.data.length, 2);
  assert.equal(packed.data[0].embedding.length, floats.data[0].embedding.length);
  packed.data[0].embedding.forEach((value, at) =>
    assert.ok(Math.abs(value - floats.data[0].embedding[at]) < 1e-6),
  );
});

test("OpenAI: completions, whole and streamed", async () => {
  const request = { model, prompt: "once upon" };
  const whole = await client.completions.create({ ...request, echo: true });
  assert.equal(whole.choices[0].text, "once upononce upon");
  assert.equal(whole.object, "text_completion");
  const chunks = await all(await client.completions.create({ ...request, stream: true }));
  assert.equal(chunks.map((chunk) => chunk.choices[0]?.text ?? "").join(""), "once upon");
});

test("OpenAI: models are listed and read", async () => {
  const models = await all(client.models.list());
  assert.deepEqual(models.slice(0, 3).map((each) => each.id), ["auto", "auto-smart", "auto-fast"]);
  assert.equal((await client.models.retrieve(model)).id, model);
});

test("OpenAI: every error has its class, code and field", async () => {
  const refused = (promise, kind, fields) =>
    assert.rejects(promise, (error) => {
      assert.ok(error instanceof kind, `${error.constructor.name}: ${error.message}`);
      for (const [name, value] of Object.entries(fields)) assert.equal(error[name], value, name);
      assert.ok(error.requestID);
      return true;
    });
  const chat = (body, by = client) => by.chat.completions.create({ model, messages: say("x"), ...body });
  await refused(chat({ model: "no-such" }), OpenAI.NotFoundError, { code: "model_not_found", param: "model" });
  await refused(chat({ messages: [] }), OpenAI.BadRequestError, { param: "messages" });
  await refused(chat({ temperature: 9 }), OpenAI.BadRequestError, { param: "temperature" });
  await refused(client.responses.create({ model, input: [{ type: "teapot" }] }), OpenAI.BadRequestError, {
    param: "input[0].type",
  });
  const stranger = client.withOptions({ apiKey: "wrong-key" });
  await refused(chat({}, stranger), OpenAI.AuthenticationError, { type: "authentication_error" });
  const failing = chat({ model: "alpha/flaky-echo", messages: say("[[status=500]]") });
  await refused(failing, OpenAI.InternalServerError, { status: 502, type: "provider_error" });
  const limited = chat({ model: "limited/echo", messages: say("[[status=429 retry-after=9]]") });
  await refused(limited, OpenAI.RateLimitError, { type: "rate_limit_error" });
});

test("OpenAI: a refusal that another try cannot mend is not retried", async () => {
  let calls = 0;
  const counting = client.withOptions({
    maxRetries: 2,
    fetch: (...request) => {
      calls++;
      return fetch(...request);
    },
  });
  const request = { model: "alpha/broken-echo", messages: say("[[status=500]]") };
  await assert.rejects(counting.chat.completions.create(request), OpenAI.InternalServerError);
  assert.equal(calls, 1);
});

test("OpenAI: an error inside a stream is thrown", async () => {
  const stream = await client.chat.completions.create({
    model: "alpha/cut-echo",
    messages: say("[[words=9 cut=3]]"),
    stream: true,
  });
  await assert.rejects(all(stream), OpenAI.APIError);
});
