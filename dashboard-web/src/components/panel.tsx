import type { UseQueryResult } from "@tanstack/react-query";
import { CloudOffIcon } from "lucide-react";
import { type ReactNode, useId } from "react";
import { explain, Failure, LoadingRows } from "@/components/states";
import { Badge } from "@/components/ui/badge";
import { ago } from "@/lib/format";
import { cn } from "@/lib/cn";
import { useHeldHeight } from "@/lib/held-height";
import { useNow } from "@/lib/use-now";
import { useSteady } from "@/lib/use-steady";

type PanelProps = { title: string; note?: ReactNode; actions?: ReactNode; className?: string; children: ReactNode };

/** A titled part of a page. */
export function Panel({ title, note, actions, className, children }: PanelProps) {
  const id = useId();
  return (
    <section aria-labelledby={id} className={cn("min-w-0 overflow-hidden rounded-lg border bg-surface", className)}>
      <div className="flex min-h-11 flex-wrap items-center gap-x-2.5 gap-y-2 border-b px-4 py-1.5">
        <h2 id={id} className="text-sm font-semibold">
          {title}
        </h2>
        {note !== undefined && <span className="num text-xs text-muted-foreground">{note}</span>}
        {actions && <div className="ml-auto flex flex-wrap items-center gap-2">{actions}</div>}
      </div>
      {children}
    </section>
  );
}

type QueryPanelProps<T> = Omit<PanelProps, "children" | "note"> & {
  query: UseQueryResult<T>;
  note?: (data: T) => ReactNode;
  /** How many grey rows hold the place while loading. */
  rows?: number;
  children: (data: T) => ReactNode;
};

/** A panel fed by one query; its failure stays its own, and data once shown stays while a refresh fails. */
export function QueryPanel<T>({ query, note, rows, actions, children, ...panel }: QueryPanelProps<T>) {
  const { data, error } = useSteady(query);
  const held = useHeldHeight(panel.title, data !== undefined);
  return (
    <Panel
      {...panel}
      note={data === undefined ? undefined : note?.(data)}
      actions={
        data !== undefined && error ? (
          <>
            <Stale error={error} since={query.dataUpdatedAt} />
            {actions}
          </>
        ) : (
          actions
        )
      }
    >
      <div
        ref={held.ref}
        style={error ? undefined : { height: held.height }}
        className={cn(held.height && "overflow-hidden")}
      >
        {data !== undefined ? (
          children(data)
        ) : error ? (
          <Failure error={error} onRetry={() => void query.refetch()} />
        ) : (
          <LoadingRows rows={rows} />
        )}
      </div>
    </Panel>
  );
}

/** Says that what is shown is old, and how old. */
export function Stale({ error, since }: { error: unknown; since: number }) {
  const now = useNow();
  return (
    <Badge tone="warn" title={explain(error)} role="status">
      <CloudOffIcon aria-hidden /> from {ago(new Date(since).toISOString(), Math.max(now, since))}
    </Badge>
  );
}
