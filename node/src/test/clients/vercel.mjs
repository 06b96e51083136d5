import assert from "node:assert/strict";
import { test } from "node:test";
import { createAnthropic } from "@ai-sdk/anthropic";
import { createOpenAI } from "@ai-sdk/openai";
import { createOpenAICompatible } from "@ai-sdk/openai-compatible";
import { APICallError, embedMany, generateText, Output, stepCountIs, streamText, tool } from "ai";
import { z } from "zod";
import { all, key, url } from "./node.mjs";

globalThis.AI_SDK_LOG_WARNINGS = false;
const openai = createOpenAI({ baseURL: `${url}/v1`, apiKey: key });
const compatible = createOpenAICompatible({
  name: "switchboard",
  baseURL: `${url}/v1`,
  apiKey: key,
  includeUsage: true,
  supportsStructuredOutputs: true,
});
const anthropic = createAnthropic({ baseURL: `${url}/v1`, apiKey: key });
const models = {
  "openai.chat": (id) => openai.chat(id),
  "openai.responses": (id) => openai.responses(id),
  compatible: (id) => compatible.chatModel(id),
  anthropic: (id) => anthropic(id),
};
const weather = tool({
  description: "The weather of a city",
  inputSchema: z.object({ city: z.string() }),
  execute: async ({ city }) => `sunny in ${city}`,
});
const settings = { maxRetries: 0 };

for (const [name, of] of Object.entries(models)) {
  test(`AI SDK, ${name}: text, whole and streamed, with usage`, async () => {
    const request = { ...settings, model: of("alpha/echo"), prompt: "two words" };
    const whole = await generateText(request);
    const streamed = streamText(request);
    assert.equal(whole.text, "two words");
    assert.equal(await streamed.text, "two words");
    assert.equal(whole.finishReason, "stop");
    assert.equal((await streamed.usage).outputTokens, whole.usage.outputTokens);
    assert.equal((await streamed.usage).inputTokens, whole.usage.inputTokens);
  });

  test(`AI SDK, ${name}: tools go round in steps, reasoning among them`, async () => {
    const request = {
      ...settings,
      model: of("alpha/reason-echo"),
      prompt: "use the tool",
      tools: { weather },
      stopWhen: stepCountIs(3),
    };
    const whole = await generateText(request);
    assert.equal(whole.steps.length, 2);
    assert.match(whole.text, /sunny in/);
    const streamed = streamText(request);
    assert.match(await streamed.text, /sunny in/);
    assert.equal((await streamed.steps).length, 2);
  });

  // What a client of the chat dialect does not keep is in the ids of its calls.
  const signing = ["alpha/gemini-3-reason-echo", "gemini/gemini-3-reason-echo"];
  if (["anthropic", "openai.responses"].includes(name)) signing.push("alpha/signed-echo");
  for (const id of signing) {
    test(`AI SDK, ${name}: ${id} sees its signatures again`, async () => {
      const tools = { weather };
      const request = { ...settings, model: of(id), prompt: "use the tool", tools, stopWhen: stepCountIs(3) };
      assert.match((await generateText(request)).text, /sunny in/);
      assert.match(await streamText(request).text, /sunny in/);
    });
  }

  test(`AI SDK, ${name}: an object of a schema`, async () => {
    const schema = z.object({ name: z.string(), people: z.array(z.string()) });
    const request = { ...settings, model: of("alpha/echo"), prompt: "an event", output: Output.object({ schema }) };
    const whole = await generateText(request);
    assert.ok(schema.safeParse(whole.output).success);
    const streamed = streamText(request);
    const parts = await all(streamed.partialOutputStream);
    assert.deepEqual(parts.at(-1), whole.output);
  });

  test(`AI SDK, ${name}: a refusal keeps its status`, async () => {
    const failing = generateText({ ...settings, model: of("no-such"), prompt: "x" });
    await assert.rejects(failing, (error) => APICallError.isInstance(error) && error.statusCode === 404);
  });
}

test("AI SDK: what is worth another try is retried by the client", async () => {
  const model = openai.chat("gentle/echo");
  const limited = generateText({ ...settings, model, prompt: "[[status=429 retry-after=1]]" });
  await assert.rejects(limited, (error) => error.statusCode === 429 && error.isRetryable);
  assert.equal((await generateText({ maxRetries: 2, model, prompt: "again" })).text, "again");
});

test("AI SDK, openai: embeddings", async () => {
  const { embeddings } = await embedMany({
    ...settings,
    model: openai.embedding("embed-small"),
    values: ["one", "two"],
  });
  assert.equal(embeddings.length, 2);
});
