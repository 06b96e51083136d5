import { queryOptions } from "@tanstack/react-query";
import { call, path } from "@/api/client";
import { clusterSchema, cooldownsSchema, inFlightSchema } from "@/api/cluster";
import { sessionDetailSchema, sessionsSchema } from "@/api/sessions";

/** How often live panels ask again, in milliseconds. */
export const LIVE = 2000;

export const clusterQuery = queryOptions({
  queryKey: ["cluster"],
  queryFn: ({ signal }) => call(path(["cluster"]), clusterSchema, { signal }),
  refetchInterval: LIVE,
});

export const inFlightQuery = queryOptions({
  queryKey: ["in-flight"],
  queryFn: ({ signal }) => call(path(["in-flight"]), inFlightSchema, { signal }),
  refetchInterval: LIVE,
});

export const cooldownsQuery = queryOptions({
  queryKey: ["cooldowns"],
  queryFn: ({ signal }) => call(path(["cooldowns"]), cooldownsSchema, { signal }),
  refetchInterval: LIVE,
});

export function sessionsQuery(query: string, limit: number) {
  return queryOptions({
    queryKey: ["sessions", { query, limit }],
    queryFn: ({ signal }) => call(path(["sessions"], { query, limit }), sessionsSchema, { signal }),
    refetchInterval: LIVE,
  });
}

export function sessionQuery(key: string) {
  return queryOptions({
    queryKey: ["session", key],
    queryFn: ({ signal }) => call(path(["sessions", key]), sessionDetailSchema, { signal }),
    refetchInterval: LIVE,
  });
}
