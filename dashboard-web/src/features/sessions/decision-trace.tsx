import { Link } from "@tanstack/react-router";
import { ChevronRightIcon } from "lucide-react";
import { type Attempt, type Decision, succeeded } from "@/api/sessions";
import { Outcome, outcomeTone } from "@/components/outcome";
import { Truncate } from "@/components/text";
import { Badge } from "@/components/ui/badge";
import { Collapsible, CollapsibleContent, CollapsibleTrigger } from "@/components/ui/collapsible";
import { Tip } from "@/components/ui/tooltip";
import { cn } from "@/lib/cn";
import { decimal, millis, NONE, timeOfDay } from "@/lib/format";
import { skipWords } from "@/lib/words";

const dots = { good: "bg-good", bad: "bg-bad", neutral: "bg-muted-foreground" };
const bars = { good: "bg-good/60", bad: "bg-bad/60", neutral: "bg-muted-foreground/60" };

/** What each attempt did, in order, with its share of the time. */
export function AttemptLadder({ attempts }: { attempts: readonly Attempt[] }) {
  if (attempts.length === 0) return <p className="text-[0.8125rem] text-muted-foreground">No attempt was made.</p>;
  const longest = Math.max(1, ...attempts.map(({ ms }) => ms ?? 0));
  return (
    <ol className="flex flex-col">
      {attempts.map((attempt, index) => {
        const tone = outcomeTone(attempt.outcome, succeeded(attempt.outcome));
        return (
          <li
            key={index}
            className="relative grid grid-cols-[1rem_minmax(0,1fr)_auto_4.25rem] items-start gap-x-2.5 pb-3 text-[0.8125rem] last:pb-0"
          >
            {index < attempts.length - 1 && (
              <span aria-hidden className="absolute top-4 bottom-0 left-[0.4375rem] w-px bg-border" />
            )}
            <span aria-hidden className="flex h-5 items-center justify-center">
              <span className={cn("size-2 rounded-full", dots[tone])} />
            </span>
            <span className="min-w-0">
              <Truncate text={attempt.model} className="max-w-full font-medium" />
              <span
                aria-hidden
                className={cn("mt-1 block h-0.5 rounded-full", bars[tone])}
                style={{ width: `${Math.max(2, ((attempt.ms ?? 0) / longest) * 100)}%` }}
              />
              {attempt.key && (
                <Truncate text={`key ${attempt.key}`} className="mt-1 max-w-full text-xs text-muted-foreground" />
              )}
            </span>
            <Outcome outcome={attempt.outcome} />
            <span className="num text-right leading-5">{millis(attempt.ms)}</span>
          </li>
        );
      })}
    </ol>
  );
}

/** Who could have answered, in the order of trial, and why some were left out. */
export function Candidates({ candidates }: { candidates: Decision["candidates"] }) {
  if (candidates.length === 0) return <p className="text-[0.8125rem] text-muted-foreground">No candidates.</p>;
  return (
    <ol className="flex flex-col gap-1.5">
      {candidates.map((candidate, index) => {
        const skip = candidate.skipped ? skipWords(candidate.skipped) : null;
        return (
          <li
            key={candidate.model}
            className={cn(
              "grid min-h-5 grid-cols-[1.25rem_minmax(0,1fr)_auto_3rem] items-center gap-2.5 text-[0.8125rem]",
              skip && "text-muted-foreground",
            )}
          >
            <span className="num text-right text-xs text-muted-foreground">{skip ? "" : index + 1}</span>
            <Truncate text={candidate.model} className="max-w-full" />
            {skip ? (
              <Tip text={skip.about}>
                <Badge tone="warn">{skip.name}</Badge>
              </Tip>
            ) : (
              <span />
            )}
            <span className="num text-right">{decimal(candidate.score)}</span>
          </li>
        );
      })}
    </ol>
  );
}

type TraceProps = { decision: Decision; open: boolean; onOpenChange: (open: boolean) => void };

/** One turn: who could have answered, and who was asked. */
export function DecisionTrace({ decision, open, onOpenChange }: TraceProps) {
  const last = decision.attempts.at(-1);
  return (
    <li>
      <Collapsible open={open} onOpenChange={onOpenChange}>
        <CollapsibleTrigger className="grid w-full grid-cols-[1rem_4.25rem_minmax(0,1fr)_auto] items-center gap-3 px-4 py-2.5 text-left text-[0.8125rem] -outline-offset-2 hover:bg-muted/50">
          <ChevronRightIcon
            aria-hidden
            className={cn("size-4 text-muted-foreground transition-transform", open && "rotate-90")}
          />
          <span className="num text-muted-foreground">{timeOfDay(decision.at)}</span>
          <Truncate text={last?.model ?? NONE} className="max-w-full font-medium" />
          <span className="flex items-center gap-1.5">
            {decision.attempts.length > 1 && <Badge>{decision.attempts.length} attempts</Badge>}
            <Outcome outcome={last ? (last.outcome ?? "unknown") : null} />
          </span>
        </CollapsibleTrigger>
        <CollapsibleContent>
          <div className="grid gap-x-10 gap-y-5 px-4 pt-2 pb-5 sm:pl-11 lg:grid-cols-2">
            <div className="min-w-0">
              <h3 className="mb-2 text-xs font-medium text-muted-foreground">Attempts</h3>
              <AttemptLadder attempts={decision.attempts} />
            </div>
            <div className="min-w-0">
              <h3 className="mb-2 text-xs font-medium text-muted-foreground">Candidates, in order</h3>
              <Candidates candidates={decision.candidates} />
            </div>
            {decision.requestId && (
              <p className="flex items-center gap-2 text-xs text-muted-foreground lg:col-span-2">
                Request
                <Link
                  to="/requests"
                  search={{ request: decision.requestId }}
                  className="truncate font-mono text-primary underline-offset-4 hover:underline"
                >
                  {decision.requestId}
                </Link>
              </p>
            )}
          </div>
        </CollapsibleContent>
      </Collapsible>
    </li>
  );
}
