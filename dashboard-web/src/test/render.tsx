import { QueryClientProvider } from "@tanstack/react-query";
import { createMemoryHistory, RouterProvider } from "@tanstack/react-router";
import { render } from "@testing-library/react";
import { createQueryClient } from "@/app/app";
import { createAppRouter } from "@/app/router";
import { Tips } from "@/components/ui/tooltip";

/** Shows the dashboard at an address, already signed in. */
export function renderAt(address: string) {
  const router = createAppRouter(createMemoryHistory({ initialEntries: [address] }));
  const client = createQueryClient();
  const view = render(
    <QueryClientProvider client={client}>
      <Tips>
        <RouterProvider router={router} />
      </Tips>
    </QueryClientProvider>,
  );
  return { ...view, router, client };
}
