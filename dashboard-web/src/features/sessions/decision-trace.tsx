import { ChevronRightIcon } from "lucide-react";
import { useState } from "react";
import { type Attempt, type Decision, succeeded } from "@/api/sessions";
import { Truncate } from "@/components/text";
import { Badge } from "@/components/ui/badge";
import { Collapsible, CollapsibleContent, CollapsibleTrigger } from "@/components/ui/collapsible";
import { cn } from "@/lib/cn";
import { decimal, millis, NONE, timeOfDay } from "@/lib/format";

/** What each attempt did, in order. */
export function AttemptLadder({ attempts }: { attempts: readonly Attempt[] }) {
  if (attempts.length === 0) return <p className="text-[0.8125rem] text-muted-foreground">No attempt was made.</p>;
  return (
    <ol className="flex flex-col gap-1">
      {attempts.map((attempt, index) => (
        <li
          key={index}
          className="grid grid-cols-[1.25rem_minmax(0,1fr)_auto_4.5rem] items-center gap-2 text-[0.8125rem]"
        >
          <span className="num text-right text-xs text-muted-foreground">{index + 1}</span>
          <span className="min-w-0">
            <Truncate text={attempt.model} className="max-w-full" />
            {attempt.key && <Truncate text={attempt.key} className="max-w-full text-xs text-muted-foreground" />}
          </span>
          <Badge tone={succeeded(attempt.outcome) ? "good" : "bad"}>{attempt.outcome ?? "unknown"}</Badge>
          <span className="num text-right">{millis(attempt.ms)}</span>
        </li>
      ))}
    </ol>
  );
}

/** Who could have answered, in the order of trial, and why some were left out. */
export function Candidates({ candidates }: { candidates: Decision["candidates"] }) {
  if (candidates.length === 0) return <p className="text-[0.8125rem] text-muted-foreground">No candidates.</p>;
  return (
    <ol className="flex flex-col gap-1">
      {candidates.map((candidate, index) => (
        <li
          key={candidate.model}
          className={cn(
            "grid grid-cols-[1.25rem_minmax(0,1fr)_auto_3.5rem] items-center gap-2 text-[0.8125rem]",
            candidate.skipped && "text-muted-foreground",
          )}
        >
          <span className="num text-right text-xs text-muted-foreground">{index + 1}</span>
          <Truncate text={candidate.model} className="max-w-full" />
          {candidate.skipped ? (
            <Badge tone="warn" title={candidate.skipped}>
              <span className="max-w-40 truncate">{candidate.skipped}</span>
            </Badge>
          ) : (
            <span />
          )}
          <span className="num text-right">{decimal(candidate.score)}</span>
        </li>
      ))}
    </ol>
  );
}

/** One turn: who could have answered, and who was asked. */
export function DecisionTrace({ decision, open: initially = false }: { decision: Decision; open?: boolean }) {
  const [open, setOpen] = useState(initially);
  const last = decision.attempts.at(-1);
  return (
    <li>
      <Collapsible open={open} onOpenChange={setOpen}>
        <CollapsibleTrigger className="grid w-full grid-cols-[1rem_4.5rem_minmax(0,1fr)_auto] items-center gap-3 px-4 py-2.5 text-left text-[0.8125rem] -outline-offset-2 hover:bg-muted/50">
          <ChevronRightIcon
            aria-hidden
            className={cn("size-4 text-muted-foreground transition-transform", open && "rotate-90")}
          />
          <span className="num text-muted-foreground">{timeOfDay(decision.at)}</span>
          <Truncate text={last?.model ?? NONE} className="max-w-full font-medium" />
          <span className="flex items-center gap-1.5">
            {decision.attempts.length > 1 && <Badge>{decision.attempts.length} attempts</Badge>}
            <Badge tone={last && succeeded(last.outcome) ? "good" : "bad"}>{last?.outcome ?? "no attempt"}</Badge>
          </span>
        </CollapsibleTrigger>
        <CollapsibleContent>
          <div className="grid gap-x-8 gap-y-4 px-4 pt-1 pb-4 sm:pl-11 lg:grid-cols-2">
            <div className="min-w-0">
              <h3 className="mb-1.5 text-xs font-medium text-muted-foreground">Attempts</h3>
              <AttemptLadder attempts={decision.attempts} />
            </div>
            <div className="min-w-0">
              <h3 className="mb-1.5 text-xs font-medium text-muted-foreground">Candidates, in order</h3>
              <Candidates candidates={decision.candidates} />
            </div>
            {decision.requestId && (
              <p className="flex items-center gap-2 text-xs text-muted-foreground lg:col-span-2">
                Request <Truncate mono text={decision.requestId} className="max-w-80" />
              </p>
            )}
          </div>
        </CollapsibleContent>
      </Collapsible>
    </li>
  );
}
