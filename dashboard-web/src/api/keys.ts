import { queryOptions } from "@tanstack/react-query";
import { flag, maybeNumber, maybeText, z } from "@/api/base";
import { call, path } from "@/api/client";

/** How much of one limit is used. A node may send only the amount. */
const usage = z
  .union([z.number().transform((used) => ({ used, limit: null })), z.object({ used: z.number(), limit: maybeNumber })])
  .nullish()
  .catch(null)
  .transform((value) => value ?? null);

const key = z.object({
  id: z.coerce.string(),
  platform: z.string(),
  label: maybeText,
  maskedKey: maybeText,
  status: z.string(),
  enabled: flag(true),
  createdAt: maybeText,
  lastCheckedAt: maybeText,
  reason: maybeText,
  usage: z
    .object({ rpm: usage, rpd: usage, tpm: usage, tpd: usage })
    .nullish()
    .transform((value) => value ?? { rpm: null, rpd: null, tpm: null, tpd: null }),
});
export const keysSchema = z.array(key);
export type ProviderKey = z.infer<typeof key>;
export type Usage = ProviderKey["usage"];

const platform = z.object({
  id: z.string(),
  name: maybeText,
  adapter: maybeText,
  baseUrl: maybeText,
  custom: flag(false),
  enabled: flag(true),
  keyPage: maybeText,
});
export const platformsSchema = z.array(platform);
export type Platform = z.infer<typeof platform>;

export const keysQuery = queryOptions({
  queryKey: ["keys"],
  queryFn: ({ signal }) => call(path(["keys"]), keysSchema, { signal }),
  refetchInterval: 5000,
});

export const platformsQuery = queryOptions({
  queryKey: ["platforms"],
  queryFn: ({ signal }) => call(path(["platforms"]), platformsSchema, { signal }),
  refetchInterval: 15_000,
});

export type KeyStatus = { name: string; tone: "good" | "warn" | "bad" | "neutral"; about: string };

const statuses: Record<string, KeyStatus> = {
  healthy: { name: "Healthy", tone: "good", about: "The provider takes this key." },
  rate_limited: { name: "Rate limited", tone: "warn", about: "The provider has asked to wait." },
  invalid: { name: "Invalid", tone: "bad", about: "The provider has refused this key." },
  error: { name: "Error", tone: "bad", about: "This key could not be read or checked." },
  unknown: { name: "Not checked", tone: "neutral", about: "This key has not been checked yet." },
};

/** A key's status in words and colour; an unheard-of one is shown as it is. */
export function keyStatus(status: string): KeyStatus {
  return statuses[status] ?? { name: status, tone: "neutral", about: status };
}

/** Keys by platform, platforms by name, in the order of their creation. */
export function keysByPlatform(keys: readonly ProviderKey[]): [string, ProviderKey[]][] {
  const groups = new Map<string, ProviderKey[]>();
  for (const each of keys) {
    const group = groups.get(each.platform);
    if (group) group.push(each);
    else groups.set(each.platform, [each]);
  }
  const created = ({ createdAt }: ProviderKey) => createdAt ?? "";
  for (const group of groups.values()) group.sort((a, b) => created(a).localeCompare(created(b)));
  return [...groups].sort(([a], [b]) => a.localeCompare(b));
}
