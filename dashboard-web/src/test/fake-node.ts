import { vi } from "vitest";

type Answer = { status?: number; body?: unknown; headers?: Record<string, string> } | Error | "never";
export type Handler = (request: {
  method: string;
  path: string;
  headers: Headers;
  body: unknown;
}) => Answer | Response | Promise<Response>;

/** Stands in for the node: answers fetch by `METHOD /path` (without the query), 404 for the rest. */
export function fakeNode(routes: Record<string, Handler | Answer>) {
  const seen: { method: string; path: string; url: string; headers: Headers; body: unknown }[] = [];
  const fetchMock = vi.fn(async (input: RequestInfo | URL, init: RequestInit = {}) => {
    const url = new URL(String(input), "http://node");
    const method = init.method ?? "GET";
    const headers = new Headers(init.headers);
    const body: unknown = typeof init.body === "string" ? JSON.parse(init.body) : undefined;
    seen.push({ method, path: url.pathname, url: url.pathname + url.search, headers, body });
    const route = routes[`${method} ${url.pathname}`];
    const answer = typeof route === "function" ? await route({ method, path: url.pathname, headers, body }) : route;
    if (answer === undefined) {
      return Response.json(
        { error: { message: "No such path.", type: "invalid_request_error", code: null, param: null } },
        { status: 404 },
      );
    }
    if (answer instanceof Response) return answer;
    if (answer instanceof Error) throw answer;
    if (answer === "never") {
      return new Promise<Response>((_, reject) => {
        init.signal?.addEventListener("abort", () => reject(new DOMException("aborted", "AbortError")));
      });
    }
    return Response.json(answer.body ?? null, { status: answer.status ?? 200, headers: answer.headers });
  });
  vi.stubGlobal("fetch", fetchMock);
  return { seen, routes };
}

/** An error body as contract.md §3 has it. */
export function refused(status: number, message: string) {
  return { status, body: { error: { message, type: "invalid_request_error", code: null, param: null } } };
}
