// What no provider and no operator should do to a page, in a tab of its own: the node's answers are replaced on their way.
import assert from "node:assert/strict";
import { until } from "../surroundings.mjs";

const LONG = "An extremely long name that somebody will surely give ".repeat(4).slice(0, 200);
const ARABIC = "نموذج سريع جدا للاختبار";

const answer = (body) => (route) => route.fulfill({ contentType: "application/json", body: JSON.stringify(body) });

const sideways = (tab) => tab.evaluate(() => document.documentElement.scrollWidth - innerWidth);

/** One panel's failure stays its own; it is tried again by keyboard. */
async function onePanel({ page, keys, goTo, region }) {
  const cooldowns = /\/api\/cooldowns$/;
  const tab = await page.context().newPage();
  await tab.route(cooldowns, (route) => route.fulfill({ status: 500, contentType: "text/html", body: "<h1>500</h1>" }));
  await tab.goto(new URL("/cluster", page.url()).href);
  const panel = tab.getByRole("region", { name: "Cooldowns", exact: true });
  await panel.getByRole("alert").getByText("This could not be loaded").waitFor();
  await tab.getByRole("region", { name: "Members", exact: true }).getByText("Up", { exact: true }).first().waitFor();
  await tab.unroute(cooldowns);
  const again = panel.getByRole("button", { name: "Try again" });
  await again.focus();
  await tab.keyboard.press("Enter");
  await again.waitFor({ state: "detached" });
  await tab.close();
  // What has been shown stays, with its age.
  await goTo("Cluster");
  await page.route(cooldowns, (route) =>
    route.fulfill({ status: 503, contentType: "text/html", body: "<h1>503</h1>" }),
  );
  const old = region("Cooldowns").getByRole("status").filter({ hasText: "from" });
  await old.waitFor();
  await region("Members").getByText("Up", { exact: true }).first().waitFor();
  await page.unroute(cooldowns);
  await old.waitFor({ state: "detached" });
  await keys.reach(region("Members").getByRole("button").first());
}

/** 400 models and 10,000 sessions with names of 200 characters and right-to-left text, on a desk and on a phone. */
async function crowd({ page, admin }) {
  const tab = await page.context().newPage();
  const [sample] = await admin("/api/fallback");
  const names = [LONG, ARABIC, "x".repeat(200)];
  const models = Array.from({ length: 400 }, (_, i) => ({
    ...sample,
    model: `m-${i}`,
    name: `${names[i % 3]}${i < 3 ? "" : ` ${i}`}`,
    priority: i + 1,
    pool: ["fast", "balanced", "smart"][i % 3],
  }));
  const [one] = await admin("/api/sessions?limit=1");
  const sessions = Array.from({ length: 10_000 }, (_, i) => ({
    ...one,
    key: `s-${String(i).padStart(32, "0")}`,
    platform: i % 2 === 0 ? ARABIC : LONG,
    keyLabel: LONG,
  }));
  await tab.route(/\/api\/fallback$/, answer(models));
  await tab.route(/\/api\/sessions\?/, (route) => {
    const limit = Number(new URL(route.request().url()).searchParams.get("limit"));
    return answer(sessions.slice(0, limit))(route);
  });
  for (const size of [page.viewportSize(), { width: 390, height: 844 }]) {
    await tab.setViewportSize(size);
    await tab.goto(new URL("/models", page.url()).href);
    await tab.waitForFunction(() => document.querySelectorAll("[role=switch]").length === 400);
    assert.ok((await sideways(tab)) <= 0, `Models scrolls sideways at ${size.width} px`);
    await tab.goto(new URL("/sessions?limit=6400", page.url()).href);
    await tab.getByTitle(sessions[0].key).waitFor();
    await tab.getByText("6,400+").waitFor();
    assert.ok((await sideways(tab)) <= 0, `Sessions scrolls sideways at ${size.width} px`);
  }
  // As a keyboard has it: the end of the list, then the rest of it.
  const more = tab.getByRole("button", { name: "Show more" });
  await more.focus();
  await tab.keyboard.press("Enter");
  await tab.getByText("10,000+").waitFor();
  await tab.getByText("The first 10,000 are shown. Search to find others.").waitFor();
  await until("the last session is in sight", async () => {
    await tab.keyboard.press("End");
    return (await tab.getByTitle(sessions.at(-1).key).count()) === 1;
  });
  const rows = await tab.getByRole("region", { name: "Last used" }).locator("tbody tr").count();
  assert.ok(rows < 200, `${rows} rows are in the page`);
  await tab.close();
}

export const hostile = [
  { title: "a panel that fails leaves the others alone, and is tried again", run: onePanel },
  { title: "400 models and 10,000 sessions with names that nobody should give", run: crowd },
];
