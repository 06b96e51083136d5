import { z } from "@/api/base";
import { ApiError, errorFrom } from "@/api/client";
import { readSse } from "@/lib/sse";

export type ChatRole = "system" | "user" | "assistant";
export type ChatTurn = { role: ChatRole; content: string };

export type ChatRequest = {
  model: string;
  messages: readonly ChatTurn[];
  temperature?: number;
  maxTokens?: number;
};

/** What the response's headers, or its first comment, say about the routing (contract.md §3). */
export type RouteFacts = {
  routedVia: string | null;
  attempts: number;
  sessionKey: string | null;
  sessionStatus: string | null;
  requestId: string | null;
};

export type ChatEvent =
  | { kind: "route"; facts: Partial<RouteFacts> }
  | { kind: "text"; text: string }
  | { kind: "reasoning"; text: string }
  | { kind: "usage"; input: number | null; output: number | null }
  | { kind: "finish"; reason: string }
  | { kind: "error"; message: string; type: string | null };

const piece = z.nullish(z.string());
const chunkSchema = z.object({
  choices: z.nullish(
    z.array(
      z.object({
        delta: z.nullish(z.object({ content: piece, reasoning_content: piece, reasoning: piece })),
        finish_reason: piece,
      }),
    ),
  ),
  usage: z.nullish(z.object({ prompt_tokens: z.nullish(z.number()), completion_tokens: z.nullish(z.number()) })),
  error: z.nullish(z.union([z.string(), z.object({ message: z.nullish(z.string()), type: piece })])),
});

/** Reads the data of one event of a chat stream; `[DONE]` and broken JSON give nothing. */
export function chatEvents(data: string): ChatEvent[] {
  if (data === "[DONE]") return [];
  let json: unknown;
  try {
    json = JSON.parse(data);
  } catch {
    return [];
  }
  const read = chunkSchema.safeParse(json);
  if (!read.success) return [];
  const { choices, usage, error } = read.data;
  if (error) {
    return typeof error === "string"
      ? [{ kind: "error", message: error, type: null }]
      : [{ kind: "error", message: error.message ?? "The stream broke.", type: error.type ?? null }];
  }
  const events: ChatEvent[] = [];
  const choice = choices?.[0];
  const reasoning = choice?.delta?.reasoning_content ?? choice?.delta?.reasoning;
  if (reasoning) events.push({ kind: "reasoning", text: reasoning });
  if (choice?.delta?.content) events.push({ kind: "text", text: choice.delta.content });
  if (choice?.finish_reason) events.push({ kind: "finish", reason: choice.finish_reason });
  if (usage)
    events.push({ kind: "usage", input: usage.prompt_tokens ?? null, output: usage.completion_tokens ?? null });
  return events;
}

/** The model named by a `: routed-via platform/model` comment. */
export function routedViaComment(comment: string): string | null {
  return /^routed-via\s+(\S.*)$/.exec(comment)?.[1]?.trim() ?? null;
}

export function routeFacts(headers: Headers): RouteFacts {
  return {
    routedVia: headers.get("x-routed-via"),
    attempts: Number(headers.get("x-fallback-attempts") ?? 0) || 0,
    sessionKey: headers.get("x-session-key"),
    sessionStatus: headers.get("x-session-status"),
    requestId: headers.get("x-request-id"),
  };
}

type ChatOptions = { apiKey: string; sessionId: string; signal: AbortSignal };

/** Asks for a streamed answer and yields what arrives; throws ApiError when the node refuses before the stream. */
export async function* streamChat(
  request: ChatRequest,
  { apiKey, sessionId, signal }: ChatOptions,
): AsyncGenerator<ChatEvent> {
  const response = await fetch("/v1/chat/completions", {
    method: "POST",
    signal,
    headers: {
      accept: "text/event-stream",
      authorization: `Bearer ${apiKey}`,
      "content-type": "application/json",
      ...(sessionId ? { "x-session-id": sessionId } : {}),
    },
    body: JSON.stringify({
      model: request.model,
      messages: request.messages,
      stream: true,
      stream_options: { include_usage: true },
      ...(request.temperature === undefined ? {} : { temperature: request.temperature }),
      ...(request.maxTokens === undefined ? {} : { max_tokens: request.maxTokens }),
    }),
  }).catch((cause: unknown) => {
    if (signal.aborted) throw cause;
    throw new ApiError(0, "The node cannot be reached.");
  });
  if (!response.ok || !response.body) throw await errorFrom(response);
  yield { kind: "route", facts: routeFacts(response.headers) };

  const comments: string[] = [];
  for await (const event of readSse(response.body, (comment) => comments.push(comment))) {
    for (const comment of comments.splice(0)) {
      const routedVia = routedViaComment(comment);
      if (routedVia) yield { kind: "route", facts: { routedVia } };
    }
    yield* chatEvents(event.data);
  }
}
