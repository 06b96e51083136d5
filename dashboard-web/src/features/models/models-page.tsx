import { useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { ArrowDownWideNarrowIcon, BoxesIcon, SearchIcon } from "lucide-react";
import { useCallback, useDeferredValue, useMemo, useRef } from "react";
import { type FallbackModel, fallbackQuery, type ModelFilter, passes, type Pool, pools, rowId } from "@/api/models";
import { Page } from "@/components/page";
import { Panel, Stale } from "@/components/panel";
import { SearchInput } from "@/components/search-input";
import { Empty, Failure, LoadingRows } from "@/components/states";
import { Button } from "@/components/ui/button";
import {
  DropdownMenu,
  DropdownMenuContent,
  DropdownMenuItem,
  DropdownMenuTrigger,
} from "@/components/ui/dropdown-menu";
import { Select } from "@/components/ui/select";
import { EditModel } from "@/features/models/edit-model";
import { PoolSection } from "@/features/models/pool-section";
import { type SortBy, useChain } from "@/features/models/use-chain";
import { useSpent } from "@/features/models/use-spent";
import { useSteady } from "@/lib/use-steady";

const route = getRouteApi("/models");
type ModelsSearch = ReturnType<typeof route.useSearch>;

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
  const { q = "", show = "all", closed: folded = "", edit } = route.useSearch();
  const navigate = route.useNavigate();
  const query = useQuery(fallbackQuery);
  const chain = useChain();
  const spent = useSpent();
  const closed = useMemo(() => new Set(folded.split(",")), [folded]);
  const text = useDeferredValue(q);
  const { data, error } = useSteady(query);
  const filtered = useMemo(
    () => data?.filter((row) => passes(row, { text, show }, Date.now())).sort((a, b) => a.priority - b.priority),
    [data, text, show],
  );

  const latest = useRef(chain);
  latest.current = chain;
  const onMove = useCallback((id: string, targetId: string) => latest.current.move(id, targetId), []);
  const onEnabled = useCallback((id: string, enabled: boolean) => latest.current.setEnabled(id, enabled), []);

  const change = (part: Partial<ModelsSearch>) =>
    void navigate({ search: (old) => ({ ...old, ...part }), replace: true, resetScroll: false });
  const setOpen = (pool: Pool) => (open: boolean) => {
    const next = pools.map((each) => each.pool).filter((each) => (each === pool ? !open : closed.has(each)));
    change({ closed: next.join(",") || undefined });
  };
  const latestChange = useRef(change);
  latestChange.current = change;
  const onEdit = useCallback((row: FallbackModel) => latestChange.current({ edit: rowId(row) }), []);
  const editing = (edit !== undefined && data?.find((row) => rowId(row) === edit)) || null;

  return (
    <Page
      title="Models"
      about="The fallback chain: who answers, in which order, and how they have been doing."
      actions={
        <>
          {data && error && <Stale error={error} since={query.dataUpdatedAt} />}
          <SearchInput
            label="Search models"
            placeholder="Model or platform"
            value={q}
            onChange={(next) => change({ q: next || undefined })}
          />
          <Select
            label="Show"
            className="w-40"
            value={show}
            options={shows}
            onValueChange={(next) => change({ show: next === "all" ? undefined : (next as ModelFilter["show"]) })}
          />
          <Sort onSort={chain.sort} />
        </>
      }
    >
      {filtered === undefined ? (
        <Panel title="Fallback chain">
          {error ? <Failure error={error} onRetry={() => void query.refetch()} /> : <LoadingRows rows={8} />}
        </Panel>
      ) : data?.length === 0 ? (
        <Panel title="Fallback chain">
          <Empty
            icon={BoxesIcon}
            title="The chain is empty"
            text="Models appear here with the catalogue or with a platform of your own."
          />
        </Panel>
      ) : filtered.length === 0 ? (
        <Panel title="Fallback chain">
          <Empty icon={SearchIcon} title="No model matches" />
        </Panel>
      ) : (
        pools.map(({ pool, name, about }) => (
          <PoolSection
            key={pool}
            name={name}
            about={about}
            spent={spent}
            rows={filtered.filter((row) => row.pool === pool)}
            open={!closed.has(pool)}
            onOpenChange={setOpen(pool)}
            onMove={onMove}
            onEnabled={onEnabled}
            onEdit={onEdit}
          />
        ))
      )}
      <EditModel row={editing} onClose={() => change({ edit: undefined })} />
    </Page>
  );
}
