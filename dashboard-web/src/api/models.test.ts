import { describe, expect, it } from "vitest";
import { chain, fallbackSchema, moved, passes, rowId } from "@/api/models";
import { limits, size } from "@/features/models/model-row";
import { changes, draftOf } from "@/features/models/edit-model";

const rows = fallbackSchema.parse(
  ["a", "b", "c", "d"].map((model, index) => ({
    platform: "p",
    model,
    name: `Model ${model}`,
    priority: index * 10,
    enabled: model !== "c",
    pool: index % 2 ? "fast" : "smart",
  })),
);
const names = (list: typeof rows) => list.map(({ model }) => model).join("");
const [a] = rows;

describe("the chain", () => {
  it("moves a row down and up to another's place", () => {
    expect(names(moved(rows, "p/a", "p/c"))).toBe("bcad");
    expect(names(moved(rows, "p/d", "p/b"))).toBe("adbc");
  });
  it("stays as it is for unknown rows", () => {
    expect(names(moved(rows, "p/a", "p/x"))).toBe("abcd");
    expect(names(moved(rows, "p/x", "p/a"))).toBe("abcd");
    expect(names(moved(rows, "p/a", "p/a"))).toBe("abcd");
  });
  it("is sent with priorities from 1 and its switches", () => {
    expect(chain(moved(rows, "p/a", "p/b")).slice(0, 3)).toEqual([
      { platform: "p", model: "b", priority: 1, enabled: true },
      { platform: "p", model: "a", priority: 2, enabled: true },
      { platform: "p", model: "c", priority: 3, enabled: false },
    ]);
  });
  it("takes an unheard-of pool as balanced", () => {
    expect(fallbackSchema.parse([{ platform: "p", model: "m", priority: 1, pool: "odd" }])[0]?.pool).toBe("balanced");
  });
  it("names rows whose model has slashes", () => {
    expect(rowId({ platform: "openrouter", model: "minimax/m2:free" })).toBe("openrouter/minimax/m2:free");
  });
});

describe("filters", () => {
  const now = Date.parse("2026-01-01T00:00:00Z");
  const cooling = { ...a!, cooldownUntil: "2026-01-01T00:00:10Z", keyCount: 1 };
  it("look in name and id, whatever the capitals", () => {
    expect(passes(a!, { text: "MODEL A", show: "all" }, now)).toBe(true);
    expect(passes(a!, { text: "p/a", show: "all" }, now)).toBe(true);
    expect(passes(a!, { text: "zzz", show: "all" }, now)).toBe(false);
  });
  it("choose by state", () => {
    expect(passes(cooling, { text: "", show: "cooling" }, now)).toBe(true);
    expect(passes(cooling, { text: "", show: "cooling" }, now + 10_000)).toBe(false);
    expect(passes(cooling, { text: "", show: "no-key" }, now)).toBe(false);
    expect(rows.filter((row) => passes(row, { text: "", show: "off" }, now)).map(({ model }) => model)).toEqual(["c"]);
  });
});

describe("a row", () => {
  it("says its limits and size", () => {
    expect(limits({ rpm: 30, rpd: null, tpm: 60_000, tpd: null })).toBe("30 rpm · 60K tpm");
    expect(limits({ rpm: null, rpd: null, tpm: null, tpd: null })).toBe("unlimited");
    expect(size({ contextWindow: 131_072 })).toBe("131.1K context");
    expect(size({ contextWindow: null })).toBeNull();
  });
  it("is patched with what changed only; an emptied limit is unlimited", () => {
    const row = { ...a!, rpm: 30, rpd: 100 };
    expect(changes(row, draftOf(row))).toEqual({});
    expect(changes(row, { ...draftOf(row), name: " New ", rpm: "", rpd: "200" })).toEqual({
      name: "New",
      rpm: null,
      rpd: 200,
    });
  });
});
