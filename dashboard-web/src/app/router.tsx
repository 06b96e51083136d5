import { createRootRoute, createRoute, createRouter, lazyRouteComponent, Link, redirect, type RouterHistory } from "@tanstack/react-router";
import { CompassIcon } from "lucide-react";
import { z } from "@/api/base";
import { Shell } from "@/app/shell";
import { Page } from "@/components/page";
import { Empty, Failure, LoadingRows } from "@/components/states";
import { Button } from "@/components/ui/button";

const root = createRootRoute({
  component: Shell,
  notFoundComponent: () => (
    <Page title="Page not found">
      <Empty
        icon={CompassIcon}
        title="There is no page at this address"
        action={
          <Button asChild>
            <Link to="/">Go to Overview</Link>
          </Button>
        }
      />
    </Page>
  ),
});

const under = () => root;

const optionalText = z.string().optional().catch(undefined);

const routes = [
  createRoute({
    getParentRoute: under,
    path: "/",
    beforeLoad: () => {
      throw redirect({ to: "/cluster" });
    },
  }),
  createRoute({
    getParentRoute: under,
    path: "/sessions",
    validateSearch: z.object({ q: optionalText, limit: z.number().int().min(1).max(1000).optional().catch(undefined) }),
    component: lazyRouteComponent(() => import("@/features/sessions/sessions-page"), "SessionsPage"),
  }),
  createRoute({
    getParentRoute: under,
    path: "/sessions/$key",
    component: lazyRouteComponent(() => import("@/features/sessions/session-page"), "SessionPage"),
  }),
  createRoute({
    getParentRoute: under,
    path: "/cluster",
    component: lazyRouteComponent(() => import("@/features/cluster/cluster-page"), "ClusterPage"),
  }),
];

const tree = root.addChildren(routes);

export function createAppRouter(history?: RouterHistory) {
  return createRouter({
    routeTree: tree,
    history,
    defaultPreload: "intent",
    scrollRestoration: true,
    defaultPendingMs: 300,
    defaultPendingComponent: () => <LoadingRows rows={6} />,
    defaultErrorComponent: ({ error, reset }) => (
      <Page title="Something broke">
        <Failure error={error} onRetry={reset} />
      </Page>
    ),
  });
}

declare module "@tanstack/react-router" {
  interface Register {
    router: ReturnType<typeof createAppRouter>;
  }
}
