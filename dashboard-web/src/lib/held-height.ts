import { type RefObject, useLayoutEffect, useRef } from "react";

const STORE = "switchboard.heights";
const WRITE_AFTER = 500;

/** Heights in pixels of what each panel last showed, by page and panel. */
const heights = new Map<string, number>(read());
let writing: ReturnType<typeof setTimeout> | undefined;

function read(): [string, number][] {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(STORE) ?? "{}");
    return Object.entries(kept as object).filter((entry): entry is [string, number] => typeof entry[1] === "number");
  } catch {
    return [];
  }
}

function keep(key: string, height: number): void {
  if (heights.get(key) === height) return;
  heights.set(key, height);
  writing ??= setTimeout(() => {
    writing = undefined;
    try {
      localStorage.setItem(STORE, JSON.stringify(Object.fromEntries(heights)));
    } catch {
      // Storage may be closed to us; then only this page remembers.
    }
  }, WRITE_AFTER);
}

/**
 * Holds a panel's place while it loads: as high as it was when it last showed something, so that nothing below jumps when
 * it is there. Undefined height where it has never been seen.
 */
export function useHeldHeight(
  name: string,
  shown: boolean,
): { ref: RefObject<HTMLDivElement | null>; height?: number } {
  const ref = useRef<HTMLDivElement>(null);
  const key = `${window.location.pathname.split("/")[1]}/${name}`;
  useLayoutEffect(() => {
    const element = ref.current;
    if (!shown || !element) return;
    const look = () => keep(key, Math.round(element.getBoundingClientRect().height));
    const watching = new ResizeObserver(look);
    watching.observe(element);
    return () => watching.disconnect();
  }, [key, shown]);
  return { ref, height: shown ? undefined : heights.get(key) };
}
