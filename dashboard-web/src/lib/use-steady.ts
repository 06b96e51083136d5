import type { UseQueryResult } from "@tanstack/react-query";
import { useState } from "react";

/**
 * A query's data and error without flicker. One that has failed and never had data is pending again whenever it asks again,
 * perhaps with the data of another range in its place: the error that was shown stays until there is an answer.
 */
export function useSteady<T>(query: UseQueryResult<T>): { data: T | undefined; error: Error | null } {
  const [last, setLast] = useState<Error | null>(null);
  const { error, errorUpdateCount, isPlaceholderData } = query;
  const data = isPlaceholderData && errorUpdateCount > 0 ? undefined : query.data;
  if (error && error !== last) setLast(error);
  return { data, error: error ?? (data === undefined && errorUpdateCount > 0 ? last : null) };
}
