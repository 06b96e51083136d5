/** Marks on the page whether a key or a pointer was used last: `html[data-by="keys"]`. */
const BY_KEYS = "keys";

/** What holds a key down without doing anything alone. */
const MODIFIERS = new Set(["Shift", "Control", "Alt", "Meta"]);

/**
 * Lets whoever uses the keyboard always see the focus, also where a script gave it back: a browser shows that by itself only
 * as long as what had it before is still there.
 */
export function startFocusMarks(): void {
  addEventListener(
    "keydown",
    ({ key }) => {
      if (!MODIFIERS.has(key)) document.documentElement.dataset.by = BY_KEYS;
    },
    true,
  );
  addEventListener("pointerdown", () => delete document.documentElement.dataset.by, true);
}

/** Gives the focus to a part of the page that Tab passes over. */
function visit(place: HTMLElement): void {
  if (place.tabIndex < 0 && !place.hasAttribute("tabindex")) {
    place.tabIndex = -1;
    place.addEventListener("blur", () => place.removeAttribute("tabindex"), { once: true });
  }
  place.focus({ preventScroll: true });
}

/** A control that went away and is somewhere else now: a row that moves to another panel is made anew, its controls keep their ids. */
export function moved(gone: Element): HTMLElement | null {
  return gone.id === "" ? null : document.getElementById(gone.id);
}

/**
 * Keeps the focus on the page: when what had it goes away, such as the button of a removed row, it moves to where that is now,
 * or to the panel that was around it, or else to the page itself, so that the next Tab goes on from there. Answers what stops it.
 */
export function keepFocus(main: HTMLElement): () => void {
  let last: Element | null = null;
  let places: HTMLElement[] = [];
  const onFocus = ({ target }: FocusEvent) => {
    // Of a dialog, which lies outside, its opener is remembered: the dialog itself gives the focus back.
    if (!(target instanceof Element) || !main.contains(target)) return;
    last = target;
    places = [];
    for (let at = target.closest<HTMLElement>("section"); at; at = at.parentElement?.closest("section") ?? null) {
      places.push(at);
    }
  };
  const observer = new MutationObserver(() => {
    if (last === null || last.isConnected || document.activeElement !== document.body) return;
    const place = moved(last) ?? places.find((each) => each.isConnected) ?? main;
    last = null;
    visit(place);
  });
  main.ownerDocument.addEventListener("focusin", onFocus);
  observer.observe(document.body, { childList: true, subtree: true });
  return () => {
    main.ownerDocument.removeEventListener("focusin", onFocus);
    observer.disconnect();
  };
}
