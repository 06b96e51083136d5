import { screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeEach, describe, expect, it } from "vitest";
import { signedIn } from "@/auth/auth";
import { fakeNode } from "@/test/fake-node";
import { renderAt } from "@/test/render";
import { cluster, session } from "@/test/samples";

const routes = () => ({
  "GET /api/cluster": { body: cluster },
  "GET /api/sessions": { body: [session] },
  "GET /api/cooldowns": { body: [] },
  "GET /api/in-flight": { body: [] },
  "GET /api/keys": { body: [] },
  "GET /api/platforms": { body: [{ id: "alpha", name: "Alpha", origin: "custom" }] },
  "GET /api/fallback": { body: [] },
  "GET /api/settings/api-key": { body: { apiKey: "sb-key" } },
  "GET /api/settings": {
    body: [{ key: "switchboard.session.ttl", value: "30m", default: "30m", source: "default", editable: true }],
  },
  [`GET /api/sessions/${session.key}`]: { body: { ...session, decisions: [] } },
  "POST /api/keys/check": { status: 202, body: {} },
});

async function openPalette() {
  const { seen } = fakeNode(routes());
  const { router } = renderAt("/cluster");
  await screen.findByRole("heading", { level: 1, name: "Cluster" });
  await userEvent.keyboard("{Control>}k{/Control}");
  const field = await screen.findByRole("combobox");
  const type = async (text: string, offered: string | RegExp) => {
    await userEvent.type(field, text);
    await within(screen.getByRole("dialog")).findByRole("option", { name: offered, selected: true });
    await userEvent.keyboard("{Enter}");
  };
  return { router, seen, type, location: () => router.state.location };
}

describe("the command palette", () => {
  beforeEach(signedIn);

  it("goes where it is told", async () => {
    const { type, location } = await openPalette();
    await type("sess", "Sessions");
    await waitFor(() => expect(location().pathname).toBe("/sessions"));
  });

  it("finds a session by its key", async () => {
    const { type, location } = await openPalette();
    await type(session.key, /alpha\/a-large/);
    await waitFor(() => expect(location().pathname).toBe(`/sessions/${session.key}`));
  });

  it("opens a dialog of another page", async () => {
    const { type, location } = await openPalette();
    await type("add key", "Add key");
    expect(await screen.findByRole("dialog", { name: "Add a provider key" })).toBeInTheDocument();
    expect(location().href).toBe("/providers?open=key");
  });

  it("opens a setting", async () => {
    const { type } = await openPalette();
    await type("session.ttl", "switchboard.session.ttl");
    expect(await screen.findByRole("dialog", { name: "switchboard.session.ttl" })).toBeInTheDocument();
  });

  it("acts without leaving the page", async () => {
    const { type, seen, location } = await openPalette();
    await type("check all", "Check all keys");
    await waitFor(() => expect(seen.some(({ path }) => path === "/api/keys/check")).toBe(true));
    expect(location().pathname).toBe("/cluster");
    await waitFor(() => expect(screen.queryByRole("dialog")).not.toBeInTheDocument());
  });
});
