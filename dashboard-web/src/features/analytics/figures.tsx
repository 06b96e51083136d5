import type { UseQueryResult } from "@tanstack/react-query";
import type { Summary } from "@/api/analytics";
import { Panel } from "@/components/panel";
import { Stat, Stats } from "@/components/stat";
import { Failure } from "@/components/states";
import { compact, count, millis, NONE, percent } from "@/lib/format";

/** The figures of a range; a failure takes the place of all of them. */
export function Figures({ query }: { query: UseQueryResult<Summary> }) {
  const { data, isPending, error } = query;
  if (!data && error) {
    return (
      <Panel title="Figures">
        <Failure error={error} onRetry={() => void query.refetch()} />
      </Panel>
    );
  }
  return (
    <Stats label="Figures">
      <Stat name="Requests" loading={isPending} value={count(data?.requests)} />
      <Stat name="Success" loading={isPending} value={percent(data?.successRate)} />
      <Stat
        name="TTFT p50"
        loading={isPending}
        value={millis(data?.ttftP50Ms)}
        detail={data && `p95 ${millis(data.ttftP95Ms)}`}
      />
      <Stat
        name="Latency p50"
        loading={isPending}
        value={millis(data?.latencyP50Ms)}
        detail={data && `p95 ${millis(data.latencyP95Ms)}`}
      />
      <Stat
        name="Tokens"
        loading={isPending}
        value={data ? compact(data.inputTokens + data.outputTokens) : NONE}
        detail={data && `${compact(data.outputTokens)} out`}
      />
    </Stats>
  );
}
