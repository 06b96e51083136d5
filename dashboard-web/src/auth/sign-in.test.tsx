import { act, render, screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { describe, expect, it, vi } from "vitest";
import { fakeNode, type Handler, refused } from "@/test/fake-node";
import { cluster } from "@/test/samples";

/** A node with a cookie of its own: what the browser does with it is the node's to know. */
function house() {
  const cookie = { given: false };
  const empty = { body: [] };
  const keyOf = (body: unknown) => (body as { adminKey?: string }).adminKey;
  const guarded: Handler = () => (cookie.given ? { body: cluster } : refused(401, "Sign in."));
  const node = fakeNode({
    "GET /api/session": () => ({ body: { signedIn: cookie.given, expiresAt: null } }),
    "POST /api/session": ({ body }) => {
      cookie.given = keyOf(body) === "sb-admin-right";
      return cookie.given ? { body: { signedIn: true, expiresAt: null } } : refused(401, "Wrong admin key.");
    },
    "DELETE /api/session": () => {
      cookie.given = false;
      return new Response(null, { status: 204 });
    },
    "GET /api/cluster": guarded,
    "GET /api/sessions": empty,
    "GET /api/in-flight": empty,
    "GET /api/cooldowns": empty,
  });
  return { node, cookie };
}

/** The dashboard as a browser opens it: nothing is known of the sign-in yet. */
async function open() {
  vi.resetModules();
  const { App: Fresh } = await import("@/app/app");
  return render(<Fresh />);
}

const key = () => screen.findByLabelText("Admin key");
const pages = () => screen.findByRole("navigation", { name: "Pages" });

describe("sign-in", () => {
  it("refuses a wrong key", async () => {
    house();
    await open();
    await userEvent.type(await key(), "nonsense");
    await userEvent.click(screen.getByRole("button", { name: "Sign in" }));
    expect(await screen.findByText("That admin key is not right.")).toBeInTheDocument();
    expect(screen.queryByRole("navigation")).not.toBeInTheDocument();
    const field = (await key()) as HTMLInputElement;
    expect(field).toHaveFocus();
    expect(field.value.slice(field.selectionStart ?? 0, field.selectionEnd ?? 0)).toBe("nonsense");
  });

  it("lets the right key in, by keyboard alone, and keeps it nowhere", async () => {
    const { node } = house();
    await open();
    expect(await screen.findByRole("heading", { level: 1 })).toHaveTextContent("Sign in");
    await userEvent.type(await key(), "  sb-admin-right {Enter}");
    expect(await pages()).toBeInTheDocument();
    expect(JSON.stringify([{ ...sessionStorage }, { ...localStorage }])).not.toContain("sb-admin-right");
    expect(node.seen.some(({ headers }) => headers.has("authorization"))).toBe(false);
    expect(node.seen.every(({ headers }) => headers.has("x-requested-with"))).toBe(true);
  });

  it("goes straight in where the cookie still holds", async () => {
    const { cookie } = house();
    cookie.given = true;
    await open();
    expect(await pages()).toBeInTheDocument();
  });

  it("says that the node is away", async () => {
    fakeNode({ "GET /api/session": new TypeError("failed"), "POST /api/session": new TypeError("failed") });
    await open();
    await userEvent.type(await key(), "sb-admin-right{Enter}");
    expect(await screen.findByText(/cannot be reached/)).toBeInTheDocument();
  });

  it("says how long to wait after too many attempts", async () => {
    const { node } = house();
    node.routes["POST /api/session"] = refused(429, "Too many sign-in attempts. Retry in 60 s.");
    await open();
    await userEvent.type(await key(), "guess{Enter}");
    expect(await screen.findByText(/Retry in 60 s/)).toBeInTheDocument();
  });

  it("comes back when the cookie ends, and then to the same page", async () => {
    const { cookie } = house();
    cookie.given = true;
    window.history.replaceState(null, "", "/cluster");
    await open();
    await pages();
    await screen.findByRole("heading", { level: 1, name: "Cluster" });
    cookie.given = false;
    act(() => void document.dispatchEvent(new Event("visibilitychange")));
    expect(await screen.findByText(/session has ended/, {}, { timeout: 12_000 })).toBeInTheDocument();
    await userEvent.type(await key(), "sb-admin-right{Enter}");
    expect(await screen.findByRole("heading", { level: 1, name: "Cluster" })).toBeInTheDocument();
  }, 20_000);

  it("signs out on the node", async () => {
    const { cookie } = house();
    cookie.given = true;
    await open();
    await userEvent.click((await screen.findAllByRole("button", { name: "Sign out" }))[0]!);
    await waitFor(() => expect(screen.getByLabelText("Admin key")).toBeInTheDocument());
    expect(cookie.given).toBe(false);
  });

  it("stays in when signing out fails", async () => {
    const { node, cookie } = house();
    cookie.given = true;
    node.routes["DELETE /api/session"] = refused(503, "Not now.");
    await open();
    await userEvent.click((await screen.findAllByRole("button", { name: "Sign out" }))[0]!);
    expect(await screen.findByText(/Not signed out/)).toBeInTheDocument();
    expect(screen.queryByLabelText("Admin key")).not.toBeInTheDocument();
  });
});
