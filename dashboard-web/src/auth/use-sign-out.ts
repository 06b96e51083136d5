import { useQueryClient } from "@tanstack/react-query";
import { endSignIn } from "@/api/session";
import { signedOut } from "@/auth/auth";
import { useAction } from "@/lib/use-action";

/** Ends the sign-in on every node and forgets what this browser has seen. */
export function useSignOut() {
  const client = useQueryClient();
  return useAction({
    run: async () => {
      await endSignIn();
      signedOut();
      client.clear();
    },
    stale: [],
    failed: "Not signed out",
  });
}
