// How a page looks: axe's judgement and a picture, in light and in dark.
import { mkdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/** The rules whose verdict can change with the colours; the themes differ in nothing else. */
const ofColours = { runOnly: ["color-contrast", "link-in-text-block"] };

async function violations(page, within, rules) {
  // Injected through the debugger: the page's own policy forbids foreign scripts, and must go on doing so.
  if (!(await page.evaluate(() => "axe" in globalThis))) await page.evaluate(axe);
  const found = await page.evaluate(
    ([part, only]) => globalThis.axe.run(part ?? document, { resultTypes: ["violations"], ...only }),
    [within, rules],
  );
  return found.violations.map(
    ({ id, help, nodes }) => `${id}: ${help}\n${nodes.map((node) => `    ${node.target.join(" ")}`).join("\n")}`,
  );
}

/** Puts the page into one of the two themes, without loading it again, and waits until it is drawn. */
export async function wear(page, theme) {
  await page.emulateMedia({ colorScheme: theme, reducedMotion: "reduce" });
  await page.locator(theme === "dark" ? "html.dark" : "html:not(.dark)").waitFor();
  // Two frames: charts are drawn anew with the theme's colours. Then until no colour is on its way to another.
  await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
  await page.waitForFunction(() =>
    document.getAnimations().every((each) => !(each instanceof CSSTransition) || each.playState !== "running"),
  );
}

/**
 * Judges the page in both themes and keeps pictures of it in `folder`, if there is one; or only the part `within`, where
 * the rest has been judged. The theme that it wears now comes first; it is left in the other.
 */
export async function judge(page, name, { folder, within }) {
  const problems = [];
  const dark = (await page.locator("html.dark").count()) > 0;
  for (const [i, theme] of (dark ? ["dark", "light"] : ["light", "dark"]).entries()) {
    await wear(page, theme);
    const found = await violations(page, within, i === 0 ? {} : ofColours);
    problems.push(...found.map((text) => `${name}, ${theme}: ${text}`));
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
  if (problems.length > 0) throw new Error(`accessibility:\n${problems.join("\n")}`);
}
