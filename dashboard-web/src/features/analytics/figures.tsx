import type { UseQueryResult } from "@tanstack/react-query";
import type { Summary } from "@/api/analytics";
import { Panel, Stale } from "@/components/panel";
import { Stat, Stats } from "@/components/stat";
import { Failure } from "@/components/states";
import { compact, count, millis, NONE, percent } from "@/lib/format";
import { useSteady } from "@/lib/use-steady";

/** The figures of a range; a failure takes the place of all of them where there are none yet. */
export function Figures({ query }: { query: UseQueryResult<Summary> }) {
  const { data, error } = useSteady(query);
  if (!data && error) {
    return (
      <Panel title="Figures">
        <Failure error={error} onRetry={() => void query.refetch()} />
      </Panel>
    );
  }
  return (
    <div className="flex flex-col items-end gap-1.5">
      {error && <Stale error={error} since={query.dataUpdatedAt} />}
      <div className="w-full">
        <Stats label="Figures">
          <Stat name="Requests" loading={!data} value={count(data?.requests)} />
          <Stat name="Success" loading={!data} value={percent(data?.successRate)} />
          <Stat
            name="TTFT p50"
            loading={!data}
            value={millis(data?.ttftP50Ms)}
            detail={data && `p95 ${millis(data.ttftP95Ms)}`}
          />
          <Stat
            name="Latency p50"
            loading={!data}
            value={millis(data?.latencyP50Ms)}
            detail={data && `p95 ${millis(data.latencyP95Ms)}`}
          />
          <Stat
            name="Tokens"
            loading={!data}
            value={data ? compact(data.inputTokens + data.outputTokens) : NONE}
            detail={data && `${compact(data.outputTokens)} out`}
          />
        </Stats>
      </div>
    </div>
  );
}
