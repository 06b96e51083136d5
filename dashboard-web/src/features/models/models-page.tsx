import { useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { ArrowDownWideNarrowIcon, BoxesIcon, SearchIcon } from "lucide-react";
import { useCallback, useDeferredValue, useMemo, useRef, useState } from "react";
import { type FallbackModel, fallbackQuery, type ModelFilter, passes, type Pool, pools } from "@/api/models";
import { Page } from "@/components/page";
import { Panel, Stale } from "@/components/panel";
import { Empty, Failure, LoadingRows } from "@/components/states";
import { Button } from "@/components/ui/button";
import {
  DropdownMenu,
  DropdownMenuContent,
  DropdownMenuItem,
  DropdownMenuTrigger,
} from "@/components/ui/dropdown-menu";
import { Input } from "@/components/ui/input";
import { Select } from "@/components/ui/select";
import { EditModel } from "@/features/models/edit-model";
import { PoolSection } from "@/features/models/pool-section";
import { type SortBy, useChain } from "@/features/models/use-chain";

const route = getRouteApi("/models");

const shows: readonly { value: ModelFilter["show"]; name: string }[] = [
  { value: "all", name: "All models" },
  { value: "on", name: "On" },
  { value: "off", name: "Off" },
  { value: "cooling", name: "Cooling" },
  { value: "no-key", name: "Without a key" },
];

const sorts: readonly { by: SortBy; name: string }[] = [
  { by: "intelligence", name: "By intelligence" },
  { by: "speed", name: "By speed" },
  { by: "budget", name: "By monthly budget" },
];

function Sort({ onSort }: { onSort: (by: SortBy) => void }) {
  return (
    <DropdownMenu>
      <DropdownMenuTrigger asChild>
        <Button>
          <ArrowDownWideNarrowIcon aria-hidden /> Sort
        </Button>
      </DropdownMenuTrigger>
      <DropdownMenuContent align="end">
        {sorts.map(({ by, name }) => (
          <DropdownMenuItem key={by} onSelect={() => onSort(by)}>
            {name}
          </DropdownMenuItem>
        ))}
      </DropdownMenuContent>
    </DropdownMenu>
  );
}

/** The fallback chain: which models answer, in which order, and how they have been doing. */
export function ModelsPage() {
  const { q = "", show = "all" } = route.useSearch();
  const navigate = route.useNavigate();
  const query = useQuery(fallbackQuery);
  const chain = useChain();
  const [editing, setEditing] = useState<FallbackModel | null>(null);
  const [closed, setClosed] = useState<ReadonlySet<Pool>>(new Set());
  const text = useDeferredValue(q);
  const { data } = query;
  const filtered = useMemo(
    () => data?.filter((row) => passes(row, { text, show }, Date.now())).sort((a, b) => a.priority - b.priority),
    [data, text, show],
  );

  const latest = useRef(chain);
  latest.current = chain;
  const onMove = useCallback((id: string, targetId: string) => latest.current.move(id, targetId), []);
  const onEnabled = useCallback((id: string, enabled: boolean) => latest.current.setEnabled(id, enabled), []);

  const setOpen = (pool: Pool) => (open: boolean) => {
    const next = new Set(closed);
    if (open) next.delete(pool);
    else next.add(pool);
    setClosed(next);
  };

  return (
    <Page
      title="Models"
      about="The fallback chain, tried from the top of a pool to its end."
      actions={
        <>
          {data && query.isError && <Stale error={query.error} since={query.dataUpdatedAt} />}
          <div className="relative w-full sm:w-60">
            <SearchIcon aria-hidden className="absolute top-2.5 left-3 size-4 text-muted-foreground" />
            <Input
              type="search"
              aria-label="Search models"
              placeholder="Model or platform"
              className="pl-9"
              value={q}
              onChange={(event) =>
                void navigate({
                  search: (old) => ({ ...old, q: event.target.value || undefined }),
                  replace: true,
                  resetScroll: false,
                })
              }
            />
          </div>
          <Select
            label="Show"
            className="w-40"
            value={show}
            options={shows}
            onValueChange={(next) =>
              void navigate({
                search: (old) => ({ ...old, show: next === "all" ? undefined : (next as ModelFilter["show"]) }),
                replace: true,
                resetScroll: false,
              })
            }
          />
          <Sort onSort={chain.sort} />
        </>
      }
    >
      {filtered === undefined ? (
        <Panel title="Fallback chain">
          {query.isError ? (
            <Failure error={query.error} onRetry={() => void query.refetch()} />
          ) : (
            <LoadingRows rows={8} />
          )}
        </Panel>
      ) : data?.length === 0 ? (
        <Panel title="Fallback chain">
          <Empty
            icon={BoxesIcon}
            title="The chain is empty"
            text="Models appear here with the catalogue or with a platform of your own."
          />
        </Panel>
      ) : (
        pools.map(({ pool, name }) => (
          <PoolSection
            key={pool}
            name={name}
            rows={filtered.filter((row) => row.pool === pool)}
            open={!closed.has(pool)}
            onOpenChange={setOpen(pool)}
            onMove={onMove}
            onEnabled={onEnabled}
            onEdit={setEditing}
          />
        ))
      )}
      <EditModel row={editing} onClose={() => setEditing(null)} />
    </Page>
  );
}
