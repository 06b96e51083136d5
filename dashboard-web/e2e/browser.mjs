// Chromium under control of the journeys: finds it, starts it, and collects what a page must never do.
import { existsSync } from "node:fs";
import { chromium } from "playwright-core";

const flags = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

// The journey has wrong keys and values refused and a node leave; the browser reports each.
const expected =
  /status of 40[0134] |net::ERR_(CONNECTION_REFUSED|CONNECTION_RESET|EMPTY_RESPONSE|INCOMPLETE_CHUNKED_ENCODING)|status of 503 /;

export const chromiumPath = process.env.CHROMIUM ?? "/usr/bin/chromium";

/** Starts Chromium and opens an empty page; `troubles` gathers errors of scripts and of the console. */
export async function openBrowser() {
  if (!existsSync(chromiumPath)) throw new Error(`no Chromium at ${chromiumPath}; set CHROMIUM`);
  const browser = await chromium.launch({ executablePath: chromiumPath, args: flags });
  const context = await browser.newContext({
    viewport: { width: 1280, height: 800 },
    colorScheme: "light",
    locale: "en-GB",
    timezoneId: "UTC",
    reducedMotion: "reduce",
    permissions: ["clipboard-read", "clipboard-write"],
  });
  context.setDefaultTimeout(30_000);
  const page = await context.newPage();
  await page.addInitScript(() => {
    globalThis.pointers = 0;
    addEventListener("pointerdown", () => (globalThis.pointers += 1), true);
  });
  const troubles = [];
  const loads = { count: 0 };
  page.on("load", () => (loads.count += 1));
  page.on("pageerror", (error) => troubles.push(`script error: ${error.message}`));
  page.on("console", (message) => {
    if (message.type() === "error" && !expected.test(message.text()))
      troubles.push(`${message.text()} ${message.location().url}`);
  });
  return { browser, page, troubles, loads };
}
