import type { FallbackModel } from "@/api/models";
import { Meter } from "@/components/ui/progress";
import { Tip } from "@/components/ui/tooltip";
import { compact, count, percent } from "@/lib/format";

/** What a model has used in 30 days, against its monthly token budget where it has one. */
export function Budget({ row, spent }: { row: FallbackModel; spent: number }) {
  const limit = row.monthlyTokens;
  const words = row.monthlyTokenBudget === null ? "no monthly budget" : `a budget of ${row.monthlyTokenBudget} a month`;
  return (
    <Tip text={`${count(spent)} tokens in the last 30 days, ${words}${limit ? ` (${percent(spent / limit)})` : ""}`}>
      <div className="min-w-0">
        <p className="num truncate text-xs text-muted-foreground">
          <span className="text-foreground">{compact(spent)}</span>
          {limit !== null && ` of ${compact(limit)}`}
        </p>
        {limit !== null && (
          <Meter label={`Monthly token budget of ${row.name ?? row.model}`} share={spent / limit} className="mt-1" />
        )}
      </div>
    </Tip>
  );
}
