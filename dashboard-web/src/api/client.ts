import type { z } from "@/api/base";
import { currentRound, sameSite, sessionRefused } from "@/auth/auth";

/** A refusal or failure of the API, with the fields of the error object of contract.md §3. Status 0: no answer. */
export class ApiError extends Error {
  readonly status: number;
  readonly type: string | null;
  readonly code: string | null;
  readonly param: string | null;

  constructor(
    status: number,
    message: string,
    type: string | null = null,
    code: string | null = null,
    param: string | null = null,
  ) {
    super(message);
    this.name = "ApiError";
    this.status = status;
    this.type = type;
    this.code = code;
    this.param = param;
  }
}

const text = (value: unknown): string | null => (typeof value === "string" && value !== "" ? value : null);

/** Reads an error answer, whatever its body turns out to be. */
export async function errorFrom(response: Response): Promise<ApiError> {
  const fallback = `The node answered ${response.status}${response.statusText ? ` ${response.statusText}` : ""}.`;
  try {
    const body: unknown = await response.json();
    const error = (body as { error?: unknown } | null)?.error;
    if (typeof error === "object" && error !== null) {
      const { message, type, code, param } = error as Record<string, unknown>;
      return new ApiError(response.status, text(message) ?? fallback, text(type), text(code), text(param));
    }
  } catch {
    // Not JSON: the status line has to do.
  }
  return new ApiError(response.status, fallback);
}

export type Send = {
  method?: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  body?: unknown;
  signal?: AbortSignal;
  /** For signing in: a refusal says nothing of the sign-in there is. */
  signingIn?: boolean;
};

async function send(path: string, { method = "GET", body, signal, signingIn = false }: Send): Promise<Response> {
  const round = currentRound();
  let response: Response;
  try {
    response = await fetch(path, {
      method,
      headers: {
        accept: "application/json",
        ...sameSite,
        ...(body === undefined ? {} : { "content-type": "application/json" }),
      },
      body: body === undefined ? undefined : JSON.stringify(body),
      signal,
    });
  } catch (cause) {
    if (signal?.aborted) throw cause;
    throw new ApiError(0, "The node cannot be reached.");
  }
  if (response.ok) return response;
  const error = await errorFrom(response);
  if (error.status === 401 && !signingIn) sessionRefused(round);
  throw error;
}

/** Calls the API and checks the shape of its answer. */
export async function call<S extends z.ZodMiniType>(path: string, schema: S, options: Send = {}): Promise<z.output<S>> {
  const response = await send(path, options);
  let body: unknown;
  try {
    body = await response.json();
  } catch {
    if (options.signal?.aborted) throw new DOMException("aborted", "AbortError");
    throw new ApiError(response.status, "The node's answer was not JSON.", null, "malformed_answer");
  }
  const read = schema.safeParse(body);
  if (read.success) return read.data;
  const issue = read.error.issues[0];
  const where = issue && issue.path.length > 0 ? ` at ${issue.path.join(".")}` : "";
  throw new ApiError(response.status, `The node's answer has an unexpected shape${where}.`, null, "malformed_answer");
}

/** Calls the API where the answer's body does not matter. */
export async function command(path: string, options: Send): Promise<void> {
  const response = await send(path, options);
  await response.body?.cancel();
}

/** Builds a path from segments and query parameters, escaping both; empty parameters are left out. */
export function path(segments: readonly string[], query: Record<string, string | number | undefined> = {}): string {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined && value !== "") search.set(name, String(value));
  }
  const suffix = search.size > 0 ? `?${search}` : "";
  return `/api/${segments.map(encodeURIComponent).join("/")}${suffix}`;
}
