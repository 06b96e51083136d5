import { useSyncExternalStore } from "react";

/**
 * The only place that knows how this browser proves itself to the admin API.
 * The key lives in the tab's session storage, and is gone when the tab closes.
 */
const STORE = "switchboard.admin-key";

export type AuthState = { key: string | null; expired: boolean };

const listeners = new Set<() => void>();

function kept(): string | null {
  try {
    return sessionStorage.getItem(STORE);
  } catch {
    return null;
  }
}

let state: AuthState = { key: kept(), expired: false };

function change(next: AuthState): void {
  state = next;
  try {
    if (next.key === null) sessionStorage.removeItem(STORE);
    else sessionStorage.setItem(STORE, next.key);
  } catch {
    // Storage may be closed to us; the key then lasts as long as the page.
  }
  for (const each of listeners) each();
}

export function signIn(key: string): void {
  change({ key, expired: false });
}

export function signOut(): void {
  change({ key: null, expired: false });
}

/** The node refused the key it had accepted before. */
export function sessionRefused(refusedKey: string | null): void {
  if (state.key !== null && state.key === refusedKey) change({ key: null, expired: true });
}

export function currentKey(): string | null {
  return state.key;
}

/** The headers that a request to the admin API carries. */
export function authHeaders(key: string | null = state.key): Record<string, string> {
  return key === null ? {} : { authorization: `Bearer ${key}` };
}

export function subscribeAuth(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export function useAuth(): AuthState {
  return useSyncExternalStore(subscribeAuth, () => state);
}
