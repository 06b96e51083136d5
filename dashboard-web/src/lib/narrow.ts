import { useSyncExternalStore } from "react";

const phone = () => window.matchMedia("(max-width: 639.98px)");

/** Whether the page is as narrow as a phone. */
export function useNarrow(): boolean {
  return useSyncExternalStore(
    (listener) => {
      const query = phone();
      query.addEventListener("change", listener);
      return () => query.removeEventListener("change", listener);
    },
    () => phone().matches,
  );
}
