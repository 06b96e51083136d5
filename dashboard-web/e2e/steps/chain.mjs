// The fallback chain: order, switches, filters, rows.
import assert from "node:assert/strict";
import { until } from "../surroundings.mjs";

const order = async ({ admin }) =>
  (await admin("/api/fallback")).map(({ platform, model }) => `${platform}/${model}`).join(" ");
const places = (page) =>
  page.getByRole("switch", { name: /^Use / }).evaluateAll((all) => all.map((each) => each.ariaLabel));

const moved = (handle) =>
  handle.evaluate((each) => new DOMMatrix(getComputedStyle(each.closest("tr")).transform).m42 > 10);

/** Takes a row by its handle and moves it down by one; lays it back where the list was just being drawn anew. */
async function lift(page, keys, handle) {
  await keys.toggle(handle);
  // Said to whoever cannot see it, once the row is held and its place is known.
  await page.getByText(/^Draggable item .* was moved over droppable area /).waitFor({ state: "attached" });
  await keys.press("ArrowDown");
  for (let looks = 0; looks < 20; looks++) {
    if (await moved(handle)) return true;
    await page.waitForTimeout(50);
  }
  await keys.press("Escape");
  return false;
}

/** By the arrow of a row, then by its handle, then by sorting, which is taken back. */
async function reorder(journey) {
  const { page, goTo, keys } = journey;
  await goTo("Models");
  // The first model that has another of its pool above it.
  const up = page.getByRole("button", { name: /^Move .* up$/, disabled: false }).first();
  const name = (await up.getAttribute("aria-label")).replace(/^Move (.*) up$/, "$1");
  const place = async () => (await places(page)).indexOf(`Use ${name}`);
  const first = await place();
  const above = (await places(page))[first - 1].replace(/^Use /, "");
  // Only the order within a pool counts: models of another pool may lie between the two.
  const isAbove = async () => {
    const names = (await journey.admin("/api/fallback")).map((row) => row.name);
    return names.indexOf(name) < names.indexOf(above);
  };
  await keys.enter(up);
  await until("the row moves up", async () => (await place()) === first - 1);
  await until("the node has the new order", isAbove);
  const handle = page.getByRole("button", { name: `Drag ${name}` });
  await until("the row has moved", () => lift(page, keys, handle));
  await keys.press("Space");
  await until("the row is back", async () => (await place()) === first);
  await until("the node has the old order", async () => !(await isAbove()));
  const before = await order(journey);
  await keys.choose(page.getByRole("button", { name: "Sort" }), "menuitem", "By intelligence");
  await page.getByText("Sorted by intelligence").waitFor();
  await keys.press("Alt+t");
  await keys.enter(page.getByRole("button", { name: "Undo" }).first());
  await until("the sorting is taken back", async () => (await order(journey)) === before);
}

/** Routing knows at once what the chain no longer offers, and what it offers again. */
async function switchOff({ page, ask, admin, keys }) {
  const control = page.getByRole("switch", { name: /^Use /, checked: true }).first();
  const name = (await control.getAttribute("aria-label")).replace(/^Use /, "");
  const row = (await admin("/api/fallback")).find((each) => each.name === name);
  const model = `${row.platform}/${row.model}`;
  const answers = async () => (await ask("Are you there?", { model })).status;
  const use = page.getByRole("switch", { name: `Use ${name}`, exact: true });
  await keys.toggle(use);
  await until("a model that is off is not found", async () => (await answers()) === 404);
  await keys.toggle(use);
  await until("a model that is on answers", async () => (await answers()) === 200);
}

async function edit({ page, keys, admin }) {
  const opener = page.getByRole("button", { name: "Edit A Small" });
  await keys.enter(opener);
  const dialog = page.getByRole("dialog");
  assert.match(page.url(), /edit=alpha/);
  await keys.escape(dialog, opener);
  await keys.enter(opener);
  await keys.write(dialog.getByLabel("Requests a minute"), "150");
  await keys.press("Enter");
  await dialog.waitFor({ state: "detached" });
  await keys.backAt(opener);
  const row = (await admin("/api/fallback")).find(({ model }) => model === "a-small");
  assert.equal(row.rpm, 150);
  const score = page.getByRole("button", { name: /^Score of / }).first();
  await keys.enter(score);
  await keys.escape(page.getByRole("dialog", { name: "Score parts" }), score);
}

async function find({ page, keys }) {
  const search = page.getByLabel("Search models");
  const all = (await places(page)).length;
  await keys.write(search, "b-mini");
  await until("one row is left", async () => (await places(page)).length === 1);
  await keys.choose(page.getByRole("combobox", { name: "Show" }), "option", "Off");
  await until("and it is not off", async () => (await places(page)).length === 0);
  assert.deepEqual(Object.fromEntries(new URL(page.url()).searchParams), { q: "b-mini", show: "off" });
  await keys.choose(page.getByRole("combobox", { name: "Show" }), "option", "All models");
  await keys.write(search, "");
  await until("all rows are back", async () => (await places(page)).length === all);
  const section = page.getByRole("button", { name: /^(Fast|Balanced|Smart) \d/, expanded: true }).first();
  const name = (await section.innerText()).split("\n")[0].trim();
  const table = page.getByRole("group", { name: `${name} models` });
  await keys.enter(section);
  await table.waitFor({ state: "detached" });
  await keys.press("Enter");
  await table.waitFor();
}

/** With a mouse: the last row of a pool is dragged above the one before it. */
async function drag(journey) {
  const { page, goTo } = journey;
  await goTo("Models");
  const table = page.getByRole("group", { name: /models$/ }).last();
  const handles = table.getByRole("button", { name: /^Drag / });
  const name = await handles.last().getAttribute("aria-label");
  const count = await handles.count();
  const from = await handles.last().boundingBox();
  const to = await handles.nth(count - 2).boundingBox();
  await page.mouse.move(from.x + 5, from.y + 5);
  await page.mouse.down();
  await page.mouse.move(from.x + 5, from.y - 10, { steps: 3 });
  await page.mouse.move(to.x + 5, to.y + 2, { steps: 3 });
  await page.mouse.up();
  await until("the row is where it was dropped", async () => {
    const label = await handles.nth(count - 2).getAttribute("aria-label");
    return label === name;
  });
  const id = name.replace("Drag ", "");
  await until("and the node knows", async () => {
    const rows = await journey.admin("/api/fallback");
    return rows.findIndex((row) => row.name === id) < rows.length - 1;
  });
}

export const chain = [
  { title: "the chain is reordered by keyboard", run: reorder },
  { title: "routing follows what the chain switches off and on", run: switchOff },
  { title: "a model's row is edited, and its score explained", run: edit },
  { title: "models are found by text and by state", run: find },
];
export const dragging = [{ title: "the chain is reordered by mouse", run: drag }];
