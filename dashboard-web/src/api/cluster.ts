import { flag, list, mapped, maybeNumber, maybeText, z } from "@/api/base";

const member = z.object({
  address: z.string(),
  status: z.string(),
  roles: list(z.string()),
  upSince: maybeText,
  httpUrl: maybeText,
  sessions: maybeNumber,
  inFlight: maybeNumber,
  version: maybeText,
});

const unreachable = z.union([z.string(), mapped(z.object({ address: z.string() }), ({ address }) => address)]);

/** GET /api/cluster (contract.md §4). */
export const clusterSchema = z.object({
  self: z.string(),
  leader: maybeText,
  members: z.array(member),
  unreachable: list(unreachable),
  shards: list(
    z.object({ type: z.string(), shard: mapped(z.union([z.string(), z.number()]), String), node: maybeText }),
  ),
  singletons: list(z.object({ name: z.string(), node: maybeText })),
});

export type Cluster = z.infer<typeof clusterSchema>;
export type Member = Cluster["members"][number];

export const inFlightSchema = z.array(
  z.object({
    requestId: z.string(),
    platform: maybeText,
    model: maybeText,
    sessionKey: maybeText,
    node: maybeText,
    startedAt: maybeText,
    stream: flag(false),
    chunks: maybeNumber,
  }),
);
export type InFlight = z.infer<typeof inFlightSchema>[number];

export const cooldownsSchema = z.array(
  z.object({
    id: z.string(),
    scope: z.string(),
    platform: z.string(),
    model: maybeText,
    keyId: maybeText,
    keyLabel: maybeText,
    reason: maybeText,
    until: z.string(),
  }),
);
export type Cooldown = z.infer<typeof cooldownsSchema>[number];

export type ShardRow = { type: string; total: number; byNode: Map<string, number> };

/** Where a shard without a node is counted. */
export const UNPLACED = "not placed";

/** Counts shards by type and node, types in alphabetical order. */
export function shardTable(shards: Cluster["shards"]): ShardRow[] {
  const rows = new Map<string, ShardRow>();
  for (const { type, node } of shards) {
    const row = rows.get(type) ?? { type, total: 0, byNode: new Map<string, number>() };
    const where = node ?? UNPLACED;
    row.total += 1;
    row.byNode.set(where, (row.byNode.get(where) ?? 0) + 1);
    rows.set(type, row);
  }
  return [...rows.values()].sort((a, b) => a.type.localeCompare(b.type));
}
