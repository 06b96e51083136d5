import { queryOptions } from "@tanstack/react-query";
import { flag, maybeNumber, maybeText, numberOrZero, z } from "@/api/base";
import { call, path } from "@/api/client";

/** A request that has ended: a `route` event, or a row of GET /api/requests, which knows its message as well. */
export const requestRow = z.object({
  at: z.string(),
  requestId: z.string(),
  sessionKey: maybeText,
  requested: maybeText,
  platform: maybeText,
  model: maybeText,
  status: z.number(),
  failure: maybeText,
  message: maybeText,
  attempts: numberOrZero,
  stream: flag(false),
  totalMs: maybeNumber,
  ttftMs: maybeNumber,
  inputTokens: numberOrZero,
  outputTokens: numberOrZero,
  node: maybeText,
});
export type RequestRow = z.infer<typeof requestRow>;

export const requestsQuery = queryOptions({
  queryKey: ["requests"],
  queryFn: ({ signal }) => call(path(["requests"], { limit: 500 }), z.array(requestRow), { signal }),
  refetchInterval: 10_000,
});
