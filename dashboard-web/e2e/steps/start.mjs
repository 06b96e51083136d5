// First load, signing in and out, the ways from page to page.
import assert from "node:assert/strict";
import { wear } from "../looks.mjs";
import { until } from "../surroundings.mjs";

/** Budget of the first load, from the start of the navigation to the page's heading. */
const INTERACTIVE_MS = 1500;

export const pages = [
  "Overview",
  "Models",
  "Sessions",
  "Providers",
  "Cluster",
  "Analytics",
  "Playground",
  "Requests",
  "Settings",
];

/** How many times as long as its own work a short computation takes now, because others compute too; 1 to 3. */
function contention() {
  const [began, before] = [performance.now(), process.cpuUsage()];
  while (performance.now() - began < 200);
  const { user, system } = process.cpuUsage(before);
  return Math.min(3, Math.max(1, (1000 * (performance.now() - began)) / (user + system)));
}

/** Loads without a cache; the budget is for a quiet machine, so a disturbed load is measured again and allowed its share. */
async function firstLoad({ page, url }) {
  const loads = [];
  let budget = INTERACTIVE_MS;
  for (let i = 0; i < 3 && !loads.some((ms) => ms <= budget); i++) {
    const before = contention();
    const context = await page.context().browser().newContext();
    const fresh = await context.newPage();
    await fresh.addInitScript(() => {
      new MutationObserver((_, observer) => {
        if (!document.querySelector("h1")) return;
        globalThis.interactiveAt = performance.now();
        observer.disconnect();
      }).observe(document, { childList: true, subtree: true });
    });
    await fresh.goto(url);
    loads.push(Math.round(await (await fresh.waitForFunction(() => globalThis.interactiveAt)).jsonValue()));
    await context.close();
    budget = Math.max(budget, Math.round(INTERACTIVE_MS * Math.max(before, contention())));
  }
  console.log(`      interactive after ${loads.join(", ")} ms, of ${budget} ms`);
  assert.ok(Math.min(...loads) <= budget, `interactive after ${loads.join(", ")} ms, of ${budget} ms`);
}

async function signInWrongly({ page, judge, keys }) {
  await keys.write(page.getByLabel("Admin key"), "sb-admin-of-another-house-entirely");
  await keys.enter(page.getByRole("button", { name: "Sign in" }));
  await page.getByRole("alert").filter({ hasText: "That admin key is not right." }).waitFor();
  assert.equal(await page.getByRole("navigation").count(), 0);
  await judge("sign-in");
}

async function signIn({ page, adminKey, keys }) {
  await keys.write(page.getByLabel("Admin key"), adminKey);
  await keys.press("Enter");
  await page.getByRole("navigation", { name: "Pages" }).waitFor();
}

async function signInRightly(journey) {
  await signIn(journey);
  await journey.page.getByRole("heading", { level: 1, name: "Overview" }).waitFor();
}

/** The first stop skips what every page begins with; every link leads to its page. */
async function navigate({ page, keys }) {
  await keys.enter(page.getByRole("link", { name: "Skip to content" }));
  await keys.backAt(page.locator("#main"));
  const navigation = page.getByRole("navigation", { name: "Pages" });
  for (const name of [...pages.slice(1), pages[0]]) {
    await keys.enter(navigation.getByRole("link", { name, exact: true }));
    await page.getByRole("heading", { level: 1, name, exact: true }).waitFor();
  }
  await wear(page, "light");
  const theme = page.getByRole("button", { name: "Theme" });
  await keys.choose(theme, "menuitemradio", "Dark");
  await page.locator("html.dark").waitFor();
  await keys.backAt(theme);
  await keys.choose(theme, "menuitemradio", "System");
}

/** The palette acts, finds and leads; its dialogs are those of the pages. */
async function palette(journey) {
  const { page, keys, session, command } = journey;
  await wear(page, "light");
  await command("Theme: dark");
  await page.locator("html.dark").waitFor();
  await command("Theme: system");
  await page.locator("html:not(.dark)").waitFor();
  await command("Check all keys");
  await page.getByText("All keys checked").waitFor();
  await command("Add key");
  await page.getByRole("dialog", { name: "Add a provider key" }).waitFor();
  assert.equal(new URL(page.url()).search, "?open=key");
  await keys.escape(page.getByRole("dialog"), page.locator("#main"));
  await keys.press("Control+k");
  const field = page.getByRole("dialog", { name: "Go to" }).getByRole("combobox");
  await page.getByRole("dialog").waitFor();
  await keys.escape(page.getByRole("dialog"), page.locator("#main"));
  await keys.press("Control+k");
  await field.waitFor();
  await page.keyboard.type(session.slice(0, 12));
  await page.getByRole("option", { name: new RegExp(`^${session.slice(0, 10)}`), selected: true }).waitFor();
  await keys.press("Enter");
  await page.getByRole("heading", { level: 1, name: "Session", exact: true }).waitFor();
  assert.ok(page.url().endsWith(session));
}

/** A sign-in that ended elsewhere is told at once, and the page is there again after the next. */
async function expire(journey) {
  const { page, goTo, region } = journey;
  await goTo("Analytics");
  await page.evaluate(() =>
    fetch("/api/session", { method: "DELETE", headers: { "x-requested-with": "switchboard-dashboard" } }),
  );
  await page.getByText("Your session has ended. Sign in again to go on.").waitFor();
  await signIn(journey);
  await region("By model").getByRole("row").nth(1).waitFor();
}

async function signOut(journey) {
  const { page, keys } = journey;
  await keys.enter(page.getByRole("button", { name: "Sign out" }));
  await page.getByRole("button", { name: "Sign in" }).waitFor();
  await until("the node has forgotten this browser", () =>
    page.evaluate(async () => !(await (await fetch("/api/session")).json()).signedIn),
  );
  await signIn(journey);
}

/** Up to here nobody has touched a mouse. */
async function noMouse({ page }) {
  assert.equal(await page.evaluate(() => globalThis.pointers), 0);
}

export const loading = [
  { title: "the first load is quick", run: firstLoad },
  { title: "a wrong admin key is refused in words", run: signInWrongly },
  { title: "the right one lets in", run: signInRightly },
  { title: "every page and the theme are reached by keyboard", run: navigate },
];
export const leaving = [
  { title: "the command palette acts, finds and leads", run: palette },
  { title: "a sign-in that has ended asks for the key again, on the same page", run: expire },
  { title: "signing out ends the sign-in on the node", run: signOut },
  { title: "all of that was done without a mouse", run: noMouse },
];
