// A person at the dashboard, without a mouse until almost the end. Prints each step; ends with 1 at the first that fails.
// node e2e/journey.mjs [folder for screenshots]; the node and the simulator come from the environment.
import { openBrowser } from "./browser.mjs";
import { keyboard } from "./keyboard.mjs";
import { judge } from "./looks.mjs";
import * as steps from "./steps.mjs";
import { surroundings } from "./surroundings.mjs";

const needed = (name) => process.env[name] ?? fail(`${name} is not set`);
function fail(text) {
  console.error(text);
  process.exit(2);
}

const folder = process.argv[2];
const { browser, page, troubles, loads } = await openBrowser();
const keys = keyboard(page);

/** Types into the palette and takes what it offers. */
async function command(text) {
  await keys.press("Control+k");
  const field = page.getByRole("dialog", { name: "Go to" }).getByRole("combobox");
  await field.waitFor();
  await page.keyboard.insertText(text);
  await page
    .getByRole("option", { selected: true })
    .filter({ hasText: text.slice(0, 10) })
    .waitFor();
  await keys.press("Enter");
  await field.waitFor({ state: "detached" });
}

const journey = {
  url: needed("JOURNEY_URL"),
  apiKey: needed("JOURNEY_API_KEY"),
  adminKey: needed("JOURNEY_ADMIN_KEY"),
  simulator: needed("JOURNEY_SIMULATOR"),
  /** The process and the address of a node that does not serve the page. */
  victim: Number(needed("JOURNEY_VICTIM")),
  victimUrl: needed("JOURNEY_VICTIM_URL"),
  page,
  keys,
  command,
  region: (name) => page.getByRole("region", { name, exact: true }),
  goTo: async (name) => {
    await command(name);
    await page.getByRole("heading", { level: 1, name, exact: true }).waitFor();
  },
  /** A page, with pictures of it; or a part of one, without. */
  judge: (name, within) => judge(page, name, { folder: within ? undefined : folder, within }),
};
Object.assign(journey, surroundings(journey));

let current = "start";
try {
  await page.goto(journey.url);
  for (const step of steps.all) {
    current = step.title;
    const begun = Date.now();
    await step.run(journey);
    console.log(`ok    ${current} (${Date.now() - begun} ms)`);
  }
  current = "everything without a reload, an error of a script or a refused resource";
  if (loads.count !== 1) throw new Error(`the page was loaded ${loads.count} times`);
  if (troubles.length > 0) throw new Error(troubles.join("\n"));
  console.log(`ok    ${current}`);
} catch (error) {
  console.log(`FAILED ${current}\n${error.stack ?? error}`);
  if (troubles.length > 0) console.log(`the page said:\n${troubles.join("\n")}`);
  console.log(
    `at ${page.url()}\n${await page
      .locator("body")
      .ariaSnapshot()
      .catch(() => "")}`,
  );
  if (folder) await page.screenshot({ path: `${folder}/failed.png` }).catch(() => {});
  process.exitCode = 1;
} finally {
  await browser.close();
}
// Streams that a failed step left open would keep this process for minutes.
process.exit();
