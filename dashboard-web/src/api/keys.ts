import { queryOptions } from "@tanstack/react-query";
import { flag, mapped, maybeNumber, maybeText, numberOrZero, or, z } from "@/api/base";
import { call, path } from "@/api/client";

const limits = z.object({ rpm: maybeNumber, rpd: maybeNumber, tpm: maybeNumber, tpd: maybeNumber });
export type Limits = z.infer<typeof limits>;
const NO_LIMITS: Limits = { rpm: null, rpd: null, tpm: null, tpd: null };
const noUse = { rpm: 0, rpd: 0, tpm: 0, tpd: 0 };

const key = z.object({
  id: mapped(z.union([z.string(), z.number()]), String),
  platform: z.string(),
  label: maybeText,
  maskedKey: maybeText,
  status: z.string(),
  enabled: flag(true),
  createdAt: maybeText,
  lastCheckedAt: maybeText,
  statusReason: maybeText,
  usage: or(z.object({ rpm: numberOrZero, rpd: numberOrZero, tpm: numberOrZero, tpd: numberOrZero }), noUse),
});
export const keysSchema = z.array(key);
export type ProviderKey = z.infer<typeof key>;
export type Usage = ProviderKey["usage"];

const platform = z.object({
  id: z.string(),
  name: maybeText,
  adapter: maybeText,
  baseUrl: maybeText,
  origin: maybeText,
  enabled: flag(true),
  keyless: flag(false),
  keyPage: maybeText,
  shared: or(limits, NO_LIMITS),
  protection: maybeText,
  keyCount: maybeNumber,
  modelCount: maybeNumber,
});
export const platformsSchema = z.array(platform);
export type Platform = z.infer<typeof platform>;

/** POST /api/platforms/{id}/discover: what the provider lists. */
export const discoveredSchema = z.array(z.object({ id: z.string(), known: flag(false) }));
export type Discovered = z.infer<typeof discoveredSchema>[number];

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

/** What one key of a platform may use: the platform's shared limit, else the sum of its models' where each has one. */
export function keyLimits(shared: Limits | undefined, models: readonly Limits[]): Limits {
  const limit = (window: keyof Limits) => {
    const own = shared?.[window] ?? null;
    if (own !== null || models.length === 0) return own;
    return models.reduce<number | null>((sum, model) => {
      const each = model[window];
      return sum === null || each === null ? null : sum + each;
    }, 0);
  };
  return { rpm: limit("rpm"), rpd: limit("rpd"), tpm: limit("tpm"), tpd: limit("tpd") };
}
