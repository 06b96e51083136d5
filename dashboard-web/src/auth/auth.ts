import { useSyncExternalStore } from "react";

/**
 * Whether this browser is signed in. The proof is a cookie that no script can read and every node takes, so the only way to
 * know is to ask or to be refused; `null` until a node has said.
 */
export type AuthState = { signedIn: boolean | null; expired: boolean };

const listeners = new Set<() => void>();
let state: AuthState = { signedIn: null, expired: false };
let round = 0;

function change(next: AuthState): void {
  state = next;
  round += 1;
  for (const each of listeners) each();
}

/** A node has given the cookie, or says that this browser has it. */
export function signedIn(): void {
  change({ signedIn: true, expired: false });
}

export function signedOut(): void {
  change({ signedIn: false, expired: false });
}

/** Counts sign-ins and sign-outs: tells a refusal of this sign-in from one of an earlier. */
export function currentRound(): number {
  return round;
}

/** A node refused the cookie that it had taken before. */
export function sessionRefused(refusedRound: number): void {
  if (state.signedIn && round === refusedRound) change({ signedIn: false, expired: true });
}

/** What shows a node that a request comes from this page and not from another site (docs/api-admin.md). */
export const sameSite = { "x-requested-with": "switchboard-dashboard" } as const;

export function subscribeAuth(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export function useAuth(): AuthState {
  return useSyncExternalStore(subscribeAuth, () => state);
}
