// Nodes that hang, die, drain and come back, under the eyes of a page that stays open.
import assert from "node:assert/strict";
import { until } from "../surroundings.mjs";

const LIMIT_MS = 90_000;
const upSince = (row) => row.locator("time").first().getAttribute("datetime");

/** The row of the member that serves HTTP at an address. */
const rowOf = (journey, url) =>
  journey
    .region("Members")
    .getByRole("row")
    .filter({ hasText: url.replace("http://", "") });

/** By keyboard, once confirmed. */
async function countAsLost({ page, region, keys }, name) {
  const button = region("Members").getByRole("button", { name: `Count ${name} as lost` });
  const dialog = page.getByRole("alertdialog", { name: `Count ${name} as lost?` });
  await keys.enter(button);
  await keys.enter(dialog.getByRole("button", { name: "Count as lost" }));
  await page.getByText(`${name} counts as lost`).waitFor();
  await button.waitFor({ state: "detached" });
}

/** A node hangs, so that the others miss it, is counted as lost, and dies; its supervisor starts it as a new member. */
async function loseNode(journey) {
  const { goTo, victim, victimUrl, region } = journey;
  await goTo("Cluster");
  const row = rowOf(journey, victimUrl);
  const before = await upSince(row);
  const name = (await row.getByRole("button", { name: /^Drain / }).getAttribute("aria-label")).replace("Drain ", "");
  // Who hangs cannot say where it serves: only its name in the cluster is left of it, until the others count it as lost.
  const hung = region("Members").getByRole("row").filter({ hasText: name });
  process.kill(victim, "SIGSTOP");
  await Promise.all([
    hung.getByText("Unreachable", { exact: true }).waitFor({ timeout: LIMIT_MS }),
    hung.getByRole("button", { name: `Count ${name} as lost` }).waitFor({ timeout: LIMIT_MS }),
    region("Members").getByRole("alert").filter({ hasText: name }).waitFor({ timeout: LIMIT_MS }),
  ]);
  await countAsLost(journey, name);
  process.kill(victim, "SIGKILL");
  await until(
    "it is back as a new member",
    async () =>
      (await row.count()) === 1 &&
      (await row.getByText("Up", { exact: true }).count()) === 1 &&
      (await upSince(row)) !== before,
    LIMIT_MS,
  );
}

/** Drains the node that serves this very page: refused at first, then done; the page waits for it and goes on. */
async function drain(journey) {
  const { page, region, keys, url } = journey;
  const row = rowOf(journey, url);
  const button = row.getByRole("button", { name: /^Drain / });
  const name = (await button.getAttribute("aria-label")).replace("Drain ", "");
  const dialog = page.getByRole("alertdialog", { name: `Drain ${name}?` });
  const before = await upSince(row);
  await keys.enter(button);
  await keys.escape(dialog, button);
  // On its way to the node the confirmation is made to name somebody else: the node has the last word.
  await page.route(/\/leave$/, (route) => route.continue({ postData: '{"confirm":"another"}' }));
  await keys.enter(button);
  await keys.enter(dialog.getByRole("button", { name: "Drain" }));
  await page.getByText(/^Not drained: 'confirm' must repeat/).waitFor();
  await page.unroute(/\/leave$/);
  // A button takes no press while what it set off is under way.
  await row.locator("[aria-busy]").waitFor({ state: "detached" });
  assert.equal(await row.getByText("Up", { exact: true }).count(), 1);
  await keys.enter(button);
  await keys.enter(dialog.getByRole("button", { name: "Drain" }));
  await page.getByText(`${name} drains`).waitFor();
  await page.getByText("Node not reachable").waitFor({ timeout: LIMIT_MS });
  assert.ok((await region("Members").getByRole("row").count()) > 1, "what was shown is gone");
  await until(
    "the page is live again, with a new member",
    async () =>
      (await page.getByText("Node not reachable").count()) === 0 &&
      (await row.count()) === 1 &&
      (await upSince(row)) !== before,
    LIMIT_MS,
  );
}

export const nodes = [
  { title: "a node that hangs shows as unreachable, is killed, and is back", run: loseNode },
  { title: "the page's own node is drained by button; the page waits for it", run: drain },
];
