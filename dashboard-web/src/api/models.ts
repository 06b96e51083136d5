import { queryOptions } from "@tanstack/react-query";
import { flag, maybeNumber, maybeText, numberOrZero, or, z } from "@/api/base";
import { call, path } from "@/api/client";
import { skipWords } from "@/lib/words";

const budget = or(z.union([z.number(), z.string()]), null);

/** The terms of a score (behaviour.md §7). */
const parts = z.object({
  reliability: z.number(),
  speed: z.number(),
  latency: z.number(),
  intelligence: z.number(),
  outage: flag(false),
});

const fallbackModel = z.object({
  platform: z.string(),
  model: z.string(),
  name: maybeText,
  priority: z.number(),
  enabled: flag(true),
  pool: z.catch(z.enum(["fast", "balanced", "smart"]), "balanced"),
  score: maybeNumber,
  smartScore: maybeNumber,
  effectiveScore: maybeNumber,
  penalty: numberOrZero,
  successRate: maybeNumber,
  requests: numberOrZero,
  tokPerSec: maybeNumber,
  ttftMs: maybeNumber,
  keyCount: numberOrZero,
  cooldownUntil: maybeText,
  intelligenceRank: maybeNumber,
  contextWindow: maybeNumber,
  rpm: maybeNumber,
  rpd: maybeNumber,
  tpm: maybeNumber,
  tpd: maybeNumber,
  monthlyTokenBudget: budget,
  monthlyTokens: maybeNumber,
  leftOut: maybeText,
  parts: or(parts, null),
});

export const fallbackSchema = z.array(fallbackModel);
export type FallbackModel = z.infer<typeof fallbackModel>;
export type Pool = FallbackModel["pool"];

export const fallbackQuery = queryOptions({
  queryKey: ["fallback"],
  queryFn: ({ signal }) => call(path(["fallback"]), fallbackSchema, { signal }),
  refetchInterval: 4000,
});

/** One name for a row of the chain. */
export function rowId({ platform, model }: { platform: string; model: string }): string {
  return `${platform}/${model}`;
}

export type ChainEntry = { platform: string; model: string; priority: number; enabled: boolean };

/** The chain as PUT /api/fallback takes it, priorities counted from 1 in the order given. */
export function chain(rows: readonly FallbackModel[]): ChainEntry[] {
  return rows.map(({ platform, model, enabled }, index) => ({ platform, model, priority: index + 1, enabled }));
}

/** The rows with one moved to the place of another; the others keep their order. */
export function moved(rows: readonly FallbackModel[], id: string, targetId: string): FallbackModel[] {
  const from = rows.findIndex((row) => rowId(row) === id);
  const to = rows.findIndex((row) => rowId(row) === targetId);
  const row = rows[from];
  if (row === undefined || to < 0 || from === to) return [...rows];
  const rest = rows.toSpliced(from, 1);
  return rest.toSpliced(to, 0, row).map((each, index) => ({ ...each, priority: index + 1 }));
}

export type ModelFilter = { text: string; show: "all" | "on" | "off" | "cooling" | "no-key" };

/** Whether a row passes the page's search and filter. */
export function passes(row: FallbackModel, { text, show }: ModelFilter, now: number): boolean {
  const wanted = text.trim().toLowerCase();
  if (wanted !== "" && !`${rowId(row)} ${row.name ?? ""}`.toLowerCase().includes(wanted)) return false;
  switch (show) {
    case "all":
      return true;
    case "on":
      return row.enabled;
    case "off":
      return !row.enabled;
    case "cooling":
      return row.cooldownUntil !== null && Date.parse(row.cooldownUntil) > now;
    case "no-key":
      return row.keyCount === 0;
  }
}

export const pools: readonly { pool: Pool; name: string; about: string }[] = [
  { pool: "fast", name: "Fast", about: "First for auto-fast" },
  { pool: "balanced", name: "Balanced", about: "First for auto" },
  { pool: "smart", name: "Smart", about: "First for auto-smart" },
];

/** Why routing leaves a model out, where neither its switch nor its cooldown says so already. */
export function leftOut({ leftOut: reason }: { leftOut: string | null }): { name: string; about: string } | null {
  if (reason === null || reason === "disabled" || reason === "cooling") return null;
  return skipWords(reason);
}
