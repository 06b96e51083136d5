import { queryOptions } from "@tanstack/react-query";
import { flag, maybeText, z } from "@/api/base";
import { call, path } from "@/api/client";

const setting = z.object({
  key: z.string(),
  value: z.unknown(),
  default: z.unknown(),
  source: z.string(),
  setBy: maybeText,
  editable: flag(false),
  needsRestart: flag(false),
  description: maybeText,
});
export const settingsSchema = z.array(setting);
export type Setting = z.infer<typeof setting>;

export const apiKeySchema = z.object({ apiKey: z.string() });

const auditEntry = z.object({
  at: maybeText,
  actor: maybeText,
  action: z.string(),
  target: maybeText,
  before: z.unknown(),
  after: z.unknown(),
});
export const auditSchema = z.array(auditEntry);
export type AuditEntry = z.infer<typeof auditEntry>;

export const settingsQuery = queryOptions({
  queryKey: ["settings"],
  queryFn: ({ signal }) => call(path(["settings"]), settingsSchema, { signal }),
});

export const apiKeyQuery = queryOptions({
  queryKey: ["api-key"],
  queryFn: ({ signal }) => call(path(["settings", "api-key"]), apiKeySchema, { signal }),
  staleTime: 60_000,
});

export function auditQuery(limit: number) {
  return queryOptions({
    queryKey: ["audit", limit],
    queryFn: ({ signal }) => call(path(["audit"], { limit }), auditSchema, { signal }),
    refetchInterval: 10_000,
  });
}

/** A value as one line of text: plain for words and numbers, JSON for the rest. */
export function valueText(value: unknown): string {
  if (value === null || value === undefined) return "";
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}

/** Reads what was typed back into the kind of value the setting had; throws when it cannot be that. */
export function readValue(text: string, like: unknown): unknown {
  const trimmed = text.trim();
  if (typeof like === "number") {
    const number = Number(trimmed);
    if (trimmed === "" || !Number.isFinite(number)) throw new Error("A number is needed.");
    return number;
  }
  if (typeof like === "boolean") return trimmed === "true";
  if (typeof like === "object" && like !== null) {
    try {
      return JSON.parse(trimmed) as unknown;
    } catch {
      throw new Error("This is not valid JSON.");
    }
  }
  return trimmed;
}
