import { describe, expect, it } from "vitest";
import { errorKinds, errorsSchema, summarySchema } from "@/api/analytics";
import { keyLimits, keysByPlatform, keysSchema, keyStatus } from "@/api/keys";
import { readValue, valueText } from "@/api/settings";
import { masked } from "@/features/settings/api-key";

describe("keys", () => {
  it("have their use, none where it is missing", () => {
    const [plain, none] = keysSchema.parse([
      { id: 1, platform: "a", status: "healthy", usage: { rpm: 3, rpd: 7, tpm: 0, tpd: 90 } },
      { id: "3", platform: "a", status: "healthy" },
    ]);
    expect(plain).toMatchObject({ id: "1", usage: { rpm: 3, rpd: 7, tpm: 0, tpd: 90 } });
    expect(none?.usage.rpm).toBe(0);
  });
  it("are limited by their platform, else by all of its models together", () => {
    const none = { rpm: null, rpd: null, tpm: null, tpd: null };
    const models = [
      { rpm: 30, rpd: 100, tpm: null, tpd: null },
      { rpm: 10, rpd: null, tpm: null, tpd: null },
    ];
    expect(keyLimits(none, models)).toEqual({ rpm: 40, rpd: null, tpm: null, tpd: null });
    expect(keyLimits({ ...none, rpm: 20 }, models).rpm).toBe(20);
    expect(keyLimits(undefined, []).rpm).toBeNull();
  });
  it("are grouped by platform and ordered by age", () => {
    const keys = keysSchema.parse([
      { id: "2", platform: "b", status: "x", createdAt: "2026-01-02T00:00:00Z" },
      { id: "1", platform: "b", status: "x", createdAt: "2026-01-01T00:00:00Z" },
      { id: "3", platform: "a", status: "x" },
    ]);
    expect(keysByPlatform(keys).map(([platform, group]) => [platform, group.map(({ id }) => id).join()])).toEqual([
      ["a", "3"],
      ["b", "1,2"],
    ]);
  });
  it("show an unheard-of status as it is", () => {
    expect(keyStatus("rate_limited").tone).toBe("warn");
    expect(keyStatus("odd").name).toBe("odd");
  });
});

describe("settings", () => {
  it("show and read back each kind of value", () => {
    for (const value of [5, 0.5, true, false, "30m", { a: "off" }])
      expect(readValue(valueText(value), value)).toEqual(value);
  });
  it("refuse what cannot be that kind", () => {
    expect(() => readValue("many", 5)).toThrow("number");
    expect(() => readValue("", 5)).toThrow("number");
    expect(() => readValue("{", {})).toThrow("JSON");
  });
});

it("figures of nothing are not measures", () => {
  const nothing = { requests: 0, successRate: 1, latencyP50Ms: 0, latencyP95Ms: 0, ttftP50Ms: 0, ttftP95Ms: 0 };
  const noTimes = { latencyP50Ms: null, latencyP95Ms: null, ttftP50Ms: null, ttftP95Ms: null };
  expect(summarySchema.parse(nothing)).toMatchObject({ requests: 0, successRate: null, ...noTimes });
  expect(summarySchema.parse({ ...nothing, requests: 2 })).toMatchObject({ successRate: null, ...noTimes });
  expect(summarySchema.parse({ ...nothing, requests: 2, successRate: 0 })).toMatchObject({ successRate: 0 });
  const whole = { ...nothing, requests: 2, latencyP50Ms: 4, latencyP95Ms: 9 };
  expect(summarySchema.parse(whole)).toMatchObject({
    successRate: 1,
    latencyP50Ms: 4,
    ttftP50Ms: null,
    ttftP95Ms: null,
  });
  const streamed = { ...whole, ttftP95Ms: 3 };
  expect(summarySchema.parse(streamed)).toMatchObject({ latencyP95Ms: 9, ttftP50Ms: 0, ttftP95Ms: 3 });
});

it("errors are counted by kind, most frequent first", () => {
  const rows = errorsSchema.parse([{ kind: "B" }, { kind: "A" }, { kind: "B" }, { kind: null }]);
  expect(errorKinds(rows)).toEqual([
    { kind: "B", count: 2 },
    { kind: "A", count: 1 },
    { kind: "unknown", count: 1 },
  ]);
});

it("a masked key shows its ends only", () => {
  expect(masked("sb-0123456789abcd")).toBe("sb-••••••••••abcd");
  expect(masked("short")).toBe("•••••");
});
