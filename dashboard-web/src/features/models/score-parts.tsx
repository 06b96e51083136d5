import type { ReactNode } from "react";
import type { FallbackModel } from "@/api/models";
import { Popover, PopoverContent, PopoverTrigger } from "@/components/ui/popover";
import { count, decimal, millis, NONE, percent } from "@/lib/format";

/** A penalty point takes this much from a score (behaviour.md §7). */
const PENALTY_WEIGHT = 0.05;

/** A model's score, and on demand what it is made of. */
export function ScoreParts({ row }: { row: FallbackModel }) {
  const parts: [string, ReactNode][] = [
    ["Success", percent(row.successRate)],
    ["Counted requests", count(row.requests)],
    ["Speed", row.tokPerSec === null ? NONE : `${decimal(row.tokPerSec, 1)} tok/s`],
    ["Time to first token", millis(row.ttftMs)],
    ["Intelligence rank", count(row.intelligenceRank)],
    ["Balanced score", decimal(row.score)],
    ["Smart score", decimal(row.smartScore)],
    [`Penalty ${decimal(row.penalty, 0)}`, row.penalty > 0 ? `−${decimal(row.penalty * PENALTY_WEIGHT)}` : decimal(0)],
    ["Effective", decimal(row.effectiveScore)],
  ];
  return (
    <Popover>
      <PopoverTrigger
        aria-label={`Score of ${row.name ?? row.model}: ${decimal(row.effectiveScore)}`}
        className="num rounded px-1 py-0.5 font-medium underline decoration-border decoration-dotted underline-offset-4 hover:bg-muted"
      >
        {decimal(row.effectiveScore)}
      </PopoverTrigger>
      <PopoverContent align="end" aria-label="Score parts" className="w-64 p-3">
        <dl className="num grid grid-cols-[1fr_auto] gap-x-4 gap-y-1.5 text-[0.8125rem]">
          {parts.map(([name, value]) => (
            <div key={name} className="contents last:font-semibold">
              <dt className={name === "Effective" ? "border-t pt-1.5" : "text-muted-foreground"}>{name}</dt>
              <dd className={name === "Effective" ? "border-t pt-1.5 text-right" : "text-right"}>{value}</dd>
            </div>
          ))}
        </dl>
      </PopoverContent>
    </Popover>
  );
}
