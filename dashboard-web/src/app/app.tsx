import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { RouterProvider } from "@tanstack/react-router";
import { useState } from "react";
import { Toaster } from "sonner";
import { ApiError } from "@/api/client";
import { createAppRouter } from "@/app/router";
import { useAuth } from "@/auth/auth";
import { SignIn } from "@/auth/sign-in";

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

export function App() {
  const { key } = useAuth();
  const [client] = useState(createQueryClient);
  const [router] = useState(() => createAppRouter());
  return (
    <QueryClientProvider client={client}>
      {key === null ? <SignIn /> : <RouterProvider router={router} />}
      <Toaster
        position="bottom-right"
        toastOptions={{
          style: { background: "var(--raised)", color: "var(--foreground)", borderColor: "var(--border)" },
        }}
      />
    </QueryClientProvider>
  );
}
