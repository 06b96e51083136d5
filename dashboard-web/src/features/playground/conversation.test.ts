import { describe, expect, it } from "vitest";
import type { ChatEvent } from "@/features/playground/chat";
import { type Answer, type Entry, grow, newSessionId, turns } from "@/features/playground/conversation";

const waiting: Answer = {
  role: "assistant",
  id: 2,
  state: "waiting",
  content: "",
  reasoning: "",
  facts: {},
  error: null,
  finish: null,
  input: null,
  output: null,
  firstMs: null,
  totalMs: null,
};
const after = (events: [ChatEvent, number][]) =>
  events.reduce((answer, [event, ms]) => grow(answer, event, ms), waiting);

describe("an answer", () => {
  it("takes its first-token time from the first text or reasoning only", () => {
    const answer = after([
      [{ kind: "route", facts: { routedVia: "a/b" } }, 5],
      [{ kind: "reasoning", text: "hm" }, 120],
      [{ kind: "text", text: "Hel" }, 300],
      [{ kind: "text", text: "lo" }, 400],
    ]);
    expect(answer).toMatchObject({
      content: "Hello",
      reasoning: "hm",
      firstMs: 120,
      state: "streaming",
      facts: { routedVia: "a/b" },
    });
  });
  it("keeps what came before an error", () => {
    expect(
      after([
        [{ kind: "text", text: "Hel" }, 1],
        [{ kind: "error", message: "Stalled", type: "stream_timeout" }, 2],
      ]),
    ).toMatchObject({ content: "Hel", state: "failed", error: "Stalled" });
  });
  it("adds later facts to earlier ones", () => {
    const answer = after([
      [{ kind: "route", facts: { routedVia: null, sessionKey: "k" } }, 1],
      [{ kind: "route", facts: { routedVia: "a/b" } }, 2],
    ]);
    expect(answer.facts).toEqual({ routedVia: "a/b", sessionKey: "k" });
  });
});

describe("turns", () => {
  const entries: Entry[] = [
    { role: "user", id: 1, content: "one" },
    { ...waiting, content: "" },
    { role: "user", id: 3, content: "two" },
    { ...waiting, id: 4, content: "answer" },
  ];
  it("leave out empty answers and put the system prompt first", () => {
    expect(turns("be brief", entries)).toEqual([
      { role: "system", content: "be brief" },
      { role: "user", content: "one" },
      { role: "user", content: "two" },
      { role: "assistant", content: "answer" },
    ]);
    expect(turns("  ", [])).toEqual([]);
  });
});

it("names conversations apart", () => {
  expect(newSessionId()).toMatch(/^playground-[0-9a-f]{12}$/);
  expect(newSessionId()).not.toBe(newSessionId());
});
