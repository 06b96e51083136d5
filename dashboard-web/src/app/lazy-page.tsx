import { type ErrorComponentProps, lazyRouteComponent } from "@tanstack/react-router";
import { LoaderCircleIcon, PlugZapIcon } from "lucide-react";
import { type ComponentType, useEffect, useState } from "react";
import { Page } from "@/components/page";
import { Empty, Failure } from "@/components/states";
import { Button } from "@/components/ui/button";

/** A page's code could not be fetched: the node is away, or it now runs another version. */
export class PageNotLoaded extends Error {
  constructor() {
    super("This page could not be loaded from the node.");
    this.name = "PageNotLoaded";
  }
}

const loaders: (() => Promise<unknown>)[] = [];

/** A page whose code is fetched when it is first shown. */
export function lazyPage<K extends string, M extends Record<K, ComponentType>>(load: () => Promise<M>, name: K) {
  loaders.push(load);
  return lazyRouteComponent(
    () =>
      load().catch(() => {
        throw new PageNotLoaded();
      }),
    name,
  );
}

const QUIET = 10_000;

/** Fetches the other pages' code once the first page has settled, so that they open even while the node is away. */
export function useAllPages(): void {
  useEffect(() => {
    const timer = setTimeout(() => {
      for (const load of loaders) void load().catch(() => {});
    }, QUIET);
    return () => clearTimeout(timer);
  }, []);
}

const RELOADED = "switchboard.reloaded-at";
const RETRY = 2000;

/** Whether a reload is worth trying: not when one has just been tried in vain. */
export function mayReload(now: number, last: string | null): boolean {
  return last === null || now - Number(last) > 15_000;
}

/** Waits for the node and then loads the page afresh. */
function WaitForNode() {
  const [givenUp, setGivenUp] = useState(false);
  useEffect(() => {
    const timer = setInterval(() => {
      fetch("/api/ping").then(
        (answer) => {
          if (!answer.ok) return;
          if (!mayReload(Date.now(), sessionStorage.getItem(RELOADED))) {
            setGivenUp(true);
            return;
          }
          sessionStorage.setItem(RELOADED, String(Date.now()));
          window.location.reload();
        },
        () => {},
      );
    }, RETRY);
    return () => clearInterval(timer);
  }, []);
  return (
    <Empty
      icon={givenUp ? PlugZapIcon : LoaderCircleIcon}
      title="This page could not be loaded from the node"
      text={
        givenUp ? "The node answers, but not with this page." : "It may be restarting. This page comes back by itself."
      }
      action={<Button onClick={() => window.location.reload()}>Reload</Button>}
    />
  );
}

/** What stands in a page's place when it fails. */
export function PageFailure({ error, reset }: ErrorComponentProps) {
  return (
    <Page title={error instanceof PageNotLoaded ? "Page not loaded" : "Something broke"}>
      {error instanceof PageNotLoaded ? <WaitForNode /> : <Failure error={error} onRetry={reset} />}
    </Page>
  );
}
