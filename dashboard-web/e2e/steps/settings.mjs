// Settings, the API key of the house, and further API keys.
import assert from "node:assert/strict";
import { until } from "../surroundings.mjs";
import { confirmed } from "./providers.mjs";

async function change({ page, region, goTo, keys }) {
  await goTo("Settings");
  const search = page.getByLabel("Search settings");
  await keys.write(search, "session.ttl");
  const row = region("Configuration").getByRole("row").filter({ hasText: "switchboard.session.ttl" });
  const opener = row.getByRole("button", { name: "Edit switchboard.session.ttl" });
  await keys.enter(opener);
  const dialog = page.getByRole("dialog");
  await keys.write(dialog.getByLabel("Value"), "soon");
  await keys.press("Enter");
  await dialog.getByRole("alert").filter({ hasText: "session.ttl" }).waitFor();
  await keys.write(dialog.getByLabel("Value"), "25m");
  await keys.press("Enter");
  await dialog.waitFor({ state: "detached" });
  await keys.backAt(opener);
  await row.getByText("25m").waitFor();
  await row.getByText("dashboard").waitFor();
  const entry = region("Audit").getByRole("row").filter({ hasText: "session.ttl" }).first();
  await entry.getByText("25m").waitFor();
  await keys.enter(opener);
  await keys.enter(dialog.getByRole("button", { name: "Use file or default" }));
  await dialog.waitFor({ state: "detached" });
  await row.getByText("default", { exact: true }).waitFor();
  await keys.write(search, "");
}

const copied = (page) => page.evaluate(() => navigator.clipboard.readText());

/** Made once, shown once, good for /v1, and gone when it is revoked. */
async function furtherKey(journey) {
  const { page, region, keys, ask } = journey;
  const opener = region("Further API keys").getByRole("button", { name: "Add API key" });
  await keys.enter(opener);
  const dialog = page.getByRole("dialog");
  await keys.write(dialog.getByLabel("Name"), "robot");
  await keys.write(dialog.getByLabel("Models"), "beta/*");
  await keys.write(dialog.getByLabel("Requests a minute"), "5");
  await keys.choose(dialog.getByRole("combobox", { name: "Mode of auto" }), "option", "Fast");
  await keys.enter(dialog.getByRole("button", { name: "Make key" }));
  const key = await dialog.getByLabel("New API key", { exact: true }).innerText();
  await keys.enter(dialog.getByRole("button", { name: "Copy new API key" }));
  await dialog.getByRole("button", { name: "Copied" }).waitFor();
  assert.equal(await copied(page), key);
  await keys.enter(dialog.getByRole("button", { name: "I have it" }));
  await dialog.waitFor({ state: "detached" });
  await keys.backAt(opener);
  const row = region("Further API keys").getByRole("row").filter({ hasText: "robot" });
  await row.getByText("Active").waitFor();
  assert.equal(await page.getByText(key).count(), 0, "the key is shown again");

  const status = async (model) => (await ask("Hello", { key, model })).status;
  await until("the key answers on every node", async () => (await status("auto")) === 200);
  assert.equal(await status("alpha/a-large"), 404, "a model that the key may not use");
  const use = row.getByRole("switch", { name: "Use API key robot" });
  await keys.toggle(use);
  await until("the key is off", async () => (await status("auto")) === 401);
  await keys.toggle(use);
  await until("the key is on", async () => (await status("auto")) === 200);
  await confirmed(journey, row.getByRole("button", { name: "Revoke robot" }), "Revoke");
  await row.getByText("Active").waitFor({ state: "detached" });
  await keys.within(region("Further API keys"));
  await until("the key is refused", async () => (await status("auto")) === 401);
}

/** Shown, copied and made anew; the old one ends at once. */
async function regenerate(journey) {
  const { page, region, keys, ask } = journey;
  const panel = region("API key");
  const code = panel.getByLabel("API key", { exact: true });
  assert.ok(!(await code.innerText()).includes(journey.apiKey), "the key is shown unasked");
  await keys.enter(panel.getByRole("button", { name: "Show API key" }));
  assert.equal(await code.innerText(), journey.apiKey);
  await keys.enter(panel.getByRole("button", { name: "Copy API key" }));
  await panel.getByRole("button", { name: "Copied" }).waitFor();
  assert.equal(await copied(page), journey.apiKey);
  const button = panel.getByRole("button", { name: "Regenerate" });
  await confirmed(journey, button, "Make a new key");
  await until("the key is another", async () => (await code.innerText()) !== journey.apiKey);
  await keys.backAt(button);
  const old = journey.apiKey;
  journey.apiKey = await code.innerText();
  await until("the old key is refused", async () => (await ask("Hello", { key: old })).status === 401);
  await until("the new key answers", async () => (await ask("Hello", { key: journey.apiKey })).status === 200);
  await keys.enter(panel.getByRole("button", { name: "Hide API key" }));
}

export const settings = [
  { title: "a setting is refused, then changed, then given up, and the audit knows", run: change },
  { title: "an API key is shown once, works, and is revoked", run: furtherKey },
  { title: "the API key is made anew, once confirmed", run: regenerate },
];
