import type { ReactNode } from "react";
import { Skeleton } from "@/components/ui/skeleton";

/** A row of figures with equal widths. */
export function Stats({ label, children }: { label: string; children: ReactNode }) {
  return (
    <dl
      aria-label={label}
      className="grid grid-cols-2 gap-px max-sm:[&>:last-child:nth-child(odd)]:col-span-2 overflow-hidden rounded-lg border bg-border sm:auto-cols-fr sm:grid-flow-col sm:grid-cols-none"
    >
      {children}
    </dl>
  );
}

/** One figure; keeps its place while it loads. */
export function Stat({
  name,
  value,
  detail,
  loading,
}: {
  name: string;
  value: ReactNode;
  detail?: ReactNode;
  loading?: boolean;
}) {
  return (
    <div className="min-w-0 bg-surface px-4 py-3">
      <dt className="truncate text-xs text-muted-foreground">{name}</dt>
      <dd className="num mt-0.5 flex h-7 items-baseline gap-1.5 truncate text-lg font-semibold tracking-tight">
        {loading ? <Skeleton className="h-5 w-16 self-center" /> : value}
        {detail && !loading && (
          <span className="truncate text-xs font-normal tracking-normal text-muted-foreground">{detail}</span>
        )}
      </dd>
    </div>
  );
}
