import type { ReactNode } from "react";
import type { FallbackModel } from "@/api/models";
import { Popover, PopoverContent, PopoverTrigger } from "@/components/ui/popover";
import { count, decimal, millis, percent } from "@/lib/format";

/** A penalty point takes this much from a score (behaviour.md §7). */
const PENALTY_WEIGHT = 0.05;

/** How much intelligence counts in the balanced score (behaviour.md §7). */
const INTELLIGENCE_WEIGHT = 0.1;

/** A term of the sum, with the measure that it comes from. */
function Term({ value, of }: { value: number; of: string }) {
  return (
    <>
      <span className="mr-2 text-xs text-muted-foreground">{of}</span>
      {decimal(value)}
    </>
  );
}

/** A model's score, and on demand what it is made of. */
export function ScoreParts({ row }: { row: FallbackModel }) {
  const { parts: terms } = row;
  const parts: [string, ReactNode][] = [
    ...(terms === null
      ? []
      : ([
          [
            terms.outage ? "Reliability, outage" : "Reliability",
            <Term key="v" value={terms.reliability} of={`${percent(row.successRate)} of ${count(row.requests)}`} />,
          ],
          [
            "Speed",
            <Term
              key="v"
              value={terms.speed}
              of={row.tokPerSec === null ? "not measured" : `${decimal(row.tokPerSec, 1)} tok/s`}
            />,
          ],
          [
            "Time to first token",
            <Term key="v" value={terms.latency} of={row.ttftMs === null ? "not measured" : millis(row.ttftMs)} />,
          ],
          [
            "Intelligence × 0.1",
            <Term
              key="v"
              value={terms.intelligence * INTELLIGENCE_WEIGHT}
              of={`rank ${count(row.intelligenceRank)}`}
            />,
          ],
        ] satisfies [string, ReactNode][])),
    ["Balanced score", decimal(row.score)],
    [`Penalty ${decimal(row.penalty, 0)}`, row.penalty > 0 ? `−${decimal(row.penalty * PENALTY_WEIGHT)}` : decimal(0)],
    ["Effective", decimal(row.effectiveScore)],
    ["In smart mode", decimal(row.smartScore)],
  ];
  return (
    <Popover>
      <PopoverTrigger
        aria-label={`Score of ${row.name ?? row.model}: ${decimal(row.effectiveScore)}`}
        className="num rounded px-1 py-0.5 font-medium underline decoration-border decoration-dotted underline-offset-4 hover:bg-muted"
      >
        {decimal(row.effectiveScore)}
      </PopoverTrigger>
      <PopoverContent align="end" aria-label="Score parts" className="w-80 p-3">
        <dl className="num grid grid-cols-[1fr_auto] gap-x-4 gap-y-1.5 text-[0.8125rem]">
          {parts.map(([name, value]) => (
            <div
              key={name}
              className={
                name === "Effective"
                  ? "col-span-2 grid grid-cols-subgrid border-t pt-1.5 font-semibold"
                  : "col-span-2 grid grid-cols-subgrid"
              }
            >
              <dt className={name === "Effective" ? undefined : "text-muted-foreground"}>{name}</dt>
              <dd className="text-right">{value}</dd>
            </div>
          ))}
        </dl>
      </PopoverContent>
    </Popover>
  );
}
