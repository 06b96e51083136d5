import { screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeEach, describe, expect, it } from "vitest";
import { signedIn } from "@/auth/auth";
import { fakeNode, refused } from "@/test/fake-node";
import { renderAt } from "@/test/render";
import { cluster } from "@/test/samples";

const key = {
  id: "k1",
  platform: "alpha",
  label: "one",
  maskedKey: "sk-…ne",
  status: "invalid",
  enabled: true,
  statusReason: "the provider answered 401",
  usage: { rpm: 29, rpd: 29, tpm: 900, tpd: 900 },
};
const routes = () => ({
  "GET /api/cluster": { body: cluster },
  "GET /api/keys": { body: [key] } as object,
  "GET /api/platforms": {
    body: [{ id: "alpha", name: "Alpha", adapter: "openai", baseUrl: "http://127.0.0.1:1/v1", origin: "custom" }],
  },
  "GET /api/fallback": { body: [{ platform: "alpha", model: "m", priority: 1, rpm: 30 }] },
  "POST /api/platforms/alpha/discover": {
    body: [
      { id: "m", known: true },
      { id: "vendor/new", known: false },
    ],
  },
  "POST /api/models": { status: 201, body: {} },
  "POST /api/keys": { status: 201, body: {} } as object,
  "POST /api/keys/k1/check": { body: {} },
  "PATCH /api/keys/k1": { body: {} },
  "DELETE /api/keys/k1": { body: {} },
});
const sent = (node: ReturnType<typeof fakeNode>) =>
  node.seen.filter(({ method }) => method !== "GET").map(({ method, path, body }) => [method, path, body]);

describe("Providers page", () => {
  beforeEach(signedIn);

  it("shows keys under their platform with status and use of limits", async () => {
    fakeNode(routes());
    renderAt("/providers");
    const keys = within(await screen.findByRole("region", { name: "Keys" }));
    expect(await keys.findByRole("rowheader", { name: "Alpha" })).toBeInTheDocument();
    expect(keys.getByText("Invalid")).toBeInTheDocument();
    expect(keys.getByText("the provider answered 401")).toBeInTheDocument();
    expect(await keys.findByRole("progressbar", { name: "Requests this minute, share used" })).toHaveAttribute(
      "aria-valuenow",
      "97",
    );
  });

  it("tells apart what cools where two keys have one label", async () => {
    fakeNode({
      ...routes(),
      "GET /api/keys": { body: [key, { ...key, id: "k2" }] },
      "GET /api/cooldowns": {
        body: [
          {
            id: "k-1",
            scope: "key",
            platform: "alpha",
            model: null,
            keyId: "k2",
            keyLabel: key.label,
            reason: "rate_limited",
            until: new Date(Date.now() + 60_000).toISOString(),
          },
        ],
      },
    });
    renderAt("/providers");
    const keys = within(await screen.findByRole("region", { name: "Keys" }));
    expect(await keys.findAllByRole("button", { name: /^Release key/ })).toHaveLength(1);
  });

  it("says that no key and no platform matches", async () => {
    fakeNode(routes());
    renderAt("/providers?q=nobody");
    expect(await screen.findByText("No key matches")).toBeInTheDocument();
    expect(await screen.findByText("No platform matches")).toBeInTheDocument();
  });

  it("checks, switches off and removes a key", async () => {
    const node = fakeNode(routes());
    renderAt("/providers");
    await userEvent.click(await screen.findByRole("button", { name: "Check alpha one" }));
    await userEvent.click(screen.getByRole("switch", { name: "Use key alpha one" }));
    await userEvent.click(screen.getByRole("button", { name: "Remove alpha one" }));
    await userEvent.click(within(await screen.findByRole("alertdialog")).getByRole("button", { name: "Remove" }));
    await waitFor(() =>
      expect(sent(node)).toEqual([
        ["POST", "/api/keys/k1/check", undefined],
        ["PATCH", "/api/keys/k1", { enabled: false }],
        ["DELETE", "/api/keys/k1", undefined],
      ]),
    );
  });

  it("discovers models and adds one to the chain", async () => {
    const node = fakeNode(routes());
    renderAt("/providers");
    await userEvent.click(await screen.findByRole("button", { name: "Discover models of Alpha" }));
    const dialog = within(await screen.findByRole("dialog"));
    await userEvent.click(await dialog.findByRole("button", { name: "Add vendor/new" }));
    await waitFor(() => expect(dialog.getAllByText("In the chain")).toHaveLength(2));
    expect(sent(node).at(-1)).toEqual(["POST", "/api/models", { platform: "alpha", id: "vendor/new" }]);
  });

  it("adds a key, and keeps the form with the reason when it is refused", async () => {
    const node = fakeNode({ ...routes(), "POST /api/keys": refused(400, "key is already known") });
    renderAt("/providers");
    await userEvent.click(await screen.findByRole("button", { name: "Add key" }));
    const dialog = within(await screen.findByRole("dialog"));
    expect(dialog.getByRole("button", { name: "Add key" })).toBeDisabled();
    await userEvent.click(dialog.getByRole("combobox", { name: "Platform" }));
    await userEvent.click(await screen.findByRole("option", { name: "Alpha" }));
    await userEvent.type(dialog.getByLabelText("Key"), " sk-two{Enter}");
    expect(await dialog.findByText("key is already known")).toBeInTheDocument();
    node.routes["POST /api/keys"] = { status: 201, body: {} };
    await userEvent.click(dialog.getByRole("button", { name: "Add key" }));
    await waitFor(() => expect(screen.queryByRole("dialog")).not.toBeInTheDocument());
    expect(sent(node).at(-1)).toEqual(["POST", "/api/keys", { platform: "alpha", key: "sk-two" }]);
  });
});
