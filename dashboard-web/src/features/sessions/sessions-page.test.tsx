import { screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeEach, describe, expect, it } from "vitest";
import { signedIn } from "@/auth/auth";
import { fakeNode } from "@/test/fake-node";
import { renderAt } from "@/test/render";
import { cluster, session } from "@/test/samples";

const many = (size: number) =>
  Array.from({ length: size }, (_, i) => ({ ...session, key: i.toString(16).padStart(32, "0"), bans: [] }));

describe("Sessions page", () => {
  beforeEach(signedIn);

  it("keeps only the rows near the window of 10,000 sessions in the page", async () => {
    const node = fakeNode({ "GET /api/cluster": { body: cluster }, "GET /api/sessions": { body: many(10_000) } });
    renderAt("/sessions?limit=10000");
    const found = within(await screen.findByRole("region", { name: "Last used" }));
    expect(await found.findByText(/^10[,.\u202f ]?000\+$/)).toBeInTheDocument();
    const rows = found.getAllByRole("row").length - 1;
    expect(rows).toBeGreaterThan(10);
    expect(rows).toBeLessThan(100);
    // The rest is room of their height: 41 px each.
    const rooms = [...document.querySelectorAll<HTMLElement>("tr[aria-hidden] td")];
    const high = rooms.reduce((sum, { style }) => sum + Number.parseFloat(style.height), 0);
    expect(high + rows * 41).toBe(10_000 * 41);
    expect(found.getByText(/^The first 10.?000 are shown/)).toBeInTheDocument();
    expect(node.seen.filter(({ path }) => path === "/api/sessions").map(({ url }) => url)).toContain(
      "/api/sessions?limit=10000",
    );
  });

  it("shows names of 200 characters and right-to-left text whole in their title", async () => {
    const long = "n".repeat(200);
    const hebrew = "מודל גדול";
    fakeNode({
      "GET /api/cluster": { body: cluster },
      "GET /api/sessions": { body: [{ ...session, model: long, keyLabel: hebrew }] },
    });
    renderAt("/sessions");
    const name = await screen.findByTitle(`alpha/${long}`);
    expect(name).toHaveClass("truncate");
    expect(screen.getByTitle(hebrew)).toHaveAttribute("dir", "auto");
  });

  it("keeps what is searched for in the address and asks the node for it", async () => {
    const node = fakeNode({ "GET /api/cluster": { body: cluster }, "GET /api/sessions": { body: [] } });
    const { router } = renderAt("/sessions");
    await userEvent.type(await screen.findByRole("searchbox", { name: "Search sessions" }), "שלום");
    expect(await screen.findByText("No session matches")).toBeInTheDocument();
    expect(router.state.location.search).toEqual({ q: "שלום" });
    await waitFor(() => {
      const asked = new URL(node.seen.at(-1)?.url ?? "", "http://node");
      expect([...asked.searchParams.values()]).toContain("שלום");
    });
  });
});
