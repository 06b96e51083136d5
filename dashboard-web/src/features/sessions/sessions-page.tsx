import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { SearchIcon } from "lucide-react";
import { useDeferredValue } from "react";
import { sessionsQuery } from "@/api/queries";
import { Page } from "@/components/page";
import { QueryPanel } from "@/components/panel";
import { Button } from "@/components/ui/button";
import { Input } from "@/components/ui/input";
import { SessionsTable } from "@/features/sessions/sessions-table";
import { count } from "@/lib/format";

const STEP = 100;
const MOST = 10_000;
const route = getRouteApi("/sessions");

/** The live list of sessions; what is searched for is part of the address. */
export function SessionsPage() {
  const { q = "", limit = STEP } = route.useSearch();
  const navigate = route.useNavigate();
  const search = useDeferredValue(q);
  const query = useQuery({ ...sessionsQuery(search, limit), placeholderData: keepPreviousData });
  return (
    <Page
      title="Sessions"
      about="Conversations and the model each one is pinned to."
      actions={
        <div className="relative w-full sm:w-72">
          <SearchIcon aria-hidden className="absolute top-2.5 left-3 size-4 text-muted-foreground" />
          <Input
            type="search"
            aria-label="Search sessions"
            placeholder="Key, model or platform"
            value={q}
            className="pl-9"
            onChange={(event) =>
              void navigate({ search: { q: event.target.value || undefined }, replace: true, resetScroll: false })
            }
          />
        </div>
      }
    >
      <QueryPanel
        title={search ? "Found" : "Last used"}
        query={query}
        rows={8}
        note={(rows) => `${count(rows.length)}${rows.length >= limit ? "+" : ""}`}
      >
        {(sessions) => (
          <>
            <SessionsTable sessions={sessions.slice(0, limit)} empty={search ? "No session matches" : undefined} />
            {sessions.length >= limit && (
              <div className="border-t p-2 text-center">
                {limit < MOST ? (
                  <Button
                    size="sm"
                    variant="ghost"
                    onClick={() =>
                      void navigate({
                        search: (old) => ({ ...old, limit: Math.min(limit * 4, MOST) }),
                        replace: true,
                        resetScroll: false,
                      })
                    }
                  >
                    Show more
                  </Button>
                ) : (
                  <p className="py-1.5 text-xs text-muted-foreground">
                    The first {count(MOST)} are shown. Search to find others.
                  </p>
                )}
              </div>
            )}
          </>
        )}
      </QueryPanel>
    </Page>
  );
}
