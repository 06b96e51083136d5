import { useQuery } from "@tanstack/react-query";
import { Link, Outlet, useRouterState } from "@tanstack/react-router";
import { LogOutIcon, MenuIcon, MonitorIcon, MoonIcon, SearchIcon, SunIcon } from "lucide-react";
import { type ComponentType, lazy, Suspense, useEffect, useRef, useState } from "react";
import { useEventsState, useLiveEvents } from "@/api/events";
import { clusterQuery } from "@/api/queries";
import { useAllPages } from "@/app/lazy-page";
import { pages } from "@/app/pages";
import type { PaletteProps } from "@/app/palette";
import { useSignOut } from "@/auth/use-sign-out";
import { Logo } from "@/components/logo";
import { Button } from "@/components/ui/button";
import { Dialog, DialogTrigger, SheetContent } from "@/components/ui/dialog";
import {
  DropdownMenu,
  DropdownMenuContent,
  DropdownMenuRadioGroup,
  DropdownMenuRadioItem,
  DropdownMenuTrigger,
} from "@/components/ui/dropdown-menu";
import { cn } from "@/lib/cn";
import { keepFocus } from "@/lib/focus";
import { shortAddress } from "@/lib/format";
import { setTheme, type Theme, useTheme } from "@/lib/theme";

function Navigation({ onNavigate }: { onNavigate?: () => void }) {
  return (
    <nav aria-label="Pages">
      <ul className="flex flex-col gap-0.5">
        {pages.map(({ name, to, icon: Icon }) => (
          <li key={to}>
            <Link
              to={to}
              onClick={onNavigate}
              activeOptions={{ exact: to === "/", includeSearch: false }}
              activeProps={{ "aria-current": "page", className: "bg-accent text-accent-foreground" }}
              inactiveProps={{ className: "text-muted-foreground hover:bg-muted hover:text-foreground" }}
              className="flex h-8 items-center gap-2.5 rounded-md px-2.5 text-[0.8125rem] font-medium transition-colors"
            >
              <Icon aria-hidden className="size-4" strokeWidth={1.75} />
              {name}
            </Link>
          </li>
        ))}
      </ul>
    </nav>
  );
}

const themes = [
  { value: "system", name: "System", icon: MonitorIcon },
  { value: "light", name: "Light", icon: SunIcon },
  { value: "dark", name: "Dark", icon: MoonIcon },
] as const;

function ThemeMenu() {
  const theme = useTheme();
  const Icon = themes.find(({ value }) => value === theme)?.icon ?? MonitorIcon;
  return (
    <DropdownMenu>
      <DropdownMenuTrigger asChild>
        <Button variant="ghost" size="icon-sm" aria-label="Theme" title="Theme">
          <Icon aria-hidden />
        </Button>
      </DropdownMenuTrigger>
      <DropdownMenuContent align="end">
        <DropdownMenuRadioGroup value={theme} onValueChange={(value) => setTheme(value as Theme)}>
          {themes.map(({ value, name, icon: Item }) => (
            <DropdownMenuRadioItem key={value} value={value}>
              <Item aria-hidden /> {name}
            </DropdownMenuRadioItem>
          ))}
        </DropdownMenuRadioGroup>
      </DropdownMenuContent>
    </DropdownMenu>
  );
}

function SignOut() {
  const signOut = useSignOut();
  return (
    <Button
      variant="ghost"
      size="icon-sm"
      aria-label="Sign out"
      title="Sign out"
      busy={signOut.isPending}
      onClick={() => signOut.mutate()}
    >
      <LogOutIcon aria-hidden />
    </Button>
  );
}

/** Which node answers, and whether it does so now. */
function NodeStatus() {
  const { data, isError } = useQuery(clusterQuery);
  const events = useEventsState();
  const tone = isError ? "bg-bad" : events === "live" ? "bg-good" : "bg-muted-foreground";
  const text = isError ? "Node not reachable" : events === "live" ? "Live" : "Polling";
  return (
    <div role="status" className="flex min-w-0 items-center gap-2 text-xs text-muted-foreground">
      <span aria-hidden className={cn("size-1.5 shrink-0 rounded-full", tone)} />
      <span className="min-w-0 truncate" title={data?.self}>
        {text}
        {data && !isError && <span className="num"> · {shortAddress(data.self)}</span>}
      </span>
    </div>
  );
}

function MobileBar({ onSearch }: { onSearch: () => void }) {
  const [open, setOpen] = useState(false);
  return (
    <header className="sticky top-0 z-30 flex h-13 items-center gap-2 border-b bg-background/95 px-3 backdrop-blur lg:hidden">
      <Dialog open={open} onOpenChange={setOpen}>
        <DialogTrigger asChild>
          <Button variant="ghost" size="icon" aria-label="Open navigation">
            <MenuIcon aria-hidden />
          </Button>
        </DialogTrigger>
        <SheetContent side="left" title="Switchboard">
          <Navigation onNavigate={() => setOpen(false)} />
        </SheetContent>
      </Dialog>
      <Logo className="size-6" />
      <span className="font-semibold tracking-tight">Switchboard</span>
      <div className="ml-auto flex items-center gap-0.5">
        <Button variant="ghost" size="icon-sm" aria-label="Go to" title="Go to" onClick={onSearch}>
          <SearchIcon aria-hidden />
        </Button>
        <ThemeMenu />
        <SignOut />
      </div>
    </header>
  );
}

const Palette = lazy((): Promise<{ default: ComponentType<PaletteProps> }> =>
  import("@/app/palette").catch(() => ({ default: () => null })),
);

/** Opens the palette on Ctrl-K or Command-K; its code is loaded the first time. */
function usePalette() {
  const [open, setOpen] = useState(false);
  const [wanted, setWanted] = useState(false);
  const show = (next: boolean) => {
    if (next) setWanted(true);
    setOpen(next);
  };
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if ((event.ctrlKey || event.metaKey) && !event.altKey && !event.shiftKey && event.key.toLowerCase() === "k") {
        event.preventDefault();
        setWanted(true);
        setOpen((was) => !was);
      }
    };
    window.addEventListener("keydown", onKey);
    return () => window.removeEventListener("keydown", onKey);
  }, []);
  const element = wanted && (
    <Suspense>
      <Palette open={open} onOpenChange={show} />
    </Suspense>
  );
  return { element, show: () => show(true) };
}

/** The frame around every page. */
export function Shell() {
  useLiveEvents();
  useAllPages();
  const palette = usePalette();
  const main = useRef<HTMLElement>(null);
  useEffect(() => (main.current ? keepFocus(main.current) : undefined), []);
  const pathname = useRouterState({ select: ({ location }) => location.pathname });
  useEffect(() => {
    window.scrollTo(0, 0);
  }, [pathname]);
  return (
    <div className="lg:grid lg:min-h-dvh lg:grid-cols-[13.5rem_minmax(0,1fr)]">
      <a
        href="#main"
        className="sr-only focus:not-sr-only focus:fixed focus:top-2 focus:left-2 focus:z-50 focus:rounded-md focus:bg-raised focus:px-3 focus:py-2"
      >
        Skip to content
      </a>
      <MobileBar onSearch={palette.show} />
      <aside className="sticky top-0 hidden h-dvh flex-col gap-4 overflow-y-auto border-r px-3 py-4 lg:flex">
        <div className="flex items-center gap-2.5 px-2">
          <Logo className="size-6" />
          <span className="font-semibold tracking-tight">Switchboard</span>
        </div>
        <Button
          size="sm"
          className="justify-start gap-2.5 px-2.5 font-normal text-muted-foreground"
          onClick={palette.show}
        >
          <SearchIcon aria-hidden /> Go to
          <kbd className="ml-auto font-sans text-[0.6875rem]">Ctrl K</kbd>
        </Button>
        <Navigation />
        <div className="mt-auto flex flex-col gap-2 px-2">
          <NodeStatus />
          <div className="-ml-1.5 flex items-center gap-1">
            <ThemeMenu />
            <SignOut />
          </div>
        </div>
      </aside>
      <main ref={main} id="main" tabIndex={-1} className="min-w-0 outline-none">
        <Outlet />
      </main>
      {palette.element}
    </div>
  );
}
