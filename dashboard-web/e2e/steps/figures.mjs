// Analytics, requests, and how every page looks while there is something to see.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { until } from "../surroundings.mjs";
import { answered, say } from "./conversation.mjs";

/** Programs at work, so that the remaining pages have something to show. */
async function others({ ask, order, admin }) {
  for (const platform of ["alpha", "beta"]) {
    await admin(`/api/platforms/${platform}`, {
      method: "PATCH",
      body: { shared: { rpm: 90, rpd: 5000, tpm: 8000, tpd: 200_000 } },
    });
  }
  const logged = async () => (await admin("/api/requests?limit=500")).length;
  const before = await logged();
  const calm = { fault: "words=20 pace=4ms" };
  await order([calm]);
  const questions = Array.from({ length: 36 }, (_, i) => ({ session: `program-${i % 9}`, stream: i % 4 !== 0 }));
  const together = (from, to) =>
    Promise.all(
      questions
        .slice(from, to)
        .map((options, i) =>
          ask(`Question ${from + i}`, { ...options, model: (from + i) % 12 === 5 ? "alpha/a-small" : "auto" }),
        ),
    );
  await together(0, 14);
  await order([{ times: 1, fault: "status=500" }, calm]);
  await together(14, 28);
  await order([{ platform: "alpha", times: 2, fault: "cut=headers" }, calm]);
  await together(28, 36);
  await ask("Nobody", { model: "alpha/unheard-of" });
  await order([{ fault: "words=4000 pace=50ms" }]);
  await until("the requests are in the log", async () => (await logged()) >= before + questions.length);
}

async function judgeDialog({ page, judge, keys }, opener, name) {
  await keys.enter(opener);
  const dialog = page.getByRole("dialog");
  await dialog.waitFor();
  await judge(name, "[role=dialog]");
  await keys.escape(dialog, opener);
}

async function look(journey) {
  const { page, region, goTo, judge, keys } = journey;
  // Two long streams stay open while the pages are looked at.
  const leaving = new AbortController();
  for (const session of ["one", "two"]) {
    journey.ask("Tell me everything", { session, signal: leaving.signal }).catch(() => {});
  }
  await goTo("Overview");
  await region("Needs attention").getByText("beta · expired").waitFor();
  await judge("overview");
  await goTo("Models");
  await judge("models");
  const score = page.getByRole("button", { name: /^Score of / }).first();
  await keys.enter(score);
  await page.getByRole("dialog", { name: "Score parts" }).waitFor();
  await judge("models-score");
  await keys.escape(page.getByRole("dialog"), score);
  await judgeDialog(journey, page.getByRole("button", { name: /^Edit / }).first(), "edit model");
  await goTo("Cluster");
  await region("In flight").getByText("Stream").first().waitFor();
  await judge("cluster");
  const cooling = region("Cooldowns").getByRole("button", { name: /^Release / });
  const before = await cooling.count();
  await keys.enter(cooling.first());
  await until("one cooldown less", async () => (await cooling.count()) === before - 1);
  await goTo("Sessions");
  await region("Last used").getByRole("link").first().waitFor();
  await judge("sessions");
  await goTo("Providers");
  await region("Keys").getByText("Invalid").waitFor();
  await judge("providers");
  await judgeDialog(journey, region("Keys").getByRole("button", { name: "Add key" }), "add key");
  for (const name of ["Import", "Export"]) {
    await judgeDialog(journey, page.getByRole("button", { name, exact: true }), name);
  }
  await goTo("Requests");
  await region("In flight").getByText("Stream").first().waitFor();
  await judge("requests");
  await drawer(journey);
  await goTo("Settings");
  await region("Configuration").getByText("switchboard.session.ttl").waitFor();
  await judge("settings");
  await judgeDialog(journey, page.getByRole("button", { name: "Add API key" }), "add API key");
  leaving.abort();
  await journey.order([]);
}

/** The tail is held while programs go on, found by text, and a request opens with its attempts. */
async function drawer({ page, region, judge, keys, session, ask, order }) {
  await keys.enter(page.getByRole("button", { name: "Hold" }));
  await region("Ended").getByText("held").waitFor();
  await order([{ fault: "words=2" }]);
  await ask("One more", { model: "beta/b-mini" });
  await keys.enter(region("Ended").getByRole("button", { name: /^\d+ new$/ }));
  await region("Ended").getByText("as they end").waitFor();
  const filter = page.getByLabel("Filter requests");
  await keys.write(filter, session);
  const opener = region("Ended").getByRole("row").nth(1).getByRole("button");
  await keys.enter(opener);
  const dialog = page.getByRole("dialog");
  await dialog.getByText("Attempts").first().waitFor();
  await judge("request");
  await keys.enter(dialog.getByRole("button", { name: "Copy request id" }));
  await dialog.getByRole("button", { name: "Copied" }).waitFor();
  await keys.escape(dialog, opener);
  await keys.press("Enter");
  await keys.enter(dialog.getByRole("link"));
  await page.getByRole("heading", { level: 1, name: "Session", exact: true }).waitFor();
  assert.ok(new URL(page.url()).pathname.endsWith(session));
}

/** The file that a button of the page saves, as rows of fields. */
async function csv(page, keys, name) {
  const [download] = await Promise.all([page.waitForEvent("download"), keys.enter(page.getByRole("button", { name }))]);
  const text = await readFile(await download.path(), "utf8");
  assert.ok(text.endsWith("\r\n"));
  const rows = text
    .trimEnd()
    .split("\r\n")
    .map((line) => line.split(","));
  return { file: download.suggestedFilename(), head: rows[0], rows: rows.slice(1) };
}

async function analytics(journey) {
  const { page, region, judge, keys, command, admin } = journey;
  await command("Analytics");
  await page.getByRole("heading", { level: 1, name: "Analytics" }).waitFor();
  await keys.take(page.getByRole("radiogroup", { name: "Range" }), "7d");
  await until("the range is in the address", async () => page.url().endsWith("range=7d"));
  await keys.take(page.getByRole("radiogroup", { name: "Range" }), "1h");
  await region("By model").getByRole("row").nth(1).waitFor();
  await judge("analytics");
  const sum = (rows, ...columns) => rows.reduce((all, row) => columns.reduce((n, i) => n + Number(row[i]), all), 0);
  const timeline = await csv(page, keys, "Export the timeline as CSV");
  assert.equal(timeline.file, "switchboard-timeline-1h.csv");
  assert.deepEqual(timeline.head.slice(0, 3), ["at", "successes", "failures"]);
  const shown = (await admin("/api/analytics/timeline?range=1h")).reduce(
    (n, { successes: s, failures: f }) => n + s + f,
    0,
  );
  assert.equal(sum(timeline.rows, 1, 2), shown);
  const models = await csv(page, keys, "Export by model as CSV");
  assert.equal(models.file, "switchboard-by-model-1h.csv");
  assert.deepEqual(models.head.slice(0, 3), ["platform", "model", "requests"]);
  assert.ok(models.rows.some(([platform, model, requests]) => platform === "beta" && model !== "" && requests > 0));
  const platforms = await csv(page, keys, "Export by platform as CSV");
  assert.deepEqual(
    platforms.rows.map(([platform]) => platform).filter((each) => each === "alpha" || each === "beta").length,
    2,
  );
  await keys.enter(region("Errors by kind").getByRole("link", { name: "See each" }));
  await page.getByRole("heading", { level: 1, name: "Requests" }).waitFor();
}

async function phone(journey) {
  const { page, judge, goTo } = journey;
  const before = page.viewportSize();
  await page.setViewportSize({ width: 390, height: 844 });
  for (const name of ["Overview", "Models", "Playground"]) {
    await page.getByRole("button", { name: "Open navigation" }).click();
    await page.getByRole("navigation", { name: "Pages" }).getByRole("link", { name, exact: true }).click();
    await page.getByRole("heading", { level: 1, name, exact: true }).waitFor();
    await page.getByRole("dialog").waitFor({ state: "detached" });
    if (name === "Playground") {
      await say(journey, "Does this fit on a phone?");
      await answered(journey);
      assert.ok(await page.evaluate(() => document.documentElement.scrollHeight <= innerHeight), "a short one scrolls");
    }
    await judge(`phone-${name.toLowerCase()}`);
  }
  for (const name of ["Sessions", "Providers", "Cluster", "Analytics", "Requests", "Settings", "Overview"]) {
    await goTo(name);
    const width = await page.evaluate(() => document.documentElement.scrollWidth);
    assert.ok(width <= 390, `${name} is ${width} px wide`);
  }
  await page.getByRole("button", { name: "Go to" }).click();
  await page.getByRole("dialog").waitFor();
  await page.keyboard.press("Escape");
  await page.getByRole("dialog").waitFor({ state: "detached" });
  await page.setViewportSize(before);
}

export const work = [{ title: "programs have been at work", run: others }];
export const looks = [
  { title: "every page is accessible in both themes", run: look },
  { title: "the figures of a range are shown and saved as files", run: analytics },
];
export const phones = [{ title: "a phone shows pages without scrolling sideways", run: phone }];
