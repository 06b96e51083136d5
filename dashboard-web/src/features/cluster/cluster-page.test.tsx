import { screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeEach, describe, expect, it } from "vitest";
import { signedIn } from "@/auth/auth";
import { fakeNode, refused } from "@/test/fake-node";
import { renderAt } from "@/test/render";
import { cluster, session } from "@/test/samples";

const running = {
  requestId: "req_1",
  platform: "alpha",
  model: "a-large",
  sessionKey: session.key,
  node: cluster.self,
  startedAt: new Date(Date.now() - 3000).toISOString(),
  stream: true,
  chunks: 12,
};
const cooling = {
  id: "c/1",
  scope: "model",
  platform: "alpha",
  model: "a-large",
  keyLabel: null,
  reason: "TIMEOUT",
  until: new Date(Date.now() + 60_000).toISOString(),
};

const full = () => ({
  "GET /api/cluster": { body: cluster },
  "GET /api/sessions": { body: [session] },
  "GET /api/in-flight": { body: [running] },
  "GET /api/cooldowns": { body: [cooling] },
});
const panel = (name: string) => screen.findByRole("region", { name });

describe("Cluster page", () => {
  beforeEach(signedIn);

  it("holds its place while loading", async () => {
    fakeNode({
      "GET /api/cluster": "never",
      "GET /api/sessions": "never",
      "GET /api/in-flight": "never",
      "GET /api/cooldowns": "never",
    });
    renderAt("/cluster");
    expect(await screen.findByRole("heading", { level: 1, name: "Cluster" })).toBeInTheDocument();
    expect(within(await panel("Members")).getByRole("status", { name: "Loading" })).toBeInTheDocument();
  });

  it("shows members, marks, shards, sessions, requests and cooldowns", async () => {
    fakeNode(full());
    renderAt("/cluster");
    const members = within(await panel("Members"));
    const rows = (await members.findAllByRole("row")).slice(1);
    expect(rows).toHaveLength(3);
    expect(rows[0]).toHaveTextContent("127.0.0.1:25520This node");
    expect(rows[1]).toHaveTextContent("Leader");
    expect(rows[2]).toHaveTextContent("Unreachable");
    expect(members.getByRole("alert")).toHaveTextContent("127.0.0.1:25522");
    const shards = within(await panel("Shards")).getAllByRole("row");
    expect(shards.map((row) => row.textContent)).toContain("session2002");
    const link = await within(await panel("Sessions")).findByRole("link", { name: /^0a1b/ });
    expect(link).toHaveAttribute("href", `/sessions/${session.key}`);
    expect(await within(await panel("In flight")).findByText("alpha/a-large")).toBeInTheDocument();
    expect(await within(await panel("Cooldowns")).findByText(/^(1 m 00 s|5\d s)$/)).toBeInTheDocument();
  });

  it("says what is not there", async () => {
    fakeNode({
      ...full(),
      "GET /api/cluster": { body: { ...cluster, shards: [], singletons: [] } },
      "GET /api/sessions": { body: [] },
      "GET /api/in-flight": { body: [] },
      "GET /api/cooldowns": { body: [] },
    });
    renderAt("/cluster");
    for (const text of ["No sessions yet", "Nothing in flight", "Nothing is cooling", "No shards yet"]) {
      expect(await screen.findByText(text)).toBeInTheDocument();
    }
  });

  it("keeps one panel's failure to itself, and tries again on demand", async () => {
    const node = fakeNode({ ...full(), "GET /api/cooldowns": refused(500, "The cooldowns are away.") });
    renderAt("/cluster");
    const cooldowns = within(await panel("Cooldowns"));
    expect(await cooldowns.findByText("The cooldowns are away.")).toBeInTheDocument();
    expect(await within(await panel("In flight")).findByText("alpha/a-large")).toBeInTheDocument();
    node.routes["GET /api/cooldowns"] = { body: [cooling] };
    await userEvent.click(cooldowns.getByRole("button", { name: "Try again" }));
    expect(await cooldowns.findByText("Timed out")).toBeInTheDocument();
  });

  it("names a view that this node does not have", async () => {
    const { "GET /api/cooldowns": _, ...rest } = full();
    fakeNode(rest);
    renderAt("/cluster");
    expect(await within(await panel("Cooldowns")).findByText("Not available on this node")).toBeInTheDocument();
  });

  it("keeps what it showed when the node goes away", async () => {
    const node = fakeNode(full());
    const { client } = renderAt("/cluster");
    const members = within(await panel("Members"));
    await members.findByText("This node");
    node.routes["GET /api/cluster"] = new TypeError("failed");
    void client.invalidateQueries({ queryKey: ["cluster"] });
    expect(await members.findByText(/^from/)).toBeInTheDocument();
    expect(members.getByText("This node")).toBeInTheDocument();
  });

  it("releases a cooldown by its id", async () => {
    const node = fakeNode({ ...full(), "DELETE /api/cooldowns/c%2F1": { body: {} } });
    renderAt("/cluster");
    await userEvent.click(await screen.findByRole("button", { name: "Release alpha/a-large" }));
    await waitFor(() =>
      expect(node.seen.some(({ method, path }) => method === "DELETE" && path === "/api/cooldowns/c%2F1")).toBe(true),
    );
  });

  it("drains a node only after a confirmation that names it", async () => {
    const second = cluster.members[1]?.address ?? "";
    const at = `/api/cluster/members/${encodeURIComponent(second)}/leave`;
    const node = fakeNode({ ...full(), [`POST ${at}`]: { status: 202, body: {} } });
    renderAt("/cluster");
    const drain = { name: "Drain 127.0.0.1:25521" };
    await userEvent.click(await screen.findByRole("button", drain));
    const asked = within(await screen.findByRole("alertdialog", { name: "Drain 127.0.0.1:25521?" }));
    await userEvent.click(asked.getByRole("button", { name: "Cancel" }));
    await waitFor(() => expect(screen.queryByRole("alertdialog")).not.toBeInTheDocument());
    expect(node.seen.filter(({ method }) => method === "POST")).toEqual([]);
    await userEvent.click(screen.getByRole("button", drain));
    await userEvent.click(within(await screen.findByRole("alertdialog")).getByRole("button", { name: "Drain" }));
    await waitFor(() =>
      expect(node.seen.filter(({ method }) => method === "POST").map(({ path, body }) => [path, body])).toEqual([
        [at, { confirm: second }],
      ]),
    );
  });

  it("offers an unreachable node as lost instead", async () => {
    const gone = cluster.unreachable[0] ?? "";
    const at = `/api/cluster/members/${encodeURIComponent(gone)}/down`;
    const node = fakeNode({ ...full(), [`POST ${at}`]: { status: 202, body: {} } });
    renderAt("/cluster");
    expect(await screen.findByRole("button", { name: "Drain 127.0.0.1:25520" })).toBeEnabled();
    expect(screen.queryByRole("button", { name: "Drain 127.0.0.1:25522" })).not.toBeInTheDocument();
    await userEvent.click(screen.getByRole("button", { name: "Count 127.0.0.1:25522 as lost" }));
    const asked = within(await screen.findByRole("alertdialog"));
    await userEvent.click(asked.getByRole("button", { name: "Count as lost" }));
    await waitFor(() =>
      expect(node.seen.filter(({ method }) => method === "POST").map(({ path, body }) => [path, body])).toEqual([
        [at, { confirm: gone }],
      ]),
    );
  });
});
