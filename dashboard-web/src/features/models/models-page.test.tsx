import { fireEvent, screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeEach, describe, expect, it } from "vitest";
import { signedIn } from "@/auth/auth";
import { fakeNode, refused } from "@/test/fake-node";
import { renderAt } from "@/test/render";
import { cluster } from "@/test/samples";

const row = (model: string, priority: number, more: object = {}) => ({
  platform: "alpha",
  model,
  name: model,
  priority,
  enabled: true,
  pool: "fast",
  keyCount: 1,
  effectiveScore: 1,
  ...more,
});
const until = () => new Date(Date.now() + 30_000).toISOString();

function routes() {
  return {
    "GET /api/cluster": { body: cluster },
    "GET /api/fallback": {
      body: [
        row("one", 1),
        row("two", 2, { cooldownUntil: until() }),
        row("three", 3, { pool: "smart", enabled: false, leftOut: "disabled" }),
        row("four", 4, {
          pool: "smart",
          leftOut: "keys-cooling",
          score: 1.1,
          smartScore: 1.4,
          effectiveScore: 0.95,
          penalty: 3,
          parts: { reliability: 0.5, speed: 0.3, latency: 0.2, intelligence: 1, outage: true },
        }),
      ],
    },
    "GET /api/cooldowns": {
      body: [
        {
          id: "c1",
          scope: "model",
          platform: "alpha",
          model: "two",
          keyLabel: null,
          reason: "TIMEOUT",
          until: until(),
        },
      ],
    },
    "PUT /api/fallback": { body: [] } as object,
    "DELETE /api/cooldowns/c1": { body: {} },
  };
}
const order = () =>
  within(screen.getByRole("group", { name: "Fast models" }))
    .getAllByRole("switch")
    .map((each) => each.getAttribute("aria-label"));

describe("Models page", () => {
  beforeEach(signedIn);

  it("groups by pool and sends the new order of a move at once", async () => {
    const node = fakeNode(routes());
    renderAt("/models");
    await userEvent.click(await screen.findByRole("button", { name: "Move one down" }));
    await waitFor(() => expect(node.seen.some(({ method }) => method === "PUT")).toBe(true));
    expect(node.seen.find(({ method }) => method === "PUT")?.body).toEqual([
      { platform: "alpha", model: "two", priority: 1, enabled: true },
      { platform: "alpha", model: "one", priority: 2, enabled: true },
      { platform: "alpha", model: "three", priority: 3, enabled: false },
      { platform: "alpha", model: "four", priority: 4, enabled: true },
    ]);
    expect(
      within(screen.getByRole("region", { name: "Smart models" })).getByRole("switch", { name: "Use three" }),
    ).not.toBeChecked();
  });

  it("shows a move before the node has answered, and takes it back when refused", async () => {
    const answers: ((refusal: Response) => void)[] = [];
    const node = fakeNode({
      ...routes(),
      "PUT /api/fallback": () => new Promise<Response>((resolve) => answers.push(resolve)),
    });
    renderAt("/models");
    await userEvent.click(await screen.findByRole("button", { name: "Move one down" }));
    await waitFor(() => expect(order()).toEqual(["Use two", "Use one"]));
    node.routes["GET /api/fallback"] = "never";
    answers[0]?.(Response.json(refused(400, "priority").body, { status: 400 }));
    await waitFor(() => expect(order()).toEqual(["Use one", "Use two"]));
  });

  it("releases the cooldown of a model", async () => {
    const node = fakeNode(routes());
    renderAt("/models");
    await userEvent.click(await screen.findByRole("button", { name: "Release two" }));
    await waitFor(() =>
      expect(node.seen.some(({ method, path }) => method === "DELETE" && path === "/api/cooldowns/c1")).toBe(true),
    );
  });

  it("says why routing leaves a model out, and what its score is made of", async () => {
    fakeNode(routes());
    renderAt("/models");
    const smart = within(await screen.findByRole("region", { name: "Smart models" }));
    expect(smart.getByText("Keys cooling")).toBeInTheDocument();
    expect(smart.queryByText("Off")).not.toBeInTheDocument();
    await userEvent.click(smart.getByRole("button", { name: "Score of four: 0.95" }));
    const parts = within(await screen.findByRole("dialog", { name: "Score parts" }));
    expect(parts.getByText("Reliability, outage").nextElementSibling).toHaveTextContent("0.50");
    expect(parts.getByText("Intelligence × 0.1").nextElementSibling).toHaveTextContent("0.10");
    expect(parts.getByText("Penalty 3").nextElementSibling).toHaveTextContent("−0.15");
  });

  it("keeps search and filter in the address", async () => {
    fakeNode(routes());
    const { router } = renderAt("/models?show=off");
    expect(await screen.findByRole("switch", { name: "Use three" })).toBeInTheDocument();
    expect(screen.queryByRole("switch", { name: "Use one" })).not.toBeInTheDocument();
    await userEvent.type(screen.getByRole("searchbox", { name: "Search models" }), "zz");
    await waitFor(() => expect(screen.queryByRole("switch", { name: "Use three" })).not.toBeInTheDocument());
    expect(router.state.location.search).toEqual({ show: "off", q: "zz" });
  });

  it("says that nothing matches", async () => {
    fakeNode(routes());
    renderAt("/models?q=nobody");
    expect(await screen.findByText("No model matches")).toBeInTheDocument();
    expect(screen.queryByRole("switch")).not.toBeInTheDocument();
  });

  it("shows on a phone what state a model is in under its name, and says once that its keys are cooling", async () => {
    window.matchMedia = (query: string) =>
      ({
        matches: query.includes("max-width"),
        media: query,
        addEventListener() {},
        removeEventListener() {},
      }) as unknown as MediaQueryList;
    const cooling = { leftOut: "keys-cooling", cooldownUntil: until() };
    fakeNode({ ...routes(), "GET /api/fallback": { body: [row("one", 1, cooling), row("two", 2, { penalty: 3 })] } });
    renderAt("/models");
    const cell = (await screen.findByTitle("alpha/one")).closest("td");
    expect(cell).toHaveTextContent(/^oneKeys\d+ salpha\/one$/);
    expect(screen.getByTitle("alpha/two").closest("td")).toHaveTextContent("−0.15");
    expect(screen.queryByRole("columnheader", { name: "State" })).not.toBeInTheDocument();
    expect(screen.queryByText("Keys cooling")).not.toBeInTheDocument();
  });

  it("names a node without this view", async () => {
    fakeNode({ "GET /api/cluster": { body: cluster } });
    renderAt("/models");
    expect(await screen.findByText("Not available on this node")).toBeInTheDocument();
  });

  it("shows 400 models, finds one of them and moves it within its pool", async () => {
    const pools = ["fast", "balanced", "smart"];
    const all = Array.from({ length: 400 }, (_, i) => row(`m-${i}`, i + 1, { pool: pools[i % 3] }));
    const node = fakeNode({ ...routes(), "GET /api/fallback": { body: all } });
    renderAt("/models");
    await waitFor(() => expect(document.querySelectorAll("[role=switch]")).toHaveLength(400), { timeout: 180_000 });
    expect(document.querySelectorAll("[aria-label='Fast models'] [role=switch]")).toHaveLength(134);
    // By label and at once: roles of thousands of elements, and a repaint for every key, take jsdom seconds.
    fireEvent.change(screen.getByLabelText("Search models"), { target: { value: "m-399" } });
    await waitFor(() => expect(document.querySelectorAll("[role=switch]")).toHaveLength(1));
    await userEvent.click(screen.getByRole("switch", { name: "Use m-399" }));
    await waitFor(() => expect(node.seen.some(({ method }) => method === "PUT")).toBe(true));
    const sent = node.seen.find(({ method }) => method === "PUT")?.body as { model: string; enabled: boolean }[];
    expect(sent).toHaveLength(400);
    expect(sent.filter(({ enabled }) => !enabled).map(({ model }) => model)).toEqual(["m-399"]);
  }, 240_000);

  it("cuts a name of 200 characters and lets right-to-left text run its way", async () => {
    const long = "x".repeat(200);
    const arabic = "نموذج سريع";
    fakeNode({
      ...routes(),
      "GET /api/fallback": { body: [row("long", 1, { name: long }), row("rtl", 2, { name: arabic })] },
    });
    renderAt("/models");
    expect(await screen.findByTitle(long)).toHaveClass("truncate");
    const name = screen.getByTitle(arabic);
    expect(name).toHaveTextContent(arabic);
    expect(name).toHaveAttribute("dir", "auto");
    expect(screen.getByRole("button", { name: `Move ${arabic} up` })).toBeInTheDocument();
  });
});
