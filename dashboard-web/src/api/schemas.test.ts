import { describe, expect, it } from "vitest";
import { clusterSchema, inFlightSchema, shardTable, UNPLACED } from "@/api/cluster";
import { modelName, sessionDetailSchema, succeeded } from "@/api/sessions";
import { cluster, session } from "@/test/samples";

describe("cluster", () => {
  it("takes the contract's shape", () => {
    const read = clusterSchema.parse(cluster);
    expect(read.members).toHaveLength(3);
    expect(read.unreachable).toEqual(["akka://switchboard@127.0.0.1:25522"]);
  });
  it("takes a node that leaves the optional parts out or sends null", () => {
    const read = clusterSchema.parse({
      self: "a",
      leader: null,
      members: [{ address: "a", status: "Joining", upSince: null }],
    });
    expect(read).toMatchObject({ leader: null, unreachable: [], shards: [], singletons: [] });
    expect(read.members[0]).toMatchObject({ roles: [], sessions: null, version: null });
  });
  it("refuses an answer without members", () => {
    expect(clusterSchema.safeParse({ self: "a" }).success).toBe(false);
  });
  it("counts shards by type and node", () => {
    const rows = shardTable([...clusterSchema.parse(cluster).shards, { type: "session", shard: "9", node: null }]);
    expect(rows.map(({ type, total }) => [type, total])).toEqual([
      ["provider", 1],
      ["session", 3],
    ]);
    expect(rows[1]?.byNode.get(UNPLACED)).toBe(1);
  });
  it("takes a request that has no model yet", () => {
    expect(inFlightSchema.parse([{ requestId: "r" }])[0]).toMatchObject({ model: null, stream: false });
  });
});

describe("sessions", () => {
  it("reads why a candidate was left out, however it is said", () => {
    const candidates = [
      { model: "a", score: 1, skipped: null },
      { model: "b", score: 1, skipped: false },
      { model: "c", score: 1, skipped: "cooldown" },
      { model: "d", score: null, skipped: true },
    ];
    const read = sessionDetailSchema.parse({ ...session, decisions: [{ at: null, requestId: null, candidates }] });
    expect(read.decisions[0]?.candidates.map(({ skipped }) => skipped)).toEqual([null, null, "cooldown", "skipped"]);
  });
  it("names a model with its platform, whatever the model is called", () => {
    expect(modelName({ platform: "alpha", model: "a-large" })).toBe("alpha/a-large");
    expect(modelName({ platform: "openai", model: "openai/gpt" })).toBe("openai/openai/gpt");
    expect(modelName({ platform: "alpha", model: null })).toBeNull();
  });
  it("knows a success", () => {
    expect([succeeded("SUCCESS"), succeeded("ok"), succeeded("TIMEOUT"), succeeded(null)]).toEqual([
      true,
      true,
      false,
      false,
    ]);
  });
});
