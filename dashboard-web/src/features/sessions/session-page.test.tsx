import { screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeEach, describe, expect, it } from "vitest";
import { signedIn } from "@/auth/auth";
import { fakeNode } from "@/test/fake-node";
import { renderAt } from "@/test/render";
import { cluster, session } from "@/test/samples";

const decision = (requestId: string, outcome: string) => ({
  at: "2026-01-01T00:00:00Z",
  requestId,
  candidates: [
    { model: "alpha/a-large", score: 1.2, skipped: null },
    { model: "beta/b-large", score: 1.1, skipped: "banned" },
  ],
  attempts: [
    { model: "gamma/g-large", key: "one", outcome: "SERVER_ERROR", ms: 40 },
    { model: "alpha/a-large", key: "two", outcome, ms: 1240 },
  ],
});

const detail = { ...session, decisions: [decision("req_old", "TIMEOUT"), decision("req_new", "success")] };
const at = `/api/sessions/${session.key}`;
const node = () =>
  fakeNode({
    "GET /api/cluster": { body: cluster },
    "GET /api/sessions": { body: [session] },
    [`GET ${at}`]: { body: detail },
    [`DELETE ${at}`]: { body: {} },
    [`DELETE ${at}/bans/beta`]: { body: {} },
  });

describe("Session page", () => {
  beforeEach(signedIn);

  it("shows pin, bans and the newest decision opened", async () => {
    node();
    renderAt(`/sessions/${session.key}`);
    expect(
      await within(await screen.findByRole("region", { name: "Pin" })).findByText("alpha/a-large"),
    ).toBeInTheDocument();
    expect(within(await screen.findByRole("region", { name: "Bans" })).getByText("Stalled")).toBeInTheDocument();
    const decisions = within(screen.getByRole("region", { name: "Route decisions" }));
    const [newest, older] = decisions.getAllByRole("button", { expanded: undefined });
    expect(newest).toHaveAttribute("aria-expanded", "true");
    expect(older).toHaveAttribute("aria-expanded", "false");
    expect(decisions.getByText("Banned")).toBeInTheDocument();
    expect(decisions.getByText("Server error")).toBeInTheDocument();
    expect(decisions.getByText("1.24 s")).toBeInTheDocument();
    await userEvent.click(older!);
    expect(decisions.getByText("req_old")).toBeInTheDocument();
  });

  it("lifts one ban", async () => {
    const { seen } = node();
    renderAt(`/sessions/${session.key}`);
    await userEvent.click(await screen.findByRole("button", { name: "Lift the ban of beta" }));
    await waitFor(() =>
      expect(seen.map(({ method, path }) => `${method} ${path}`)).toContain(`DELETE ${at}/bans/beta`),
    );
  });

  it("forgets the pin only after asking", async () => {
    const { seen } = node();
    const { router } = renderAt(`/sessions/${session.key}`);
    const deletes = () => seen.filter(({ method }) => method === "DELETE").length;
    await userEvent.click(await screen.findByRole("button", { name: "Forget pin" }));
    await userEvent.click(await screen.findByRole("button", { name: "Cancel" }));
    expect(deletes()).toBe(0);
    await userEvent.click(screen.getByRole("button", { name: "Forget pin" }));
    await userEvent.click(within(await screen.findByRole("alertdialog")).getByRole("button", { name: "Forget pin" }));
    await waitFor(() => expect(router.state.location.pathname).toBe("/sessions"));
    expect(deletes()).toBe(1);
  });

  it("says that a session is forgotten", async () => {
    fakeNode({ "GET /api/cluster": { body: cluster } });
    renderAt("/sessions/gone");
    expect(await screen.findByText("This session is forgotten")).toBeInTheDocument();
    expect(screen.queryByRole("button", { name: "Forget pin" })).not.toBeInTheDocument();
  });

  it("searches by what the address says", async () => {
    const { seen } = node();
    renderAt("/sessions?q=alpha");
    expect(await screen.findByRole("searchbox", { name: "Search sessions" })).toHaveValue("alpha");
    await waitFor(() => expect(seen.map(({ url }) => url)).toContain("/api/sessions?query=alpha&limit=100"));
  });
});
