import { getRouteApi } from "@tanstack/react-router";
import { ActivityIcon, PauseIcon, PlayIcon, SearchIcon } from "lucide-react";
import { useDeferredValue, useState } from "react";
import { useEventsState } from "@/api/events";
import { Page } from "@/components/page";
import { Panel } from "@/components/panel";
import { Empty, Failure, LoadingRows } from "@/components/states";
import { Truncate } from "@/components/text";
import { Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { Input } from "@/components/ui/input";
import { Cell, Head, Row, Table, TableBody, TableHead } from "@/components/ui/table";
import { InFlightPanel } from "@/features/cluster/in-flight";
import { RequestDrawer } from "@/features/requests/request-drawer";
import { matches, type TailRow } from "@/features/requests/tail";
import { useTail } from "@/features/requests/use-tail";
import { compact, millis, NONE, timeOfDay } from "@/lib/format";

const SHOWN = 200;
const route = getRouteApi("/requests");

function TailTable({ rows, onOpen }: { rows: readonly TailRow[]; onOpen: (row: TailRow) => void }) {
  return (
    <Table label="Ended requests">
      <TableHead>
        <tr>
          <Head>Time</Head>
          <Head>Request</Head>
          <Head>Asked for</Head>
          <Head>Answered by</Head>
          <Head>Outcome</Head>
          <Head numeric>Attempts</Head>
          <Head numeric>TTFT</Head>
          <Head numeric>Took</Head>
          <Head numeric>Tokens</Head>
          <Head className="w-1/5">Message</Head>
        </tr>
      </TableHead>
      <TableBody>
        {rows.map((row) => (
          <Row key={row.requestId}>
            <Cell className="num text-muted-foreground">{timeOfDay(row.at)}</Cell>
            <Cell>
              <button
                type="button"
                title={row.requestId}
                onClick={() => onOpen(row)}
                className="max-w-32 truncate rounded font-mono text-xs text-primary underline-offset-4 hover:underline"
              >
                {row.requestId}
              </button>
            </Cell>
            <Cell>
              <Truncate text={row.requested} className="max-w-36" />
            </Cell>
            <Cell>
              <Truncate text={row.name} className="max-w-44" />
            </Cell>
            <Cell className="min-w-28">
              <Badge tone={row.ok ? "good" : "bad"}>{row.outcome}</Badge>
            </Cell>
            <Cell numeric>{row.attempts || NONE}</Cell>
            <Cell numeric className="min-w-20">
              {row.stream && row.ok ? millis(row.ttftMs) : NONE}
            </Cell>
            <Cell numeric className="min-w-20">
              {millis(row.totalMs)}
            </Cell>
            <Cell numeric>{compact(row.inputTokens + row.outputTokens)}</Cell>
            <Cell className="w-1/5 max-w-0 min-w-28">
              <Truncate text={row.message} className="max-w-full text-muted-foreground" />
            </Cell>
          </Row>
        ))}
      </TableBody>
    </Table>
  );
}

/** What runs now, and what has ended, as it ends. */
export function RequestsPage() {
  const { q = "", request } = route.useSearch();
  const navigate = route.useNavigate();
  const [following, setFollowing] = useState(true);
  const { rows, waiting, log } = useTail(following);
  const events = useEventsState();
  const text = useDeferredValue(q);
  const found = rows.filter((row) => matches(row, text));
  const open = rows.find(({ requestId }) => requestId === request) ?? null;
  const show = (requestId: string | undefined) =>
    void navigate({ search: (old) => ({ ...old, request: requestId }), resetScroll: false });
  const note = events === "live" ? "as they end" : "from the log: the live stream is not open";

  return (
    <Page
      title="Requests"
      about="What is being answered, and how the last requests ended."
      actions={
        <>
          <div className="relative w-full sm:w-72">
            <SearchIcon aria-hidden className="absolute top-2.5 left-3 size-4 text-muted-foreground" />
            <Input
              type="search"
              aria-label="Filter requests"
              placeholder="Request, model, outcome"
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
          <Button aria-pressed={following} className="w-28" onClick={() => setFollowing(!following)}>
            {following ? <PauseIcon aria-hidden /> : <PlayIcon aria-hidden />}
            {following ? "Hold" : "Follow"}
          </Button>
        </>
      }
    >
      <InFlightPanel />
      <Panel
        title="Ended"
        note={note}
        actions={
          waiting > 0 && (
            <Button size="xs" onClick={() => setFollowing(true)}>
              {waiting} new
            </Button>
          )
        }
      >
        {found.length > 0 ? (
          <TailTable rows={found.slice(0, SHOWN)} onOpen={(row) => show(row.requestId)} />
        ) : text && rows.length > 0 ? (
          <Empty icon={SearchIcon} title="No request matches" />
        ) : log.isPending ? (
          <LoadingRows rows={6} />
        ) : log.error ? (
          <Failure error={log.error} onRetry={() => void log.refetch()} />
        ) : (
          <Empty icon={ActivityIcon} title="Nothing has ended yet" text="Requests show here as they end." />
        )}
      </Panel>
      <RequestDrawer row={open} onClose={() => show(undefined)} />
    </Page>
  );
}
