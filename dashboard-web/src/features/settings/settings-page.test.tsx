import { screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeEach, describe, expect, it } from "vitest";
import { signedIn } from "@/auth/auth";
import { fakeNode, refused } from "@/test/fake-node";
import { renderAt } from "@/test/render";
import { cluster } from "@/test/samples";

const setting = (key: string, value: unknown, more: object = {}) => ({
  key,
  value,
  default: value,
  source: "default",
  editable: true,
  needsRestart: false,
  description: `About ${key}`,
  ...more,
});

const routes = () => ({
  "GET /api/cluster": { body: cluster },
  "GET /api/settings/api-key": { body: { apiKey: "sb-old-0123456789" } },
  "POST /api/settings/api-key/regenerate": { body: { apiKey: "sb-new-9876543210" } },
  "GET /api/settings": {
    body: [
      setting("routing.max-attempts", 5),
      setting("switchboard.session.ttl", "10m", { source: "dashboard" }),
      setting("switchboard.data-dir", "./data", { editable: false, needsRestart: true }),
      setting("http.port", 8080, { source: "environment", setBy: "--port", editable: false }),
    ],
  },
  "PUT /api/settings": { body: {} } as object,
  "GET /api/audit": {
    body: [
      {
        at: "2026-01-01T00:00:00Z",
        actor: "admin",
        action: "key.added",
        target: "alpha",
        before: null,
        after: { label: "one" },
      },
    ],
  },
});

describe("Settings page", () => {
  beforeEach(signedIn);

  it("hides the API key until asked, and makes a new one only after asking", async () => {
    const { seen } = fakeNode(routes());
    renderAt("/settings");
    const panel = within(await screen.findByRole("region", { name: "API key" }));
    expect(await panel.findByLabelText("API key", { selector: "code" })).not.toHaveTextContent("0123");
    await userEvent.click(panel.getByRole("button", { name: "Show API key" }));
    expect(panel.getByText("sb-old-0123456789")).toBeInTheDocument();
    await userEvent.click(panel.getByRole("button", { name: "Regenerate" }));
    expect(seen.some(({ method }) => method === "POST")).toBe(false);
    await userEvent.click(await screen.findByRole("button", { name: "Make a new key" }));
    expect(await panel.findByText("sb-new-9876543210")).toBeInTheDocument();
  });

  it("sends a number as a number and shows a refusal in the form", async () => {
    const node = fakeNode({
      ...routes(),
      "PUT /api/settings": refused(400, "routing.max-attempts must be at most 20"),
    });
    renderAt("/settings");
    await userEvent.click(await screen.findByRole("button", { name: "Edit routing.max-attempts" }));
    const value = await screen.findByLabelText("Value");
    await userEvent.clear(value);
    await userEvent.type(value, "many{Enter}");
    expect(await screen.findByText("A number is needed.")).toBeInTheDocument();
    await userEvent.clear(value);
    await userEvent.type(value, "50{Enter}");
    expect(await screen.findByText("routing.max-attempts must be at most 20")).toBeInTheDocument();
    expect(node.seen.find(({ method }) => method === "PUT")?.body).toEqual({ "routing.max-attempts": 50 });
    node.routes["PUT /api/settings"] = { body: {} };
    await userEvent.type(value, "{Enter}");
    await waitFor(() => expect(screen.queryByRole("dialog")).not.toBeInTheDocument());
  });

  it("gives a value of the dashboard up", async () => {
    const { seen } = fakeNode(routes());
    renderAt("/settings");
    await userEvent.click(await screen.findByRole("button", { name: "Edit switchboard.session.ttl" }));
    await userEvent.click(await screen.findByRole("button", { name: "Use file or default" }));
    await waitFor(() => expect(screen.queryByRole("dialog")).not.toBeInTheDocument());
    expect(seen.find(({ method }) => method === "PUT")?.body).toEqual({ "switchboard.session.ttl": null });
  });

  it("does not offer to edit what the environment sets, and shows the audit", async () => {
    fakeNode(routes());
    renderAt("/settings");
    expect(await screen.findByText("http.port")).toBeInTheDocument();
    expect(screen.getByText("command line")).toBeInTheDocument();
    expect(screen.getByText("--port")).toBeInTheDocument();
    expect(screen.queryByRole("button", { name: "Edit http.port" })).not.toBeInTheDocument();
    expect(screen.getByRole("rowheader", { name: /^Read at start/ })).toBeInTheDocument();
    expect(await screen.findByText('{"label":"one"}')).toBeInTheDocument();
  });
});
