import { keepPreviousData, queryOptions } from "@tanstack/react-query";
import { mapped, maybeNumber, maybeText, numberOrZero, z } from "@/api/base";
import { call, path } from "@/api/client";

export const ranges = ["1h", "24h", "7d", "30d"] as const;
export type Range = (typeof ranges)[number];

/** The length of a range in seconds. */
export const rangeSeconds: Record<Range, number> = { "1h": 3600, "24h": 86_400, "7d": 604_800, "30d": 2_592_000 };

const figures = {
  requests: numberOrZero,
  successRate: maybeNumber,
  inputTokens: numberOrZero,
  outputTokens: numberOrZero,
  latencyP50Ms: maybeNumber,
  latencyP95Ms: maybeNumber,
  ttftP50Ms: maybeNumber,
  ttftP95Ms: maybeNumber,
};

/**
 * Where nothing was decided there is no share of success, as when all was rate limited; where nothing was answered there
 * are no times, and where nothing was streamed there is none to the first token.
 */
function measured<T extends z.output<z.ZodMiniObject<typeof figures>>>(row: T): T {
  const answered = Boolean(row.latencyP95Ms);
  const decided = row.requests > 0 && (answered || row.successRate !== 1);
  return {
    ...row,
    ...(!decided && { successRate: null }),
    ...(!answered && { latencyP50Ms: null, latencyP95Ms: null }),
    ...(!(answered && row.ttftP95Ms) && { ttftP50Ms: null, ttftP95Ms: null }),
  };
}

export const summarySchema = mapped(z.object(figures), measured);
export type Summary = z.infer<typeof summarySchema>;

export const groupSchema = z.array(mapped(z.object({ platform: maybeText, model: maybeText, ...figures }), measured));
export type Group = z.infer<typeof groupSchema>[number];

export const timelineSchema = z.array(
  mapped(z.object({ at: z.string(), successes: numberOrZero, failures: numberOrZero, ...figures }), measured),
);
export type TimelinePoint = z.infer<typeof timelineSchema>[number];

export const errorsSchema = z.array(
  z.object({
    at: maybeText,
    requestId: maybeText,
    platform: maybeText,
    model: maybeText,
    kind: maybeText,
    message: maybeText,
  }),
);
export type ErrorRow = z.infer<typeof errorsSchema>[number];

const refresh = 10_000;

export function summaryQuery(range: Range) {
  return queryOptions({
    queryKey: ["summary", range],
    queryFn: ({ signal }) => call(path(["analytics", "summary"], { range }), summarySchema, { signal }),
    refetchInterval: refresh,
    placeholderData: keepPreviousData,
  });
}

export function timelineQuery(range: Range) {
  return queryOptions({
    queryKey: ["timeline", range],
    queryFn: ({ signal }) => call(path(["analytics", "timeline"], { range }), timelineSchema, { signal }),
    refetchInterval: refresh,
    placeholderData: keepPreviousData,
  });
}

export function groupQuery(by: "model" | "platform", range: Range) {
  return queryOptions({
    queryKey: [`by-${by}`, range],
    queryFn: ({ signal }) => call(path(["analytics", `by-${by}`], { range }), groupSchema, { signal }),
    refetchInterval: refresh,
    placeholderData: keepPreviousData,
  });
}

export function errorsQuery(range: Range) {
  return queryOptions({
    queryKey: ["errors", range],
    queryFn: ({ signal }) => call(path(["analytics", "errors"], { range }), errorsSchema, { signal }),
    refetchInterval: refresh,
    placeholderData: keepPreviousData,
  });
}

/** How often each kind of error occurs, most frequent first. */
export function errorKinds(rows: readonly ErrorRow[]): { kind: string; count: number }[] {
  const counts = new Map<string, number>();
  for (const { kind } of rows) counts.set(kind ?? "unknown", (counts.get(kind ?? "unknown") ?? 0) + 1);
  return [...counts]
    .map(([kind, count]) => ({ kind, count }))
    .sort((a, b) => b.count - a.count || a.kind.localeCompare(b.kind));
}
