import { useSyncExternalStore } from "react";

export type Theme = "system" | "light" | "dark";

const STORE = "switchboard.theme";
const listeners = new Set<() => void>();
const system = () => window.matchMedia("(prefers-color-scheme: dark)");

function read(): Theme {
  try {
    const kept = localStorage.getItem(STORE);
    return kept === "light" || kept === "dark" ? kept : "system";
  } catch {
    return "system";
  }
}

let theme: Theme = read();

function apply(): void {
  const dark = theme === "dark" || (theme === "system" && system().matches);
  document.documentElement.classList.toggle("dark", dark);
}

/** Chooses a theme and remembers it; `system` follows the machine. */
export function setTheme(next: Theme): void {
  theme = next;
  try {
    if (next === "system") localStorage.removeItem(STORE);
    else localStorage.setItem(STORE, next);
  } catch {
    // Storage may be closed to us; the choice then lasts as long as the page.
  }
  apply();
  for (const each of listeners) each();
}

/** Applies the kept theme and follows the machine's. */
export function startTheme(): void {
  apply();
  system().addEventListener("change", apply);
}

export function useTheme(): Theme {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => theme,
  );
}
