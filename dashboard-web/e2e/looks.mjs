// How a page looks: axe's judgement and a picture, in light and in dark.
import { mkdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

async function violations(page) {
  // Injected through the debugger: the page's own policy forbids foreign scripts, and must go on doing so.
  if (!(await page.evaluate(() => "axe" in globalThis))) await page.evaluate(axe);
  const found = await page.evaluate(() => globalThis.axe.run(document, { resultTypes: ["violations"] }));
  return found.violations.map(
    ({ id, help, nodes }) => `${id}: ${help}\n${nodes.map((node) => `    ${node.target.join(" ")}`).join("\n")}`,
  );
}

/** Judges the page in both themes and keeps pictures of it in `folder`, if there is one. */
export async function judge(page, name, folder) {
  const problems = [];
  for (const theme of ["light", "dark"]) {
    await page.emulateMedia({ colorScheme: theme, reducedMotion: "reduce" });
    await page.locator(theme === "dark" ? "html.dark" : "html:not(.dark)").waitFor();
    // Two frames: charts are drawn anew with the theme's colours. Then until no colour is on its way to another.
    await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
    await page.waitForFunction(() =>
      document.getAnimations().every((each) => !(each instanceof CSSTransition) || each.playState !== "running"),
    );
    problems.push(...(await violations(page)).map((text) => `${name}, ${theme}: ${text}`));
    if (folder) {
      mkdirSync(folder, { recursive: true });
      await page.screenshot({
        path: join(folder, `${name}-${theme}.png`),
        animations: "disabled",
        caret: "hide",
        // Notices of what was done before do not belong to the page.
        style: "[data-sonner-toaster] { display: none }",
      });
    }
  }
  await page.emulateMedia({ colorScheme: "light", reducedMotion: "reduce" });
  if (problems.length > 0) throw new Error(`accessibility:\n${problems.join("\n")}`);
}
