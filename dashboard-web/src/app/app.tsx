import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { RouterProvider } from "@tanstack/react-router";
import { useEffect, useState } from "react";
import { Toaster } from "sonner";
import { ApiError } from "@/api/client";
import { isSignedIn } from "@/api/session";
import { createAppRouter } from "@/app/router";
import { signedIn, signedOut, useAuth } from "@/auth/auth";
import { SignIn } from "@/auth/sign-in";
import { Tips } from "@/components/ui/tooltip";

/** Tries once more where that can help: the node was busy, gone or moving. */
export function worthRetrying(failures: number, error: unknown): boolean {
  return failures < 1 && error instanceof ApiError && (error.status === 0 || error.status >= 500);
}

export function createQueryClient(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      queries: {
        retry: worthRetrying,
        retryDelay: 400,
        staleTime: 1000,
        networkMode: "always",
      },
      mutations: { networkMode: "always" },
    },
  });
}

/** Asks a node once whether this browser is signed in; one that cannot be reached is told by the sign-in form. */
function useSignIn(): boolean | null {
  const { signedIn: known } = useAuth();
  useEffect(() => {
    if (known !== null) return;
    const stop = new AbortController();
    isSignedIn(stop.signal).then(
      (yes) => (yes ? signedIn() : signedOut()),
      () => stop.signal.aborted || signedOut(),
    );
    return () => stop.abort();
  }, [known]);
  return known;
}

export function App() {
  const known = useSignIn();
  const [client] = useState(createQueryClient);
  const [router] = useState(() => createAppRouter());
  return (
    <QueryClientProvider client={client}>
      <Tips>{known === null ? null : known ? <RouterProvider router={router} /> : <SignIn />}</Tips>
      <Toaster
        position="bottom-right"
        toastOptions={{
          style: { background: "var(--raised)", color: "var(--foreground)", borderColor: "var(--border)" },
        }}
      />
    </QueryClientProvider>
  );
}
