import { z } from "@/api/base";
import { call, command, path } from "@/api/client";

const signInSchema = z.object({ signedIn: z.boolean() });

/** Whether a node takes this browser's cookie. */
export async function isSignedIn(signal?: AbortSignal): Promise<boolean> {
  return (await call(path(["session"]), signInSchema, { signal, signingIn: true })).signedIn;
}

/** Trades the admin key for the cookie. */
export async function signInWith(adminKey: string): Promise<void> {
  await call(path(["session"]), signInSchema, { method: "POST", body: { adminKey }, signingIn: true });
}

/** Takes the cookie away and ends its token on every node. */
export function endSignIn(): Promise<void> {
  return command(path(["session"]), { method: "DELETE", signingIn: true });
}
