import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { sessionQuery } from "@/api/queries";
import { Outcome } from "@/components/outcome";
import { LoadingRows } from "@/components/states";
import { CopyButton, Truncate } from "@/components/text";
import { Dialog, SheetContent } from "@/components/ui/dialog";
import type { TailRow } from "@/features/requests/tail";
import { AttemptLadder, Candidates } from "@/features/sessions/decision-trace";
import { count, dateTime, millis, NONE, shortAddress, shortKey } from "@/lib/format";

function Details({ row }: { row: TailRow }) {
  const session = useQuery({
    ...sessionQuery(row.sessionKey ?? ""),
    enabled: row.sessionKey !== null,
    refetchInterval: false,
  });
  const decision = session.data?.decisions.find(({ requestId }) => requestId === row.requestId);
  const attempts = decision?.attempts ?? [];
  const facts = [
    ["Time", dateTime(row.at)],
    ["Asked for", <Truncate key="v" text={row.requested} className="max-w-full" />],
    ["Answered by", <Truncate key="v" text={row.name} className="max-w-full" />],
    ["TTFT", row.stream && row.ok ? millis(row.ttftMs) : NONE],
    ["Latency", millis(row.totalMs)],
    ["Tokens in and out", `${count(row.inputTokens)} · ${count(row.outputTokens)}`],
    ["Node", row.node ? shortAddress(row.node) : NONE],
  ] as const;
  return (
    <div className="flex flex-col gap-6">
      <dl className="grid grid-cols-2 gap-x-6 gap-y-3">
        {facts.map(([name, value]) => (
          <div key={name} className="min-w-0">
            <dt className="text-xs text-muted-foreground">{name}</dt>
            <dd className="num truncate text-sm font-medium">{value}</dd>
          </div>
        ))}
        <div className="min-w-0">
          <dt className="text-xs text-muted-foreground">Outcome</dt>
          <dd className="mt-0.5">
            <Outcome outcome={row.outcome} ok={row.ok} />
          </dd>
        </div>
        <div className="min-w-0">
          <dt className="text-xs text-muted-foreground">Session</dt>
          <dd className="truncate text-sm">
            {row.sessionKey ? (
              <Link
                to="/sessions/$key"
                params={{ key: row.sessionKey }}
                search={{ turn: row.requestId }}
                className="font-mono text-xs text-primary underline-offset-4 hover:underline"
              >
                {shortKey(row.sessionKey)}
              </Link>
            ) : (
              NONE
            )}
          </dd>
        </div>
      </dl>
      {row.message && (
        <p dir="auto" className="rounded-md bg-muted px-3 py-2 text-[0.8125rem] break-words">
          {row.message}
        </p>
      )}
      <div>
        <h3 className="mb-2 text-xs font-medium text-muted-foreground">Attempts</h3>
        {attempts.length > 0 ? (
          <AttemptLadder attempts={attempts} />
        ) : session.isLoading ? (
          <LoadingRows />
        ) : (
          <p className="text-[0.8125rem] text-muted-foreground">
            {row.attempts === 0
              ? "No provider was asked."
              : "Its session is forgotten, or has had more than 50 turns since."}
          </p>
        )}
      </div>
      {decision && (
        <div>
          <h3 className="mb-2 text-xs font-medium text-muted-foreground">Candidates, in order</h3>
          <Candidates candidates={decision.candidates} />
        </div>
      )}
    </div>
  );
}

/** One request: how it ended and what each attempt did. */
export function RequestDrawer({ row, onClose }: { row: TailRow | null; onClose: () => void }) {
  return (
    <Dialog open={row !== null} onOpenChange={(open) => !open && onClose()}>
      {row && (
        <SheetContent
          title={
            <span className="flex items-center gap-2">
              <span className="truncate font-mono">{row.requestId}</span>
              <CopyButton text={row.requestId} label="Copy request id" />
            </span>
          }
        >
          <Details row={row} />
        </SheetContent>
      )}
    </Dialog>
  );
}
