import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { groupQuery } from "@/api/analytics";

/** Tokens, in and out, that each model has used in the last 30 days, by `platform/model`. */
export type Spent = ReadonlyMap<string, number>;

const NOTHING: Spent = new Map();

/** What the models have used of their monthly budgets; empty while it is not known. */
export function useSpent(): Spent {
  const { data } = useQuery({ ...groupQuery("model", "30d"), refetchInterval: 60_000 });
  return useMemo(
    () =>
      data ? new Map(data.map((row) => [`${row.platform}/${row.model}`, row.inputTokens + row.outputTokens])) : NOTHING,
    [data],
  );
}
