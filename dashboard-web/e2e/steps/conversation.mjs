// The playground, the session behind it, and what becomes of both when a model fails.
import assert from "node:assert/strict";
import { until } from "../surroundings.mjs";
import { confirmed } from "./providers.mjs";

const answerText = [
  "A gateway keeps one address for many providers. **Switchboard** does three things on the way:",
  "1. it picks the model with the best chances now,\n2. it keeps a conversation on that model,\n3. it moves on when a provider fails, before you notice.",
  "Ask `auto` for the balanced choice, `auto-fast` or `auto-smart` for the other two.",
].join("\n\n");

/** Which model the chain calls what. */
const nameOf = async ({ admin }, id) =>
  (await admin("/api/fallback")).find(({ platform, model }) => `${platform}/${model}` === id).name;

const lastAnswer = ({ page }) => page.getByRole("article", { name: "Answer" }).last();
const routedVia = async (journey) =>
  (
    await lastAnswer(journey)
      .getByTitle(/^Routed via /)
      .getAttribute("title")
  ).replace("Routed via ", "");

/** Sends by Enter, or by the button. */
export async function say({ page, keys }, text, { button = false } = {}) {
  const answers = page.getByRole("article", { name: "Answer" });
  const before = await answers.count();
  await keys.write(page.getByLabel("Message"), text);
  if (button) await keys.enter(page.getByRole("button", { name: "Send" }));
  else await keys.press("Enter");
  await answers.nth(before).waitFor();
}

export async function answered(journey) {
  await lastAnswer(journey).getByRole("link", { name: "Trace" }).waitFor();
}

/** Every option, by keyboard; what is asked and how is part of the address. */
async function options({ page, keys, goTo }) {
  await goTo("Playground");
  const folder = page.getByRole("button", { name: "Options" });
  await keys.enter(folder);
  await page.getByLabel("System prompt").waitFor({ state: "detached" });
  await keys.press("Enter");
  const picker = page.getByRole("button", { name: "Model", exact: true });
  for (const model of ["auto-fast", "auto"]) {
    await keys.enter(picker);
    await page.keyboard.type(model);
    await page.getByRole("option", { name: new RegExp(`^${model}\\b`), selected: true }).waitFor();
    await keys.press("Enter");
    await keys.backAt(picker);
    await picker.getByText(model, { exact: true }).waitFor();
  }
  await keys.write(page.getByLabel("System prompt"), "Be brief");
  await keys.write(page.getByLabel("Temperature"), "0.5");
  await keys.write(page.getByLabel("Max tokens"), "900");
  assert.deepEqual(Object.fromEntries(new URL(page.url()).searchParams), {
    system: "Be brief",
    temperature: '"0.5"',
    maxTokens: '"900"',
  });
}

async function chat(journey) {
  const { page, order } = journey;
  await order([{ times: 1, fault: { text: answerText, pace: "15ms" } }]);
  await say(journey, "What does a gateway do for me?", { button: true });
  const answer = lastAnswer(journey);
  await page.locator('article[aria-label="Answer"][aria-busy="true"]').getByText("A gateway keeps").waitFor();
  const early = (await answer.innerText()).length;
  await answered(journey);
  assert.ok((await answer.innerText()).length > early, "the answer did not grow");
  await answer.getByText("Ask auto for the balanced choice").waitFor();
  journey.pinned = await routedVia(journey);
  assert.match(journey.pinned, /^(alpha|beta)\/\S+$/);
  await say(journey, "Thank you");
  await answered(journey);
  assert.equal(await routedVia(journey), journey.pinned, "the conversation left its model");
  await lastAnswer(journey).getByText("session hit").waitFor();
}

async function trace(journey) {
  const { page, region, goTo, keys } = journey;
  await keys.enter(lastAnswer(journey).getByRole("link", { name: "Trace" }));
  await page.getByRole("heading", { level: 1, name: "Session", exact: true }).waitFor();
  journey.session = decodeURIComponent(new URL(page.url()).pathname.split("/").pop());
  await region("Pin").getByText(journey.pinned).waitFor();
  const decisions = region("Route decisions");
  await decisions.getByText("Success").first().waitFor();
  await decisions.getByRole("heading", { name: "Candidates, in order" }).waitFor();
  const turn = decisions.getByRole("button").first();
  await keys.enter(turn);
  await decisions.getByRole("heading", { name: "Candidates, in order" }).waitFor({ state: "detached" });
  await keys.press("Enter");
  await keys.enter(page.getByRole("button", { name: "Copy session key" }));
  await page.getByRole("button", { name: "Copied" }).waitFor();
  assert.equal(await page.evaluate(() => navigator.clipboard.readText()), journey.session);
  await goTo("Sessions");
  await keys.write(page.getByLabel("Search sessions"), journey.session);
  await region("Found").getByText(journey.pinned).waitFor();
}

async function fail(journey) {
  const { page, region, goTo, order, admin, keys } = journey;
  const [platform, ...model] = journey.pinned.split("/");
  await admin("/api/settings", { method: "PUT", body: { protection: { [platform]: "provider-ban" } } });
  await order([{ platform, model: model.join("/"), fault: "status=503" }]);
  await goTo("Playground");
  await page.getByLabel("System prompt").waitFor();
  assert.equal(await page.getByLabel("System prompt").inputValue(), "Be brief", "the options were lost on the way");
  await say(journey, "And when it fails?");
  await answered(journey);
  assert.notEqual(await routedVia(journey), journey.pinned, "the failing model answered");
  await lastAnswer(journey).getByText("1 failed attempt before").waitFor();
  await order([]);
  for (const label of ["System prompt", "Temperature", "Max tokens"]) await keys.write(page.getByLabel(label), "");
  await journey.judge("playground");
  await goTo("Cluster");
  await region("Cooldowns").getByText(journey.pinned).waitFor();
  await goTo("Overview");
  await keys.enter(region("Needs attention").getByRole("link").filter({ hasText: journey.pinned }));
  await page.getByRole("heading", { level: 1, name: "Models" }).waitFor();
  await page.getByRole("button", { name: `Release ${await nameOf(journey, journey.pinned)}` }).waitFor();
}

async function release(journey) {
  const { page, region, goTo, keys } = journey;
  const button = page.getByRole("button", { name: `Release ${await nameOf(journey, journey.pinned)}` });
  await keys.enter(button);
  await button.waitFor({ state: "detached" });
  await goTo("Cluster");
  await region("Cooldowns").getByText("Nothing is cooling").waitFor();
}

/** A key that its provider asks to wait rests, and is released where keys are kept. */
async function releaseKey(journey) {
  const { region, goTo, order, ask, keys } = journey;
  await order([{ platform: "beta", times: 1, fault: "status=429" }]);
  await ask("Too soon", { model: "beta/b-large" });
  await goTo("Providers");
  const button = region("Keys").getByRole("button", { name: "Release key beta team" });
  await keys.enter(button);
  await button.waitFor({ state: "detached" });
  await keys.within(region("Keys"));
  await order([]);
  await until("the key serves again", async () => (await ask("And now?", { model: "beta/b-large" })).status === 200);
}

async function liftBan(journey) {
  const { page, region, goTo, keys } = journey;
  const [platform] = journey.pinned.split("/");
  await goTo("Sessions");
  await keys.write(page.getByLabel("Search sessions"), journey.session);
  await keys.enter(region("Found").getByRole("link").first());
  const bans = region("Bans");
  const lift = bans.getByRole("button", { name: `Lift the ban of ${platform}` });
  await lift.waitFor();
  await journey.judge("session");
  await keys.enter(lift);
  await bans.getByText("No bans").waitFor();
  await keys.within(bans);
  await keys.enter(page.getByRole("link", { name: "Back to the list" }));
  await page.getByRole("heading", { level: 1, name: "Sessions", exact: true }).waitFor();
  await keys.backAt(page.locator("#main"));
  await journey.admin("/api/settings", { method: "PUT", body: { protection: null } });
}

async function comeBack({ ask, pinned }) {
  const { status, via } = await ask("Are you back?", { model: pinned });
  assert.deepEqual({ status, via }, { status: 200, via: pinned });
}

const atEnd = () =>
  document.documentElement.scrollHeight - globalThis.scrollY - globalThis.innerHeight < 80 &&
  document.documentElement.scrollHeight > globalThis.innerHeight;

/** A long answer is followed, left alone by whoever scrolls up, stopped by button, and found at its end again. */
async function follow(journey) {
  const { page, keys, goTo, order } = journey;
  const lines = Array.from({ length: 600 }, (_, i) => `Line ${i}`).join("\n\n");
  await order([{ fault: { text: lines, pace: "10ms" } }]);
  await goTo("Playground");
  await say(journey, "Tell me everything");
  const stop = page.getByRole("button", { name: "Stop" });
  const height = () => page.evaluate(() => document.documentElement.scrollHeight);
  await page.waitForFunction(() => document.documentElement.scrollHeight > globalThis.innerHeight + 400);
  await page.waitForFunction(atEnd);
  await keys.reach(page.getByRole("button", { name: "Options" }));
  await keys.press("Home");
  const newest = page.getByRole("button", { name: "To the newest" });
  await newest.waitFor();
  await page.waitForFunction(() => globalThis.scrollY === 0);
  const before = await height();
  await until("the answer grows on", async () => (await height()) > before + 100);
  assert.equal(await page.evaluate(() => globalThis.scrollY), 0, "the page scrolled under its reader");
  await keys.enter(newest);
  await page.waitForFunction(atEnd);
  await keys.enter(stop);
  await lastAnswer(journey).getByText("stopped").waitFor();
  await order([]);
  await goTo("Sessions");
  await goTo("Playground");
  await page.waitForFunction(atEnd);
  await keys.enter(page.getByRole("button", { name: "New conversation" }));
  await page.getByText("Start a conversation").waitFor();
}

async function forget(journey) {
  const { page, keys, command, session } = journey;
  await command(session);
  await page.getByRole("heading", { level: 1, name: "Session", exact: true }).waitFor();
  await confirmed(journey, page.getByRole("button", { name: "Forget pin" }), "Forget pin");
  await page.getByRole("heading", { level: 1, name: "Sessions", exact: true }).waitFor();
  await keys.write(page.getByLabel("Search sessions"), session);
  await page.getByText("No session matches").waitFor();
}

export const conversation = [
  { title: "the playground's options are set by keyboard", run: options },
  { title: "the playground streams an answer and says who gave it", run: chat },
  { title: "the session and its decision trace are shown", run: trace },
  { title: "a model that fails cools, everywhere, and another answers", run: fail },
  { title: "it is released by hand", run: release },
  { title: "the session's ban is lifted", run: liftBan },
  { title: "the released model answers again", run: comeBack },
  { title: "a key that rests is released by hand", run: releaseKey },
  { title: "a long answer is followed, and stopped", run: follow },
];
export const forgetting = [{ title: "a session's pin is forgotten, once confirmed", run: forget }];
