import { getRouteApi } from "@tanstack/react-router";
import { ActivityIcon, PauseIcon, PlayIcon, SearchIcon } from "lucide-react";
import { useDeferredValue } from "react";
import { useEventsState } from "@/api/events";
import { Outcome } from "@/components/outcome";
import { Page } from "@/components/page";
import { Panel } from "@/components/panel";
import { Empty, Failure, LoadingRows } from "@/components/states";
import { SearchInput } from "@/components/search-input";
import { Truncate } from "@/components/text";
import { Button } from "@/components/ui/button";
import { Cell, Head, Row, Table, TableBody, TableHead } from "@/components/ui/table";
import { InFlightPanel } from "@/features/cluster/in-flight";
import { RequestDrawer } from "@/features/requests/request-drawer";
import { matches, type TailRow } from "@/features/requests/tail";
import { useTail } from "@/features/requests/use-tail";
import { compact, millis, NONE, timeOfDay } from "@/lib/format";
import { useSteady } from "@/lib/use-steady";

const SHOWN = 200;
const route = getRouteApi("/requests");

function TailTable({ rows, onOpen }: { rows: readonly TailRow[]; onOpen: (row: TailRow) => void }) {
  return (
    <Table label="Ended requests">
      <TableHead>
        <tr>
          <Head>Time</Head>
          <Head>Request</Head>
          <Head>Outcome</Head>
          <Head>Asked for</Head>
          <Head>Answered by</Head>
          <Head numeric>Attempts</Head>
          <Head numeric tip="Time to the first token of a stream">
            TTFT
          </Head>
          <Head numeric tip="Until the answer was whole, or the request failed">
            Latency
          </Head>
          <Head numeric>Tokens</Head>
          <Head className="w-1/5">Message</Head>
        </tr>
      </TableHead>
      <TableBody>
        {rows.map((row) => (
          <Row key={row.requestId} className="cursor-pointer" onClick={() => onOpen(row)}>
            <Cell className="num text-muted-foreground">{timeOfDay(row.at)}</Cell>
            <Cell>
              <button
                type="button"
                title={row.requestId}
                onClick={(event) => {
                  event.stopPropagation();
                  onOpen(row);
                }}
                className="max-w-24 truncate rounded font-mono 2xl:max-w-32 text-xs text-primary underline-offset-4 hover:underline"
              >
                {row.requestId}
              </button>
            </Cell>
            <Cell className="min-w-28">
              <Outcome outcome={row.outcome} ok={row.ok} />
            </Cell>
            <Cell>
              <Truncate text={row.requested} className="max-w-28 2xl:max-w-36" />
            </Cell>
            <Cell>
              <Truncate text={row.name} className="max-w-32 2xl:max-w-44" />
            </Cell>
            <Cell numeric>{row.attempts || NONE}</Cell>
            <Cell numeric className="min-w-20">
              {row.stream && row.ok ? millis(row.ttftMs) : NONE}
            </Cell>
            <Cell numeric className="min-w-20">
              {millis(row.totalMs)}
            </Cell>
            <Cell numeric>{compact(row.inputTokens + row.outputTokens)}</Cell>
            <Cell className="w-1/5 max-w-0 min-w-24">
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
  const { q = "", request, follow: following = true } = route.useSearch();
  const navigate = route.useNavigate();
  const change = (part: Partial<ReturnType<typeof route.useSearch>>, replace = true) =>
    void navigate({ search: (old) => ({ ...old, ...part }), replace, resetScroll: false });
  const setFollowing = (next: boolean) => change({ follow: next ? undefined : false });
  const { rows, waiting, log } = useTail(following);
  const { error } = useSteady(log);
  const events = useEventsState();
  const text = useDeferredValue(q);
  const found = rows.filter((row) => matches(row, text));
  const open = rows.find(({ requestId }) => requestId === request) ?? null;
  const show = (requestId: string | undefined) => change({ request: requestId }, false);
  const note = !following ? "held" : events === "live" ? "as they end" : "from the log: the live stream is not open";

  return (
    <Page
      title="Requests"
      about="What is being answered, and how the last requests ended."
      actions={
        <>
          <SearchInput
            label="Filter requests"
            placeholder="Request, model, outcome"
            className="sm:w-72"
            value={q}
            onChange={(text) => change({ q: text || undefined })}
          />
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
        ) : error ? (
          <Failure error={error} onRetry={() => void log.refetch()} />
        ) : log.isPending ? (
          <LoadingRows rows={6} />
        ) : (
          <Empty icon={ActivityIcon} title="Nothing has ended yet" text="Requests show here as they end." />
        )}
      </Panel>
      <RequestDrawer row={open} onClose={() => show(undefined)} />
    </Page>
  );
}
