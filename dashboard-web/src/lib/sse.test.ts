import { describe, expect, it } from "vitest";
import { readSse, type SseEvent, SseParser } from "@/lib/sse";

const message = (data: string): SseEvent => ({ type: "message", data });

function parse(text: string, pieces = 1): SseEvent[] {
  const parser = new SseParser();
  const size = Math.max(1, Math.ceil(text.length / pieces));
  const events: SseEvent[] = [];
  for (let at = 0; at < text.length; at += size) events.push(...parser.push(text.slice(at, at + size)));
  return [...events, ...parser.end()];
}

describe("SseParser", () => {
  it("takes LF, CRLF and CR", () => {
    for (const end of ["\n", "\r\n", "\r"]) {
      expect(parse(["data: one", "", "data: two", "", ""].join(end))).toEqual([message("one"), message("two")]);
    }
  });
  it("reads the same however the text is cut", () => {
    const text = 'event: route\r\ndata: {"a":1}\r\n\r\n: keep-alive\r\n\r\ndata:x\r\ndata: y\r\n\r\ndata: last';
    const whole = parse(text);
    expect(whole).toEqual([{ type: "route", data: '{"a":1}' }, message("x\ny"), message("last")]);
    for (let pieces = 2; pieces <= text.length; pieces++) expect(parse(text, pieces)).toEqual(whole);
  });
  it("hears comments and passes over events without data", () => {
    const comments: string[] = [];
    const parser = new SseParser((text) => comments.push(text));
    expect(parser.push(": routed-via groq/llama\n\nevent: empty\n\n")).toEqual([]);
    expect(comments).toEqual(["routed-via groq/llama"]);
  });
  it("keeps a second leading space and a field without a colon", () => {
    expect(parse("data:  x\n\n")).toEqual([message(" x")]);
    expect(parse("data\n\n")).toEqual([message("")]);
  });
});

describe("readSse", () => {
  it("joins characters that were cut between chunks", async () => {
    const bytes = new TextEncoder().encode("data: سلام é\n\n");
    const body = new ReadableStream<Uint8Array>({
      start(controller) {
        for (const byte of bytes) controller.enqueue(new Uint8Array([byte]));
        controller.close();
      },
    });
    const events: SseEvent[] = [];
    for await (const event of readSse(body)) events.push(event);
    expect(events).toEqual([message("سلام é")]);
  });
  it("cancels the body when the reader stops early", async () => {
    let cancelled = false;
    const body = new ReadableStream<Uint8Array>({
      pull: (controller) => controller.enqueue(new TextEncoder().encode("data: x\n\n")),
      cancel: () => {
        cancelled = true;
      },
    });
    for await (const _ of readSse(body)) break;
    expect(cancelled).toBe(true);
  });
});
