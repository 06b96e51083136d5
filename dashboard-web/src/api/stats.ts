import { useSyncExternalStore } from "react";
import { maybeNumber, z } from "@/api/base";
import { onEvent, useEventsState } from "@/api/events";

const statsSchema = z.object({ requestsPerSecond: maybeNumber, inFlight: maybeNumber, streamsOpen: maybeNumber });
export type Stats = z.infer<typeof statsSchema>;

/** Reads the data of a `stats` event; null when it is not what was promised. */
export function statsOf(data: string): Stats | null {
  try {
    const read = statsSchema.safeParse(JSON.parse(data));
    return read.success ? read.data : null;
  } catch {
    return null;
  }
}

let latest: Stats | null = null;
const listeners = new Set<() => void>();

// Heard all the time: a page that opens shows what holds now, not what held when it was last open.
onEvent(({ type, data }) => {
  if (type !== "stats") return;
  latest = statsOf(data) ?? latest;
  for (const each of listeners) each();
});

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** What the whole cluster does now, every two seconds; null while the live stream is not open or has not said yet. */
export function useStats(): Stats | null {
  const events = useEventsState();
  const known = useSyncExternalStore(subscribe, () => latest);
  return events === "live" ? known : null;
}
