// A person at the dashboard, from the wrong key to the audit. Prints each step; ends with 1 at the first that fails.
// node e2e/journey.mjs [folder for screenshots]; the node and the simulator come from the environment.
import { openBrowser } from "./browser.mjs";
import { judge } from "./looks.mjs";
import * as steps from "./steps.mjs";
import { surroundings } from "./surroundings.mjs";

const needed = (name) => process.env[name] ?? fail(`${name} is not set`);
function fail(text) {
  console.error(text);
  process.exit(2);
}

const world = {
  url: needed("JOURNEY_URL"),
  apiKey: needed("JOURNEY_API_KEY"),
  adminKey: needed("JOURNEY_ADMIN_KEY"),
  simulator: needed("JOURNEY_SIMULATOR"),
  /** The process of a node that does not serve the page. */
  victim: Number(needed("JOURNEY_VICTIM")),
};
const folder = process.argv[2];
const { browser, page, troubles, loads } = await openBrowser();
const journey = {
  ...world,
  ...surroundings(world),
  page,
  region: (name) => page.getByRole("region", { name, exact: true }),
  goTo: async (name) => {
    await page.getByRole("navigation", { name: "Pages" }).getByRole("link", { name, exact: true }).click();
    await page.getByRole("heading", { level: 1, name, exact: true }).waitFor();
  },
  judge: (name, { picture = true } = {}) => judge(page, name, picture ? folder : undefined),
};

let current = "start";
try {
  await page.goto(world.url);
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
