import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { ChevronRightIcon, CircleCheckIcon } from "lucide-react";
import { ApiError } from "@/api/client";
import { rangeSeconds, summaryQuery, timelineQuery } from "@/api/analytics";
import { keysQuery } from "@/api/keys";
import { clusterQuery, cooldownsQuery, inFlightQuery } from "@/api/queries";
import { useStats } from "@/api/stats";
import { Page } from "@/components/page";
import { Panel, QueryPanel } from "@/components/panel";
import { Stat, Stats } from "@/components/stat";
import { Empty, explain, Failure, LoadingRows } from "@/components/states";
import { Elapsed, TimeLeft, Truncate } from "@/components/text";
import { Badge } from "@/components/ui/badge";
import { RequestsChart } from "@/features/analytics/timeline";
import { memberTone } from "@/features/cluster/members";
import { concerns } from "@/features/overview/attention";
import { cn } from "@/lib/cn";
import { compact, count, counted, decimal, millis, NONE, percent, shortAddress } from "@/lib/format";
import { useNow } from "@/lib/use-now";

const RANGE = "1h";
const SHOWN = 8;

/** Says in a line what a missing answer means. */
function missing(what: string, error: unknown): string {
  return error instanceof ApiError && error.status === 404
    ? `${what} are not available on this node.`
    : `${what} could not be loaded: ${explain(error)}`;
}

function Now() {
  const summary = useQuery(summaryQuery(RANGE));
  const inFlight = useQuery(inFlightQuery);
  const { data, isPending: loading } = summary;
  const rate = useStats()?.requestsPerSecond ?? (data ? data.requests / rangeSeconds[RANGE] : null);
  return (
    <div>
      <Stats label="The last hour">
        <Stat
          name="Requests"
          loading={loading}
          value={decimal(rate)}
          detail={data && `/s · ${compact(data.requests)} in 1 h`}
        />
        <Stat name="Success" loading={loading} value={percent(data?.successRate)} />
        <Stat
          name="TTFT p50"
          loading={loading}
          value={millis(data?.ttftP50Ms)}
          detail={data && `p95 ${millis(data.ttftP95Ms)}`}
        />
        <Stat
          name="Tokens"
          loading={loading}
          value={data ? compact(data.inputTokens + data.outputTokens) : NONE}
          detail={data && `${compact(data.outputTokens)} out`}
        />
        <Stat
          name="Streams open"
          loading={inFlight.isPending}
          value={count(inFlight.data?.filter(({ stream }) => stream).length)}
        />
      </Stats>
      {summary.error && !data && (
        <p role="status" className="mt-1.5 text-xs text-muted-foreground">
          {missing("The figures of the last hour", summary.error)}
        </p>
      )}
    </div>
  );
}

function Attention() {
  const now = useNow();
  const cluster = useQuery(clusterQuery);
  const cooldowns = useQuery(cooldownsQuery);
  const keys = useQuery(keysQuery);
  const found = concerns(
    { cluster: cluster.data, silent: cluster.isError, cooldowns: cooldowns.data, keys: keys.data },
    now,
  );
  const pending = cluster.isPending || cooldowns.isPending;
  const blind = !cluster.data && cluster.error;
  const unseen = [
    ["Cooldowns", cooldowns],
    ["Keys", keys],
  ] as const;
  return (
    <Panel title="Needs attention" note={pending || blind ? undefined : found.length} className="lg:min-h-70">
      {blind ? (
        <Failure error={blind} onRetry={() => void cluster.refetch()} />
      ) : pending ? (
        <LoadingRows />
      ) : found.length === 0 ? (
        <Empty
          icon={CircleCheckIcon}
          title="All is well"
          text="Nodes that are lost, keys that are refused and models that cool show here."
        />
      ) : (
        <ul className="divide-y">
          {found.slice(0, SHOWN).map(({ id, tone, text, detail, until, to }) => (
            <li key={id}>
              <Link
                to={to}
                className="flex h-11 items-center gap-2.5 px-4 text-[0.8125rem] -outline-offset-2 hover:bg-muted/50"
              >
                <span
                  aria-hidden
                  className={cn("size-2 shrink-0 rounded-full", tone === "bad" ? "bg-bad" : "bg-warn")}
                />
                <span dir="auto" title={text} className="min-w-0 truncate font-medium">
                  {text}
                </span>
                {detail && (
                  <span title={detail} className="min-w-0 flex-1 truncate text-muted-foreground">
                    {detail}
                  </span>
                )}
                <span className="num ml-auto shrink-0 text-xs text-muted-foreground">
                  {until && <TimeLeft until={until} />}
                </span>
                <ChevronRightIcon aria-hidden className="size-4 shrink-0 text-muted-foreground" />
              </Link>
            </li>
          ))}
          {found.length > SHOWN && (
            <li className="px-4 py-2 text-xs text-muted-foreground">and {found.length - SHOWN} more</li>
          )}
        </ul>
      )}
      {unseen.map(
        ([what, { data, error }]) =>
          error &&
          !data && (
            <p key={what} role="status" className="border-t px-4 py-2 text-xs text-muted-foreground">
              {missing(what, error)}
            </p>
          ),
      )}
    </Panel>
  );
}

function ClusterStrip() {
  const query = useQuery(clusterQuery);
  return (
    <QueryPanel title="Cluster" query={query} note={({ members }) => counted(members.length, "node")}>
      {(cluster) => (
        <ul className="grid gap-px bg-border sm:grid-cols-[repeat(auto-fit,minmax(15rem,1fr))]">
          {cluster.members.map((member) => {
            const lost = cluster.unreachable.includes(member.address);
            return (
              <li key={member.address} className="min-w-0 bg-surface px-4 py-3">
                <div className="flex items-center justify-between gap-2">
                  <Truncate mono text={shortAddress(member.address)} className="max-w-full text-[0.8125rem]" />
                  <Badge tone={memberTone(member.status, lost)}>{lost ? "Unreachable" : member.status}</Badge>
                </div>
                <p className="num mt-1 text-xs text-muted-foreground">
                  {counted(member.sessions, "session")} · {count(member.inFlight)} in flight · up{" "}
                  <Elapsed since={member.upSince} />
                </p>
              </li>
            );
          })}
        </ul>
      )}
    </QueryPanel>
  );
}

/** How it is going, and what needs an eye. */
export function OverviewPage() {
  const timeline = useQuery(timelineQuery(RANGE));
  return (
    <Page title="Overview" about="The last hour, and what needs attention now.">
      <Now />
      <div className="grid gap-5 lg:grid-cols-2">
        <RequestsChart query={timeline} />
        <Attention />
      </div>
      <ClusterStrip />
    </Page>
  );
}
