import type { ErrorRow } from "@/api/analytics";
import { list, maybeNumber, maybeText, z } from "@/api/base";
import { type Attempt, succeeded } from "@/api/sessions";

/** A `route` event of GET /api/events; everything but the request's id may be missing. */
const routeEvent = z.object({
  at: maybeText,
  requestId: z.string(),
  platform: maybeText,
  model: maybeText,
  outcome: maybeText,
  kind: maybeText,
  message: maybeText,
  ms: maybeNumber,
  sessionKey: maybeText,
  node: maybeText,
  attempts: list(z.object({ model: z.string(), key: maybeText, outcome: maybeText, ms: maybeNumber })).catch([]),
});

export type TailRow = {
  requestId: string;
  at: string;
  model: string | null;
  outcome: string | null;
  ok: boolean | null;
  message: string | null;
  ms: number | null;
  sessionKey: string | null;
  node: string | null;
  attempts: readonly Attempt[];
};

const modelName = (platform: string | null, model: string | null) =>
  model && platform && !model.startsWith(`${platform}/`) ? `${platform}/${model}` : (model ?? platform);

/** Reads one live event; null when it is not about a request. */
export function rowFromEvent(data: string, receivedAt: string): TailRow | null {
  let json: unknown;
  try {
    json = JSON.parse(data);
  } catch {
    return null;
  }
  const read = routeEvent.safeParse(json);
  if (!read.success) return null;
  const { platform, model, at, kind, outcome, attempts, ...rest } = read.data;
  const last = attempts.at(-1);
  const ended = outcome ?? kind ?? last?.outcome ?? null;
  return {
    requestId: rest.requestId,
    at: at ?? receivedAt,
    model: modelName(platform, model) ?? last?.model ?? null,
    outcome: ended,
    ok: ended === null ? null : succeeded(ended),
    message: rest.message,
    ms: rest.ms ?? (attempts.length > 0 ? attempts.reduce((sum, attempt) => sum + (attempt.ms ?? 0), 0) : null),
    sessionKey: rest.sessionKey,
    node: rest.node,
    attempts,
  };
}

export function rowFromError(row: ErrorRow, index: number): TailRow {
  return {
    requestId: row.requestId ?? `unnamed ${row.at ?? ""} ${index}`,
    at: row.at ?? "",
    model: modelName(row.platform, row.model),
    outcome: row.kind,
    ok: false,
    message: row.message,
    ms: null,
    sessionKey: null,
    node: null,
    attempts: [],
  };
}

/** At most this many rows are kept. */
export const KEPT = 500;

/** Live rows and logged errors as one list, newest first, one row a request; the live row knows more. */
export function merged(live: readonly TailRow[], logged: readonly TailRow[]): TailRow[] {
  const byRequest = new Map(logged.map((row) => [row.requestId, row]));
  for (const row of live) {
    const other = byRequest.get(row.requestId);
    byRequest.set(row.requestId, { ...row, message: row.message ?? other?.message ?? null });
  }
  return [...byRequest.values()].sort((a, b) => b.at.localeCompare(a.at)).slice(0, KEPT);
}

/** Whether a row holds the text that is looked for. */
export function matches(row: TailRow, text: string): boolean {
  const wanted = text.trim().toLowerCase();
  return (
    wanted === "" ||
    `${row.requestId} ${row.model ?? ""} ${row.outcome ?? ""} ${row.message ?? ""}`.toLowerCase().includes(wanted)
  );
}
