import { screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeEach, describe, expect, it } from "vitest";
import { signedIn } from "@/auth/auth";
import { fakeNode, refused } from "@/test/fake-node";
import { renderAt } from "@/test/render";

const row = {
  id: "4f2a",
  name: "ci",
  maskedKey: "sb-4f2a-…",
  status: "active",
  models: ["alpha/*"],
  mode: "fast",
  rpm: 60,
  rpd: null,
  tpm: null,
  tpd: null,
  enabled: true,
  createdAt: "2026-01-01T00:00:00Z",
  expiresAt: null,
  usage: { rpm: 6, rpd: 6, tpm: 90, tpd: 90 },
};

const panel = async () => within(await screen.findByRole("region", { name: "Further API keys" }));

describe("Further API keys", () => {
  beforeEach(signedIn);

  it("shows what each may do, switches it off and revokes it after asking", async () => {
    const node = fakeNode({
      "GET /api/api-keys": { body: [row] },
      "PATCH /api/api-keys/4f2a": { body: {} },
      "DELETE /api/api-keys/4f2a": { body: {} },
    });
    renderAt("/settings");
    const keys = await panel();
    for (const text of ["Active", "alpha/*", "Fast", "Never"]) expect(await keys.findByText(text)).toBeInTheDocument();
    await userEvent.click(keys.getByRole("switch", { name: "Use API key ci" }));
    await userEvent.click(keys.getByRole("button", { name: "Revoke ci" }));
    expect(node.seen.some(({ method }) => method === "DELETE")).toBe(false);
    await userEvent.click(within(await screen.findByRole("alertdialog")).getByRole("button", { name: "Revoke" }));
    await waitFor(() =>
      expect(node.seen.filter(({ method }) => method !== "GET").map(({ method, body }) => [method, body])).toEqual([
        ["PATCH", { enabled: false }],
        ["DELETE", undefined],
      ]),
    );
  });

  it("makes one and shows it once", async () => {
    const node = fakeNode({
      "GET /api/api-keys": { body: [] },
      "POST /api/api-keys": { status: 201, body: { ...row, key: "sb-4f2a-secret" } },
    });
    renderAt("/settings");
    const keys = await panel();
    expect(await keys.findByText("No further API keys")).toBeInTheDocument();
    await userEvent.click(keys.getByRole("button", { name: "Add API key" }));
    await userEvent.type(screen.getByLabelText("Name"), "ci");
    await userEvent.type(screen.getByLabelText("Requests a minute"), "60");
    await userEvent.click(screen.getByRole("button", { name: "Make key" }));
    expect(await screen.findByLabelText("New API key")).toHaveTextContent("sb-4f2a-secret");
    expect(node.seen.find(({ method }) => method === "POST")?.body).toEqual({ name: "ci", rpm: 60 });
    await userEvent.click(screen.getByRole("button", { name: "I have it" }));
    expect(screen.queryByText("sb-4f2a-secret")).not.toBeInTheDocument();
  });

  it("keeps the form with the reason when it is refused", async () => {
    fakeNode({
      "GET /api/api-keys": { body: [] },
      "POST /api/api-keys": refused(400, "'models[0]' names no model that is here"),
    });
    renderAt("/settings");
    await userEvent.click((await panel()).getByRole("button", { name: "Add API key" }));
    await userEvent.type(screen.getByLabelText("Name"), "ci");
    await userEvent.click(screen.getByRole("button", { name: "Make key" }));
    expect(await screen.findByText(/names no model/)).toBeInTheDocument();
    expect(screen.getByLabelText("Name")).toHaveValue("ci");
  });
});
