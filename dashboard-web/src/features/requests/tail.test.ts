import { describe, expect, it } from "vitest";
import { requestRow } from "@/api/requests";
import { KEPT, matches, merged, rowFromEvent, tailRow } from "@/features/requests/tail";

const base = { at: "2026-01-01T00:00:00Z", requestId: "r", requested: "auto", status: 200, attempts: 1 };
const row = (more: object) => tailRow(requestRow.parse({ ...base, ...more }));

describe("live events", () => {
  it("become rows with the answering model and the outcome in a word", () => {
    const event = { ...base, platform: "alpha", model: "alpha/m", failure: null, totalMs: 12 };
    expect(rowFromEvent(JSON.stringify(event))).toMatchObject({ name: "alpha/alpha/m", ok: true, outcome: "success" });
    expect(row({ status: 503, failure: "rate_limited" })).toMatchObject({
      name: null,
      ok: false,
      outcome: "rate_limited",
    });
    expect(row({ status: 404, failure: null })).toMatchObject({ ok: false, outcome: "status 404" });
    expect(row({ failure: "cancelled" }).ok).toBe(false);
  });
  it("that are no requests are passed over", () => {
    expect(rowFromEvent('{"hello":1}')).toBeNull();
    expect(rowFromEvent("not json")).toBeNull();
  });
});

describe("the tail", () => {
  it("has one row a request, newest first; the logged row knows the message", () => {
    const all = merged(
      [row({ requestId: "a", at: "2026-01-01T00:00:03Z" }), row({ requestId: "b", at: "2026-01-01T00:00:02Z" })],
      [row({ requestId: "b", at: "2026-01-01T00:00:02Z", message: "too slow" })],
    );
    expect(all.map(({ requestId }) => requestId)).toEqual(["a", "b"]);
    expect(all[1]?.message).toBe("too slow");
  });
  it("is bounded", () => {
    const many = Array.from({ length: KEPT + 50 }, (_, i) =>
      row({ requestId: `r${i}`, at: new Date(i * 1000).toISOString() }),
    );
    expect(merged(many, [])).toHaveLength(KEPT);
    expect(merged(many, [])[0]?.requestId).toBe(`r${KEPT + 49}`);
  });
  it("is searched in every shown text", () => {
    expect(matches(row({ platform: "groq", model: "llama" }), "GROQ/LLAMA")).toBe(true);
    expect(matches(row({ message: "Too many" }), "many")).toBe(true);
    expect(matches(row({}), "x")).toBe(false);
  });
});
