import { type RequestRow, requestRow } from "@/api/requests";
import { modelName } from "@/api/sessions";

export type TailRow = RequestRow & {
  /** The answering model with its platform, null where none answered. */
  name: string | null;
  ok: boolean;
  outcome: string;
};

/** A request as the page shows it. */
export function tailRow(row: RequestRow): TailRow {
  const ok = row.failure === null && row.status < 400;
  return { ...row, name: modelName(row), ok, outcome: ok ? "success" : (row.failure ?? `status ${row.status}`) };
}

/** Reads one live event; null when it is not about a request. */
export function rowFromEvent(data: string): TailRow | null {
  let json: unknown;
  try {
    json = JSON.parse(data);
  } catch {
    return null;
  }
  const read = requestRow.safeParse(json);
  return read.success ? tailRow(read.data) : null;
}

/** At most this many rows are kept. */
export const KEPT = 500;

/** Live and logged rows as one list, newest first, one row a request; the logged row knows more. */
export function merged(live: readonly TailRow[], logged: readonly TailRow[]): TailRow[] {
  const byRequest = new Map(live.map((row) => [row.requestId, row]));
  for (const row of logged) byRequest.set(row.requestId, row);
  return [...byRequest.values()].sort((a, b) => b.at.localeCompare(a.at)).slice(0, KEPT);
}

/** Whether a row holds the text that is looked for. */
export function matches(row: TailRow, text: string): boolean {
  const wanted = text.trim().toLowerCase();
  const shown = [row.requestId, row.name, row.requested, row.outcome, row.message, row.sessionKey];
  return wanted === "" || shown.join(" ").toLowerCase().includes(wanted);
}
