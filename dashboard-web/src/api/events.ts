import type { QueryClient } from "@tanstack/react-query";
import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useSyncExternalStore } from "react";
import { errorFrom } from "@/api/client";
import { currentRound, sameSite, sessionRefused } from "@/auth/auth";
import { readSse, type SseEvent } from "@/lib/sse";

/** Which queries an event of GET /api/events makes stale. */
const STALE: Record<string, readonly string[]> = {
  route: ["in-flight", "sessions", "session", "errors", "requests"],
  cooldown: ["cooldowns", "fallback", "cluster"],
  ban: ["sessions", "session"],
  member: ["cluster"],
  key: ["keys", "cooldowns"],
  stats: ["fallback", "summary"],
};

/** The first parts of the query keys that an event makes stale; unknown events touch nothing. */
export function staleKeys(type: string): readonly string[] {
  return STALE[type] ?? [];
}

export type EventsState = "connecting" | "live" | "unavailable" | "lost";

let state: EventsState = "connecting";
const stateListeners = new Set<() => void>();
const eventListeners = new Set<(event: SseEvent) => void>();

function setState(next: EventsState): void {
  if (state === next) return;
  state = next;
  for (const each of stateListeners) each();
}

export function useEventsState(): EventsState {
  return useSyncExternalStore(
    (listener) => {
      stateListeners.add(listener);
      return () => stateListeners.delete(listener);
    },
    () => state,
  );
}

/** Hears every event of the live stream. */
export function onEvent(listener: (event: SseEvent) => void): () => void {
  eventListeners.add(listener);
  return () => eventListeners.delete(listener);
}

/** Collects stale keys and passes them on at most once per interval, so that a burst costs one refetch. */
export function batched(flush: (keys: ReadonlySet<string>) => void, intervalMs: number) {
  let waiting = new Set<string>();
  let timer: ReturnType<typeof setTimeout> | undefined;
  return {
    add(keys: readonly string[]): void {
      for (const key of keys) waiting.add(key);
      if (waiting.size === 0 || timer !== undefined) return;
      timer = setTimeout(() => {
        const now = waiting;
        waiting = new Set();
        timer = undefined;
        flush(now);
      }, intervalMs);
    },
    stop(): void {
      clearTimeout(timer);
      timer = undefined;
      waiting.clear();
    },
  };
}

const FIRST_WAIT = 1000;
const LONGEST_WAIT = 15_000;
const ABSENT_WAIT = 60_000;

async function follow(client: QueryClient, stop: AbortSignal): Promise<void> {
  const batch = batched((keys) => {
    for (const key of keys) void client.invalidateQueries({ queryKey: [key] });
  }, 750);
  stop.addEventListener("abort", () => batch.stop());
  let wait = FIRST_WAIT;
  while (!stop.aborted) {
    const round = currentRound();
    try {
      const response = await fetch("/api/events", {
        headers: { accept: "text/event-stream", ...sameSite },
        signal: stop,
      });
      if (response.ok && response.body && response.headers.get("content-type")?.startsWith("text/event-stream")) {
        setState("live");
        wait = FIRST_WAIT;
        for await (const event of readSse(response.body)) {
          batch.add(staleKeys(event.type));
          for (const each of eventListeners) each(event);
        }
        setState("lost");
      } else {
        const error = await errorFrom(response);
        if (error.status === 401) sessionRefused(round);
        setState("unavailable");
        wait = ABSENT_WAIT;
      }
    } catch {
      setState("lost");
    }
    if (stop.aborted) return;
    await pause(wait, stop);
    wait = Math.min(wait * 2, LONGEST_WAIT);
  }
}

function pause(ms: number, stop: AbortSignal): Promise<void> {
  return new Promise((done) => {
    const timer = setTimeout(done, ms);
    stop.addEventListener("abort", () => {
      clearTimeout(timer);
      done();
    });
  });
}

/** A page that is out of sight for this long gives its connection back: a browser has only a few for one node. */
const OUT_OF_SIGHT = 30_000;

/** Keeps the live stream open while the page is signed in and in sight; its events refresh the queries they touch. */
export function useLiveEvents(): void {
  const client = useQueryClient();
  useEffect(() => {
    let stop: AbortController | null = null;
    let leaving: ReturnType<typeof setTimeout> | undefined;
    const open = () => {
      clearTimeout(leaving);
      if (stop !== null) return;
      stop = new AbortController();
      void follow(client, stop.signal);
    };
    const close = () => {
      clearTimeout(leaving);
      stop?.abort();
      stop = null;
    };
    const look = () => {
      if (document.visibilityState === "visible") open();
      else leaving = setTimeout(close, OUT_OF_SIGHT);
    };
    open();
    document.addEventListener("visibilitychange", look);
    return () => {
      document.removeEventListener("visibilitychange", look);
      close();
    };
  }, [client]);
}
