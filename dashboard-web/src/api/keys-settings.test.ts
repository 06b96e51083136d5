import { describe, expect, it } from "vitest";
import { errorKinds, errorsSchema } from "@/api/analytics";
import { keysByPlatform, keysSchema, keyStatus } from "@/api/keys";
import { readValue, valueText } from "@/api/settings";
import { masked } from "@/features/settings/api-key";

describe("keys", () => {
  it("take usage as amounts or with limits, and a node without usage", () => {
    const [plain, rich, none] = keysSchema.parse([
      { id: 1, platform: "a", status: "healthy", usage: { rpm: 3, rpd: null } },
      { id: "2", platform: "a", status: "healthy", usage: { rpm: { used: 3, limit: 30 }, tpm: "odd" } },
      { id: "3", platform: "a", status: "healthy" },
    ]);
    expect(plain).toMatchObject({ id: "1", usage: { rpm: { used: 3, limit: null }, rpd: null } });
    expect(rich?.usage).toMatchObject({ rpm: { used: 3, limit: 30 }, tpm: null });
    expect(none?.usage.rpm).toBeNull();
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
