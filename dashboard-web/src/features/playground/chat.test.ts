import { describe, expect, it } from "vitest";
import { type ChatEvent, chatEvents, routedViaComment, routeFacts, streamChat } from "@/features/playground/chat";
import { fakeNode, refused } from "@/test/fake-node";

const options = { apiKey: "sb-1", sessionId: "s-1", signal: new AbortController().signal };
const request = { model: "auto", messages: [{ role: "user" as const, content: "hi" }] };

async function collect(events: AsyncGenerator<ChatEvent>): Promise<ChatEvent[]> {
  const all: ChatEvent[] = [];
  for await (const event of events) all.push(event);
  return all;
}

describe("chatEvents", () => {
  it("reads text, reasoning, usage and the finish", () => {
    expect(chatEvents('{"choices":[{"delta":{"content":"Hel"}}]}')).toEqual([{ kind: "text", text: "Hel" }]);
    expect(chatEvents('{"choices":[{"delta":{"reasoning_content":"hm"}}]}')).toEqual([
      { kind: "reasoning", text: "hm" },
    ]);
    expect(chatEvents('{"choices":[],"usage":{"prompt_tokens":3,"completion_tokens":9}}')).toEqual([
      { kind: "usage", input: 3, output: 9 },
    ]);
    expect(chatEvents('{"choices":[{"delta":{},"finish_reason":"length"}]}')).toEqual([
      { kind: "finish", reason: "length" },
    ]);
  });
  it("reads an error frame in either form", () => {
    expect(chatEvents('{"error":{"message":"Stalled","type":"stream_timeout","code":null,"param":null}}')).toEqual([
      { kind: "error", message: "Stalled", type: "stream_timeout" },
    ]);
    expect(chatEvents('{"error":"gone"}')).toEqual([{ kind: "error", message: "gone", type: null }]);
    expect(chatEvents('{"choices":[{"delta":{"content":"an error occurred"}}],"error":null}')).toEqual([
      { kind: "text", text: "an error occurred" },
    ]);
  });
  it("passes over the end mark, a role-only frame and broken JSON", () => {
    for (const data of ["[DONE]", '{"choices":[{"delta":{"role":"assistant"}}]}', "{broken", "7"])
      expect(chatEvents(data)).toEqual([]);
  });
});

describe("route facts", () => {
  it("come from headers", () => {
    const headers = new Headers({
      "X-Routed-Via": "groq/llama",
      "X-Fallback-Attempts": "2",
      "X-Session-Status": "hit",
      "X-Session-Key": "k",
    });
    expect(routeFacts(headers)).toEqual({
      routedVia: "groq/llama",
      attempts: 2,
      sessionKey: "k",
      sessionStatus: "hit",
      requestId: null,
    });
    expect(routeFacts(new Headers()).attempts).toBe(0);
  });
  it("come from a comment after early headers", () => {
    expect(routedViaComment("routed-via demo/echo")).toBe("demo/echo");
    expect(routedViaComment("keep-alive")).toBeNull();
  });
});

describe("streamChat", () => {
  it("sends key, session and only the parameters that are set", async () => {
    const node = fakeNode({ "POST /v1/chat/completions": () => new Response("data: [DONE]\n\n") });
    await collect(streamChat({ ...request, temperature: 0 }, options));
    expect(node.seen[0]?.headers.get("authorization")).toBe("Bearer sb-1");
    expect(node.seen[0]?.headers.get("x-session-id")).toBe("s-1");
    expect(node.seen[0]?.body).toEqual({
      ...request,
      stream: true,
      stream_options: { include_usage: true },
      temperature: 0,
    });
  });
  it("yields what arrives in order", async () => {
    const stream =
      ': routed-via demo/echo\n\ndata: {"choices":[{"delta":{"content":"a"}}]}\n\n: keep-alive\n\ndata: {"choices":[{"delta":{"content":"b"}}]}\n\ndata: [DONE]\n\n';
    fakeNode({ "POST /v1/chat/completions": () => new Response(stream, { headers: { "x-session-key": "k" } }) });
    const events = await collect(streamChat(request, options));
    expect(events[0]).toMatchObject({ kind: "route", facts: { sessionKey: "k", routedVia: null } });
    expect(events.slice(1)).toEqual([
      { kind: "route", facts: { routedVia: "demo/echo" } },
      { kind: "text", text: "a" },
      { kind: "text", text: "b" },
    ]);
  });
  it("throws the node's own words when refused", async () => {
    fakeNode({ "POST /v1/chat/completions": refused(404, "Unknown model") });
    await expect(collect(streamChat(request, options))).rejects.toMatchObject({
      status: 404,
      message: "Unknown model",
    });
  });
});
