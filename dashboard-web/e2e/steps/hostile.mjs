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

const before = (hours) => new Date(Date.now() - hours * 3_600_000).toISOString();

/** Tables whose rows end in buttons, or that are read across, show every column without being scrolled sideways. */
async function columns({ page }) {
  const tab = await page.context().newPage();
  const cooling = { id: "k-1", scope: "key", platform: "own", keyLabel: LONG, until: before(-0.98) };
  const key = { platform: "own", label: LONG, maskedKey: "sk-…9f3a", status: "rate_limited", statusReason: LONG };
  const usage = { rpm: 99, rpd: 14_400, tpm: 999_900, tpd: 99_900_000 };
  const platform = { id: "p".repeat(64), name: LONG, adapter: "openai", origin: "custom", keyless: true };
  const count = { keyCount: 100, modelCount: 1_000 };
  const ended = {
    requestId: LONG,
    requested: LONG,
    platform: LONG,
    model: LONG,
    message: LONG,
    status: 200,
    attempts: 5,
  };
  const spent = { at: before(1), totalMs: 123_400, ttftMs: 12_340, stream: true, inputTokens: 99_900, outputTokens: 1 };
  const entry = {
    at: before(1),
    actor: "bootstrap",
    action: "settings.change",
    target: LONG,
    before: LONG,
    after: LONG,
  };
  await tab.route(/\/api\/cooldowns$/, answer([cooling]));
  await tab.route(/\/api\/keys$/, answer([{ ...key, id: "1", enabled: true, lastCheckedAt: before(23.9), usage }]));
  await tab.route(
    /\/api\/platforms$/,
    answer([{ ...platform, ...count, baseUrl: `https://${"long.".repeat(30)}example/v1` }]),
  );
  await tab.route(/\/api\/requests/, answer([{ ...ended, ...spent }]));
  await tab.route(/\/api\/audit/, answer([entry]));
  for (const [address, ...names] of [
    ["/providers", "Keys", "Platforms"],
    ["/requests", "Ended"],
    ["/settings", "Audit"],
  ]) {
    await tab.goto(new URL(address, page.url()).href);
    for (const name of names) {
      const table = tab.getByRole("region", { name, exact: true }).getByRole("table");
      await table.waitFor();
      const beyond = await table.evaluate((each) => each.scrollWidth - each.parentElement.clientWidth);
      assert.ok(beyond <= 0, `${beyond} px of ${name} are out of sight at ${tab.viewportSize().width} px`);
    }
  }
  await tab.close();
}

export const hostile = [
  { title: "a panel that fails leaves the others alone, and is tried again", run: onePanel },
  { title: "400 models and 10,000 sessions with names that nobody should give", run: crowd },
  { title: "no column of a wide table is out of sight on a desk", run: columns },
];
