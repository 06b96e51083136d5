// Each page opened by its address, in a tab of its own: the state is there, and nothing jumps.
import assert from "node:assert/strict";

/** Cumulative layout shift of a page's first seconds, whatever the cause; 0.1 is called good. */
const MOST_SHIFT = 0.05;

const observe = () => {
  globalThis.shift = 0;
  globalThis.shifted = [];
  new PerformanceObserver((list) => {
    for (const { value, sources } of list.getEntries()) {
      globalThis.shift += value;
      globalThis.shifted.push(
        `${value.toFixed(4)} ${sources.map(({ node }) => node?.outerHTML?.slice(0, 120) ?? "?").join(" | ")}`,
      );
    }
  }).observe({ type: "layout-shift", buffered: true });
};

async function states({ session, region, admin }) {
  const request = (await admin("/api/requests?limit=1"))[0].requestId;
  const shown = (page, name, text) =>
    page.getByRole("region", { name, exact: true }).getByText(text, { exact: true }).first().waitFor();
  return {
    "/": (page) => shown(page, "Cluster", "Up"),
    "/models?q=b-mini&closed=fast": (page) => page.getByRole("switch", { name: "Use B Mini" }).waitFor(),
    "/models?edit=alpha%2Fa-small": (page) => page.getByRole("dialog", { name: "Edit model" }).waitFor(),
    "/sessions": (page) => page.getByRole("region", { name: "Last used" }).getByRole("link").first().waitFor(),
    [`/sessions/${session}`]: (page) => page.getByRole("heading", { name: "Candidates, in order" }).waitFor(),
    "/providers?q=team": (page) => page.getByRole("switch", { name: "Use key beta team" }).waitFor(),
    "/cluster": (page) => shown(page, "Members", "Up"),
    "/analytics?range=1h": (page) => page.getByRole("radio", { name: "1h", checked: true }).waitFor(),
    "/playground?model=auto-smart&temperature=0.5": async (page) => {
      await page.getByRole("button", { name: "Model", exact: true }).getByText("auto-smart").waitFor();
      assert.equal(await page.getByLabel("Temperature").inputValue(), "0.5");
    },
    [`/requests?request=${request}`]: (page) => page.getByRole("dialog").getByText(request).waitFor(),
    "/settings?edit=switchboard.session.ttl": (page) => page.getByLabel("Value").waitFor(),
    "/settings": (page) => shown(page, "Configuration", "switchboard.session.ttl"),
  };
}

async function open(journey, tab, [address, ready]) {
  await tab.goto(`${journey.url}${address}`);
  await ready(tab);
  await tab.getByRole("status", { name: "Loading" }).first().waitFor({ state: "detached" });
  // Long enough for one round of live refreshes.
  await tab.waitForFunction((until) => performance.now() > until, (await tab.evaluate(() => performance.now())) + 1200);
  const { shift, shifted } = await tab.evaluate(() => ({ shift: globalThis.shift, shifted: globalThis.shifted }));
  return { address, shift, shifted };
}

async function shifts(journey) {
  const all = Object.entries(await states(journey));
  const found = [];
  const turns = Array.from({ length: 3 }, async () => {
    const tab = await journey.page.context().newPage();
    await tab.addInitScript(observe);
    for (let next = all.shift(); next; next = all.shift()) found.push(await open(journey, tab, next));
    await tab.close();
  });
  await Promise.all(turns);
  console.log(
    `      layout shift: ${found.map(({ address, shift }) => `${address.split("?")[0]} ${shift.toFixed(3)}`).join(", ")}`,
  );
  const jumping = found
    .filter(({ shift }) => shift > MOST_SHIFT)
    .map(({ address, shift, shifted }) => `${address} shifts by ${shift.toFixed(4)}:\n${shifted.join("\n")}`);
  assert.equal(jumping.length, 0, jumping.join("\n"));
}

export const stillness = [{ title: "every state opens by its address, and nothing jumps", run: shifts }];
