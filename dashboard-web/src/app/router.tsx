import { createRootRoute, createRoute, createRouter, Link, type RouterHistory } from "@tanstack/react-router";
import { CompassIcon } from "lucide-react";
import { ranges } from "@/api/analytics";
import { mapped, z } from "@/api/base";
import { lazyPage, PageFailure } from "@/app/lazy-page";
import { Shell } from "@/app/shell";
import { Page } from "@/components/page";
import { Empty, LoadingRows } from "@/components/states";
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
            <Link to="/">Go to the start</Link>
          </Button>
        }
      />
    </Page>
  ),
});

const under = () => root;

/** A search parameter; nonsense in the address counts as left out. */
const optional = <S extends z.ZodMiniType>(schema: S) => z.catch(z.optional(schema), undefined);
/** Text, also where the address holds something that reads as a number. */
const text = mapped(z.union([z.string(), z.number(), z.boolean()]), String);
const optionalText = optional(text);

const routes = [
  createRoute({
    getParentRoute: under,
    path: "/",
    component: lazyPage(() => import("@/features/overview/overview-page"), "OverviewPage"),
  }),
  createRoute({
    getParentRoute: under,
    path: "/providers",
    validateSearch: z.object({
      q: optionalText,
      open: optional(z.enum(["key", "platform", "import", "export"])),
      discover: optionalText,
    }),
    component: lazyPage(() => import("@/features/providers/providers-page"), "ProvidersPage"),
  }),
  createRoute({
    getParentRoute: under,
    path: "/analytics",
    validateSearch: z.object({ range: optional(z.enum(ranges)) }),
    component: lazyPage(() => import("@/features/analytics/analytics-page"), "AnalyticsPage"),
  }),
  createRoute({
    getParentRoute: under,
    path: "/requests",
    validateSearch: z.object({ q: optionalText, request: optionalText, follow: optional(z.boolean()) }),
    component: lazyPage(() => import("@/features/requests/requests-page"), "RequestsPage"),
  }),
  createRoute({
    getParentRoute: under,
    path: "/settings",
    validateSearch: z.object({ q: optionalText, edit: optionalText, open: optional(z.enum(["api-key"])) }),
    component: lazyPage(() => import("@/features/settings/settings-page"), "SettingsPage"),
  }),
  createRoute({
    getParentRoute: under,
    path: "/sessions",
    validateSearch: z.object({
      q: optionalText,
      limit: optional(z.int().check(z.minimum(1), z.maximum(10_000))),
    }),
    component: lazyPage(() => import("@/features/sessions/sessions-page"), "SessionsPage"),
  }),
  createRoute({
    getParentRoute: under,
    path: "/sessions/$key",
    validateSearch: z.object({ turn: optionalText }),
    component: lazyPage(() => import("@/features/sessions/session-page"), "SessionPage"),
  }),
  createRoute({
    getParentRoute: under,
    path: "/models",
    validateSearch: z.object({
      q: optionalText,
      show: optional(z.enum(["all", "on", "off", "cooling", "no-key"])),
      closed: optionalText,
      edit: optionalText,
    }),
    component: lazyPage(() => import("@/features/models/models-page"), "ModelsPage"),
  }),
  createRoute({
    getParentRoute: under,
    path: "/playground",
    validateSearch: z.object({
      model: optionalText,
      session: optionalText,
      system: optionalText,
      temperature: optionalText,
      maxTokens: optionalText,
    }),
    component: lazyPage(() => import("@/features/playground/playground-page"), "PlaygroundPage"),
  }),
  createRoute({
    getParentRoute: under,
    path: "/cluster",
    component: lazyPage(() => import("@/features/cluster/cluster-page"), "ClusterPage"),
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
    defaultErrorComponent: PageFailure,
  });
}

declare module "@tanstack/react-router" {
  interface Register {
    router: ReturnType<typeof createAppRouter>;
  }
}
