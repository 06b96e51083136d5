// Someone without a mouse: goes from one control to the next with Tab, and sees at each where they are.
import assert from "node:assert/strict";

/** More stops than any page has; a page that cannot be left in as many is a trap. */
const MOST_STOPS = 400;

/**
 * How many stops a control lies after the focus (before it: negative), and whether the focus can be seen once it is there.
 * The number is an estimate that saves looking at every stop; what counts is where the keys really lead.
 */
function look(element) {
  const at = document.activeElement;
  const shows = (each) => {
    const style = getComputedStyle(each);
    return style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 1;
  };
  // A group of choices is one stop: it hands the focus to the choice that is made.
  if (at === element || (element.matches("[role=radiogroup]") && element.contains(at))) {
    const frame = element.closest("form");
    const seen = shows(at) || (frame !== null && shows(frame));
    return { stops: 0, seen };
  }
  const after = (a, b) => (a.compareDocumentPosition(b) & Node.DOCUMENT_POSITION_FOLLOWING) !== 0;
  const stops = [...document.querySelectorAll("a[href], button, input, textarea, summary, [tabindex]")].filter(
    (each) =>
      each.tabIndex >= 0 &&
      !each.disabled &&
      each.getClientRects().length > 0 &&
      each.closest("[aria-hidden=true], [inert]") === null,
  );
  const between = stops.filter((each) =>
    after(at, element) ? after(at, each) && after(each, element) : after(element, each) && after(each, at),
  );
  return { stops: (between.length + 1) * (after(at, element) ? 1 : -1) };
}

/** Whether a key moves the focus; lists do so a moment after it. */
async function movesFocus(page, press) {
  const before = await page.evaluateHandle(() => document.activeElement);
  await press();
  return before.evaluate(async (element) => {
    const end = performance.now() + 200;
    while (document.activeElement === element && performance.now() < end) {
      await new Promise((done) => setTimeout(done, 5));
    }
    return document.activeElement !== element;
  });
}

const focusName = (page) =>
  page.evaluate(() => {
    const at = document.activeElement;
    const { outline } = getComputedStyle(at);
    const name = at.ariaLabel ?? at.textContent?.slice(0, 40) ?? at.id;
    return `${at.tagName.toLowerCase()} ${name} (${outline})`;
  });

/** What can be done with the keys of a keyboard on this page. */
export function keyboard(page) {
  const press = (key) => page.keyboard.press(key);

  /** Goes to a control by Tab or Shift-Tab, as whoever cannot point does. */
  async function reach(locator) {
    let pressed = 0;
    for (let looks = 0; looks < 12 && pressed < MOST_STOPS; looks++) {
      const { stops, seen } = await locator.evaluate(look);
      if (stops === 0) {
        assert.ok(seen, `the focus cannot be seen on ${await focusName(page)}`);
        return locator;
      }
      const key = stops > 0 ? "Tab" : "Shift+Tab";
      await Promise.all(Array.from({ length: Math.abs(stops) }, () => press(key)));
      pressed += Math.abs(stops);
    }
    throw new Error(`Tab does not come to ${locator}; the focus is on ${await focusName(page)}`);
  }

  async function enter(locator) {
    await reach(locator);
    await press("Enter");
  }

  async function toggle(locator) {
    await reach(locator);
    await press("Space");
  }

  /** Replaces what a field holds. */
  async function write(locator, text) {
    await reach(locator);
    await press("ControlOrMeta+a");
    if (text === "") await press("Delete");
    else if (text.length > 60) await page.keyboard.insertText(text);
    else await page.keyboard.type(text);
  }

  const opposite = { ArrowDown: "ArrowUp", ArrowUp: "ArrowDown", ArrowRight: "ArrowLeft", ArrowLeft: "ArrowRight" };

  /** Moves with an arrow key until a part of a list, a menu or a group has the focus; at its end, back the other way. */
  async function arrow(locator, key = "ArrowDown") {
    await locator.waitFor();
    for (let steps = 0; steps < 60; steps++) {
      if (await locator.evaluate((element) => element === document.activeElement)) return;
      if (!(await movesFocus(page, () => press(key)))) key = opposite[key];
    }
    throw new Error(`${key} does not come to ${locator}; the focus is on ${await focusName(page)}`);
  }

  /** Opens a list or a menu and takes one of its lines. */
  async function choose(opener, role, name) {
    await enter(opener);
    const line = page.getByRole(role, { name, exact: true });
    await arrow(line);
    await press("Enter");
    // What is typed before it has closed would be lost: only then it gives the focus back.
    await line.waitFor({ state: "detached" });
    await backAt(opener);
  }

  /** Takes one of a group of which exactly one is chosen. */
  async function take(group, name) {
    await reach(group);
    await arrow(group.getByRole("radio", { name, exact: true }), "ArrowRight");
    await press("Space");
  }

  /** Asserts that the focus came back to the control that opened what has just closed. */
  async function backAt(locator) {
    const there = () => locator.evaluate((element) => element === document.activeElement);
    for (let tries = 0; tries < 40; tries++) {
      if (await there()) return;
      await page.waitForTimeout(25);
    }
    assert.fail(`the focus did not come back to ${locator} but is on ${await focusName(page)}`);
  }

  /** Asserts that the focus is in a part of the page, where it moved when what had it went away. */
  async function within(region) {
    await page.waitForFunction((part) => part.contains(document.activeElement), await region.elementHandle());
  }

  /** Closes a dialog, or whatever is open, by Escape; the focus goes back to `opener`. */
  async function escape(dialog, opener) {
    await press("Escape");
    await dialog.waitFor({ state: "detached" });
    await backAt(opener);
  }

  return { press, reach, enter, toggle, write, arrow, choose, take, backAt, within, escape };
}
