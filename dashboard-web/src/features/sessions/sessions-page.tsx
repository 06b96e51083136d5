import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { useDeferredValue } from "react";
import { sessionsQuery } from "@/api/queries";
import { Page } from "@/components/page";
import { QueryPanel } from "@/components/panel";
import { SearchInput } from "@/components/search-input";
import { Button } from "@/components/ui/button";
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
        <SearchInput
          label="Search sessions"
          placeholder="Key, model or platform"
          className="sm:w-72"
          value={q}
          onChange={(text) => void navigate({ search: { q: text || undefined }, replace: true, resetScroll: false })}
        />
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
