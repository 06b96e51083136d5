import { useQuery } from "@tanstack/react-query";
import { useEffect, useMemo, useState, useSyncExternalStore } from "react";
import { onEvent } from "@/api/events";
import { requestsQuery } from "@/api/requests";
import { KEPT, merged, rowFromEvent, type TailRow, tailRow } from "@/features/requests/tail";

let live: readonly TailRow[] = [];
const listeners = new Set<() => void>();
let hearing: (() => void) | null = null;

/** Hears events from the first visit on: they show before the log has them. */
function subscribe(listener: () => void): () => void {
  hearing ??= onEvent(({ type, data }) => {
    if (type !== "route") return;
    const row = rowFromEvent(data);
    if (row === null) return;
    live = [row, ...live.filter(({ requestId }) => requestId !== row.requestId)].slice(0, KEPT);
    for (const each of listeners) each();
  });
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** The tail of requests. While not following, the list stands still and `waiting` counts what has come since. */
export function useTail(following: boolean) {
  const events = useSyncExternalStore(subscribe, () => live);
  const log = useQuery(requestsQuery);
  const rows = useMemo(() => merged(events, (log.data ?? []).map(tailRow)), [events, log.data]);
  const [held, setHeld] = useState(rows);
  useEffect(() => {
    if (following) setHeld(rows);
  }, [following, rows]);
  const shown = following ? rows : held;
  const known = useMemo(() => new Set(shown.map(({ requestId }) => requestId)), [shown]);
  const waiting = following ? 0 : rows.filter(({ requestId }) => !known.has(requestId)).length;
  return { rows: shown, waiting, log };
}
