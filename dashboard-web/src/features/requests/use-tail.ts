import { useQuery } from "@tanstack/react-query";
import { useEffect, useMemo, useState, useSyncExternalStore } from "react";
import { errorsQuery } from "@/api/analytics";
import { onEvent } from "@/api/events";
import { KEPT, merged, rowFromError, rowFromEvent, type TailRow } from "@/features/requests/tail";

let live: readonly TailRow[] = [];
const listeners = new Set<() => void>();
let hearing: (() => void) | null = null;

/** Hears events from the first visit on, so that coming back to the page finds what passed meanwhile. */
function subscribe(listener: () => void): () => void {
  hearing ??= onEvent(({ type, data }) => {
    if (type !== "route") return;
    const row = rowFromEvent(data, new Date().toISOString());
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
  const errors = useQuery(errorsQuery("24h"));
  const rows = useMemo(() => merged(events, (errors.data ?? []).map(rowFromError)), [events, errors.data]);
  const [held, setHeld] = useState(rows);
  useEffect(() => {
    if (following) setHeld(rows);
  }, [following, rows]);
  const shown = following ? rows : held;
  const known = useMemo(() => new Set(shown.map(({ requestId }) => requestId)), [shown]);
  const waiting = following ? 0 : rows.filter(({ requestId }) => !known.has(requestId)).length;
  return { rows: shown, waiting, errors, heard: events.length };
}
