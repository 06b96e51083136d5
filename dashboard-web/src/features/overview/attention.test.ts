import { describe, expect, it } from "vitest";
import { clusterSchema, cooldownsSchema } from "@/api/cluster";
import { keysSchema } from "@/api/keys";
import { concerns } from "@/features/overview/attention";
import { cluster } from "@/test/samples";

const now = Date.parse("2026-01-01T00:00:00Z");
const key = (id: string, status: string, enabled = true) => ({
  id,
  platform: "alpha",
  label: id,
  maskedKey: "sk-…1",
  status,
  enabled,
});

describe("what needs attention", () => {
  it("is nothing when all is well", () => {
    expect(
      concerns(
        {
          cluster: clusterSchema.parse({ ...cluster, unreachable: [] }),
          cooldowns: [],
          keys: keysSchema.parse([key("a", "healthy"), key("b", "unknown")]),
        },
        now,
      ),
    ).toEqual([]);
    expect(concerns({}, now)).toEqual([]);
  });
  it("never says that all is well when the node itself no longer answers", () => {
    const known = clusterSchema.parse({ ...cluster, unreachable: [] });
    expect(concerns({ cluster: known, silent: true }, now)).toEqual([
      expect.objectContaining({ text: "127.0.0.1:25520 does not answer", tone: "bad", to: "/cluster" }),
    ]);
    expect(concerns({ silent: true }, now)).toHaveLength(1);
  });
  it("puts lost nodes first, then keys, then what cools, and links to the cause", () => {
    const found = concerns(
      {
        cluster: clusterSchema.parse(cluster),
        keys: keysSchema.parse([key("a", "invalid"), key("off", "invalid", false)]),
        cooldowns: cooldownsSchema.parse([
          { id: "1", scope: "model", platform: "alpha", model: "m", until: "2026-01-01T00:00:10Z" },
          { id: "2", scope: "model", platform: "alpha", model: "over", until: "2025-12-31T00:00:00Z" },
        ]),
      },
      now,
    );
    expect(found.map(({ text, to }) => [text, to])).toEqual([
      ["127.0.0.1:25522 is unreachable", "/cluster"],
      ["alpha · a", "/providers"],
      ["alpha/m", "/models"],
    ]);
  });
});
