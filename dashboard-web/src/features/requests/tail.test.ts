import { describe, expect, it } from "vitest";
import { KEPT, matches, merged, rowFromError, rowFromEvent, type TailRow } from "@/features/requests/tail";

const now = "2026-01-01T00:00:00Z";
const event = (value: object) => rowFromEvent(JSON.stringify(value), now);
const row = (requestId: string, at: string, more: Partial<TailRow> = {}): TailRow => ({
  requestId,
  at,
  model: null,
  outcome: null,
  ok: null,
  message: null,
  ms: null,
  sessionKey: null,
  node: null,
  attempts: [],
  ...more,
});

describe("live events", () => {
  it("become rows, with time and model even when thin", () => {
    expect(event({ requestId: "r", platform: "alpha", model: "m", outcome: "success", ms: 12 })).toMatchObject({
      at: now,
      model: "alpha/m",
      ok: true,
      ms: 12,
    });
    expect(
      event({
        requestId: "r",
        attempts: [
          { model: "a/b", key: "k", outcome: "TIMEOUT", ms: 5 },
          { model: "a/c", key: "k", outcome: "success", ms: 7 },
        ],
      }),
    ).toMatchObject({ model: "a/c", outcome: "success", ok: true, ms: 12 });
    expect(event({ requestId: "r" })).toMatchObject({ outcome: null, ok: null });
  });
  it("that are no requests are passed over", () => {
    expect(event({ hello: 1 })).toBeNull();
    expect(rowFromEvent("not json", now)).toBeNull();
  });
});

describe("the tail", () => {
  it("has one row a request, newest first; the live row keeps the logged message", () => {
    const logged = rowFromError(
      { at: "2026-01-01T00:00:01Z", requestId: "b", platform: "p", model: "m", kind: "TIMEOUT", message: "too slow" },
      0,
    );
    const all = merged([row("a", "2026-01-01T00:00:03Z"), row("b", "2026-01-01T00:00:02Z", { ms: 9 })], [logged]);
    expect(all.map(({ requestId }) => requestId)).toEqual(["a", "b"]);
    expect(all[1]).toMatchObject({ ms: 9, message: "too slow" });
  });
  it("is bounded", () => {
    const many = Array.from({ length: KEPT + 50 }, (_, i) => row(`r${i}`, new Date(i * 1000).toISOString()));
    expect(merged(many, [])).toHaveLength(KEPT);
    expect(merged(many, [])[0]?.requestId).toBe(`r${KEPT + 49}`);
  });
  it("is searched in every shown text", () => {
    expect(matches(row("req_9", now, { model: "groq/llama" }), "LLAMA")).toBe(true);
    expect(matches(row("req_9", now, { message: "Too many" }), "many")).toBe(true);
    expect(matches(row("req_9", now), "x")).toBe(false);
  });
});
