// Keys and platforms: added, checked, switched, removed, carried away and brought back.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { until } from "../surroundings.mjs";

async function addKey({ page, region, goTo, keys }, { platform, secret, label }) {
  await goTo("Providers");
  const opener = region("Keys").getByRole("button", { name: "Add key" });
  await keys.enter(opener);
  const dialog = page.getByRole("dialog");
  await keys.choose(dialog.getByRole("combobox", { name: "Platform" }), "option", platform);
  await keys.write(dialog.getByLabel("Key", { exact: true }), secret);
  await keys.write(dialog.getByLabel("Label"), label);
  await keys.press("Enter");
  await dialog.waitFor({ state: "detached" });
  await keys.backAt(opener);
  return region("Keys").getByRole("row").filter({ hasText: label });
}

/** Presses a button that asks once more: first no, then yes. */
export async function confirmed({ page, keys }, button, action) {
  const dialog = page.getByRole("alertdialog");
  await keys.enter(button);
  await keys.escape(dialog, button);
  await keys.enter(button);
  await keys.enter(dialog.getByRole("button", { name: action, exact: true }));
  await dialog.waitFor({ state: "detached" });
}

async function goodKey(journey) {
  // A key that its provider refuses: the node finds out by itself while other things are done.
  await addKey(journey, { platform: "Beta", secret: "bad-beta-key-of-the-journey", label: "expired" });
  const row = await addKey(journey, { platform: "Alpha", secret: "sk-alpha-key-of-the-journey", label: "journey" });
  await journey.keys.enter(row.getByRole("button", { name: "Check alpha journey" }));
  await row.getByText("Healthy").waitFor();
  assert.equal(await row.getByText("sk-alpha-key").count(), 0, "the secret is shown");
}

async function addPlatform({ page, region, keys, simulator }) {
  const opener = region("Platforms").getByRole("button", { name: "Add platform" });
  await keys.enter(opener);
  const dialog = page.getByRole("dialog");
  await keys.write(dialog.getByLabel("Id"), "gamma");
  await keys.write(dialog.getByLabel("Name"), "Gamma");
  await keys.write(dialog.getByLabel("Base URL"), `${simulator}/gamma/v1`);
  await keys.choose(dialog.getByRole("combobox", { name: "Wire format" }), "option", "OpenAI-compatible");
  await keys.enter(dialog.getByRole("button", { name: "Add platform" }));
  await dialog.waitFor({ state: "detached" });
  await keys.backAt(opener);
}

/** Asks a platform what it has and takes the first model that is not here yet. */
async function discover({ page, region, judge, keys }, platform, picture) {
  const opener = region("Platforms").getByRole("button", { name: `Discover models of ${platform}` });
  await keys.enter(opener);
  const dialog = page.getByRole("dialog");
  await dialog.getByRole("button", { name: /^Add / }).first().waitFor();
  if (picture) await judge(picture);
  const before = await dialog.getByText("In the chain").count();
  await keys.enter(dialog.getByRole("button", { name: /^Add / }).first());
  await until("the model is in the chain", async () => (await dialog.getByText("In the chain").count()) > before);
  await keys.escape(dialog, opener);
}

async function platforms(journey) {
  const { region, keys, admin } = journey;
  await addPlatform(journey);
  await addKey(journey, { platform: "Gamma", secret: "sk-gamma-key-of-the-journey", label: "carried" });
  await discover(journey, "Gamma", "providers-discover");
  const use = region("Platforms").getByRole("switch", { name: "Use platform Gamma" });
  const enabled = async () => (await admin("/api/platforms")).find(({ id }) => id === "gamma").enabled;
  await keys.toggle(use);
  await until("the platform is off", async () => !(await enabled()));
  await keys.toggle(use);
  await until("the platform is on", enabled);
}

/** Saves the file that a dialog makes and reads it. */
async function saved(page, act) {
  const [download] = await Promise.all([page.waitForEvent("download"), act()]);
  return { name: download.suggestedFilename(), path: await download.path() };
}

async function transfer(journey) {
  const { page, region, keys, adminKey, admin } = journey;
  const dialog = page.getByRole("dialog");
  const exporter = page.getByRole("button", { name: "Export", exact: true });
  await keys.enter(exporter);
  const plain = await saved(page, () => keys.enter(dialog.getByRole("button", { name: "Export" })));
  assert.match(plain.name, /^switchboard-providers-\d{4}-\d\d-\d\d\.json$/);
  assert.ok(!(await readFile(plain.path, "utf8")).includes("sk-gamma"), "a secret is in the file");
  await keys.backAt(exporter);
  await keys.enter(exporter);
  await keys.toggle(dialog.getByRole("switch", { name: /secrets/ }));
  const again = dialog.getByLabel("Admin key, once more");
  await keys.write(again, "sb-admin-of-another-house-entirely");
  await keys.press("Enter");
  await dialog.getByRole("alert").filter({ hasText: /\S/ }).waitFor();
  await keys.backAt(again);
  await keys.write(again, adminKey);
  const whole = await saved(page, () => keys.enter(dialog.getByRole("button", { name: "Export with secrets" })));
  assert.ok((await readFile(whole.path, "utf8")).includes("sk-gamma-key-of-the-journey"));
  await keys.backAt(exporter);

  const row = region("Keys").getByRole("row").filter({ hasText: "carried" });
  const use = row.getByRole("switch", { name: "Use key gamma carried" });
  await keys.toggle(use);
  await until("the key is off", async () => (await use.getAttribute("aria-checked")) === "false");
  await confirmed(journey, row.getByRole("button", { name: "Remove gamma carried" }), "Remove");
  await row.waitFor({ state: "detached" });
  await keys.within(region("Keys"));
  const gamma = region("Platforms").getByRole("row").filter({ hasText: "Gamma" });
  await confirmed(journey, gamma.getByRole("button", { name: "Remove Gamma" }), "Remove");
  await gamma.waitFor({ state: "detached" });
  await keys.within(region("Platforms"));

  const importer = page.getByRole("button", { name: "Import", exact: true });
  await keys.enter(importer);
  const [chooser] = await Promise.all([page.waitForEvent("filechooser"), keys.enter(dialog.getByLabel("File"))]);
  await chooser.setFiles(whole.path);
  await dialog.getByRole("group", { name: "What the file holds" }).getByText("gamma · carried").waitFor();
  await keys.enter(dialog.getByRole("button", { name: /^Import \d+ rows$/ }));
  await dialog.waitFor({ state: "detached" });
  await keys.backAt(importer);
  await gamma.waitFor();
  await row.waitFor();
  await keys.write(page.getByLabel("Search providers"), "carried");
  await until("others are out of sight", async () => (await region("Keys").getByText("Beta").count()) === 0);
  await keys.write(page.getByLabel("Search providers"), "");
  await admin("/api/platforms/gamma", { method: "DELETE" });
}

async function badKey({ region, keys, page }) {
  const row = region("Keys").getByRole("row").filter({ hasText: "expired" });
  await row.getByText("Invalid").waitFor();
  await keys.enter(region("Keys").getByRole("button", { name: "Check all" }));
  await page.getByText("All keys checked").first().waitFor();
}

export const providers = [
  { title: "a key is added and checked: healthy", run: goodKey },
  { title: "a platform is added and its models are discovered", run: platforms },
  { title: "providers are exported, removed and imported again", run: transfer },
  { title: "a key that the provider refuses shows as invalid", run: badKey },
];
