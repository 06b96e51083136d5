import { act, screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeEach, describe, expect, it } from "vitest";
import { signedIn } from "@/auth/auth";
import { restart } from "@/features/playground/conversation";
import { parameter } from "@/features/playground/playground-page";
import { fakeNode, refused } from "@/test/fake-node";
import { renderAt } from "@/test/render";
import { cluster } from "@/test/samples";

const base = {
  "GET /api/cluster": { body: cluster },
  "GET /api/settings/api-key": { body: { apiKey: "sb-key" } },
  "GET /v1/models": { body: { data: [{ id: "auto" }, { id: "demo/echo", owned_by: "demo", name: "Echo" }] } },
};

/** A stream that the test feeds by hand. */
function feed() {
  const encoder = new TextEncoder();
  let control: ReadableStreamDefaultController<Uint8Array> | undefined;
  let cancelled = false;
  const body = new ReadableStream<Uint8Array>({
    start: (controller) => {
      control = controller;
    },
    cancel: () => {
      cancelled = true;
    },
  });
  return {
    response: new Response(body, {
      headers: {
        "x-routed-via": "demo/echo",
        "x-fallback-attempts": "1",
        "x-session-key": "abc",
        "x-session-status": "miss",
      },
    }),
    send: (text: string) => control?.enqueue(encoder.encode(text)),
    end: () => control?.close(),
    fail: () => control?.error(new DOMException("aborted", "AbortError")),
    wasCancelled: () => cancelled,
  };
}

const say = (text: string) => `data: ${JSON.stringify({ choices: [{ delta: { content: text } }] })}\n\n`;

async function ask(text: string) {
  const send = await screen.findByRole("button", { name: "Send" });
  await userEvent.type(screen.getByLabelText("Message"), text);
  await waitFor(() => expect(send).toBeEnabled());
  await userEvent.click(send);
}

describe("Playground", () => {
  beforeEach(() => {
    signedIn();
    act(restart);
  });

  it("shows an answer as it streams, and then how it was routed", async () => {
    const stream = feed();
    const node = fakeNode({ ...base, "POST /v1/chat/completions": () => stream.response });
    renderAt("/playground");
    expect(await screen.findByRole("heading", { level: 1, name: "Playground" })).toBeInTheDocument();
    await ask("Hello");
    expect(await screen.findByText(/Waiting for the first token/)).toBeInTheDocument();
    stream.send(say("Hi **th"));
    const answer = await screen.findByRole("article", { name: "Answer" });
    await waitFor(() => expect(answer).toHaveTextContent("Hi **th"));
    expect(answer).toHaveAttribute("aria-busy", "true");
    stream.send(
      `${say("ere**")}data: {"choices":[],"usage":{"prompt_tokens":4,"completion_tokens":2}}\n\ndata: [DONE]\n\n`,
    );
    stream.end();
    await waitFor(() => expect(answer).toHaveAttribute("aria-busy", "false"));
    expect(await within(answer).findByText("there")).toHaveProperty("tagName", "STRONG");
    expect(answer).toHaveTextContent("demo/echo");
    expect(answer).toHaveTextContent("1 failed attempt before");
    expect(answer).toHaveTextContent("4 in · 2 out");
    expect(within(answer).getByRole("link", { name: "Trace" })).toHaveAttribute("href", "/sessions/abc");
    const sent = node.seen.find(({ method }) => method === "POST");
    expect(sent?.headers.get("authorization")).toBe("Bearer sb-key");
    expect(sent?.headers.get("x-session-id")).toMatch(/^playground-/);
  });

  it("keeps the text and shows the error of a broken stream", async () => {
    const stream = feed();
    fakeNode({ ...base, "POST /v1/chat/completions": () => stream.response });
    renderAt("/playground");
    await ask("Hello");
    stream.send(
      `${say("Half an ans")}data: {"error":{"message":"The stream stalled.","type":"stream_timeout","code":null,"param":null}}\n\ndata: [DONE]\n\n`,
    );
    stream.end();
    expect(await screen.findByRole("alert")).toHaveTextContent("The stream stalled.");
    expect(screen.getByText("Half an ans")).toBeInTheDocument();
  });

  it("shows a refusal before the stream", async () => {
    fakeNode({ ...base, "POST /v1/chat/completions": refused(503, "No model has quota.") });
    renderAt("/playground");
    await ask("Hello");
    expect(await screen.findByRole("alert")).toHaveTextContent("No model has quota.");
    await userEvent.type(screen.getByLabelText("Message"), "x");
    expect(screen.getByRole("button", { name: "Send" })).toBeEnabled();
  });

  it("stops on demand and keeps what had come", async () => {
    const stream = feed();
    fakeNode({ ...base, "POST /v1/chat/completions": () => stream.response });
    renderAt("/playground");
    await ask("Hello");
    stream.send(say("Some"));
    await screen.findByText("Some");
    await userEvent.click(screen.getByRole("button", { name: "Stop" }));
    stream.fail();
    expect(await screen.findByText("stopped")).toBeInTheDocument();
    expect(screen.getByText("Some")).toBeInTheDocument();
    expect(screen.queryByRole("button", { name: "Stop" })).not.toBeInTheDocument();
  });

  it("asks for the API key where the node does not hand it out", async () => {
    const stream = feed();
    const { "GET /api/settings/api-key": _, ...rest } = base;
    const node = fakeNode({ ...rest, "POST /v1/chat/completions": () => stream.response });
    renderAt("/playground");
    await userEvent.type(await screen.findByLabelText("API key"), "sb-mine");
    await ask("Hello");
    stream.end();
    await waitFor(() =>
      expect(node.seen.find(({ method }) => method === "POST")?.headers.get("authorization")).toBe("Bearer sb-mine"),
    );
  });

  it("chooses a model by typing its name", async () => {
    fakeNode(base);
    const { router } = renderAt("/playground");
    await userEvent.click(await screen.findByLabelText("Model"));
    await userEvent.type(await screen.findByPlaceholderText("Find a model"), "echo{Enter}");
    await waitFor(() => expect(router.state.location.search).toEqual({ model: "demo/echo" }));
  });
});

it("reads parameters", () => {
  expect([parameter(""), parameter(" 0.5 "), parameter("0"), parameter("warm")]).toEqual([
    undefined,
    0.5,
    0,
    undefined,
  ]);
});
