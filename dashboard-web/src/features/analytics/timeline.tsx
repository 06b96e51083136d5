import type { UseQueryResult } from "@tanstack/react-query";
import { ChartLineIcon } from "lucide-react";
import { type ComponentType, lazy, type ReactNode, Suspense, useMemo } from "react";
import type { TimelinePoint } from "@/api/analytics";
import type { ChartProps, ChartSeries } from "@/components/chart";
import { QueryPanel } from "@/components/panel";
import { Empty } from "@/components/states";
import { Skeleton } from "@/components/ui/skeleton";
import { compact, dayTime, millis } from "@/lib/format";

const HEIGHT = 220;

function NoChart() {
  return (
    <p className="px-4 py-6 text-center text-[0.8125rem] text-muted-foreground">
      The chart could not be loaded from the node.
    </p>
  );
}

const Chart = lazy((): Promise<{ default: ComponentType<ChartProps> }> =>
  import("@/components/chart").catch(() => ({ default: NoChart })),
);

type Timeline = UseQueryResult<TimelinePoint[]>;

/** Successes drawn over the sum of both, so that the failures show as the cap of each bar. */
export function requestSeries(points: readonly TimelinePoint[]): ChartSeries[] {
  const failures = points.map((point) => point.failures);
  const successes = points.map((point) => point.successes);
  return [
    {
      name: "Failed",
      color: "--bad",
      kind: "bar",
      values: points.map((point) => point.successes + point.failures),
      shown: failures,
    },
    { name: "Answered", color: "--primary", kind: "bar", values: successes },
  ];
}

const timeSeries = (points: readonly TimelinePoint[]): ChartSeries[] => [
  { name: "TTFT p50", color: "--primary", kind: "line", values: points.map((point) => point.ttftP50Ms) },
  { name: "p95", color: "--good", kind: "line", values: points.map((point) => point.ttftP95Ms) },
  { name: "Latency p95", color: "--warn", kind: "line", values: points.map((point) => point.latencyP95Ms) },
];

const tokenSeries = (points: readonly TimelinePoint[]): ChartSeries[] => [
  { name: "In", color: "--primary", kind: "line", values: points.map((point) => point.inputTokens) },
  { name: "Out", color: "--good", kind: "line", values: points.map((point) => point.outputTokens) },
];

type Kind = {
  title: string;
  series: (points: readonly TimelinePoint[]) => ChartSeries[];
  format: (value: number | null) => string;
};

function Plot({ points, kind }: { points: readonly TimelinePoint[]; kind: Kind }) {
  const at = useMemo(() => points.map((point) => point.at), [points]);
  const series = useMemo(() => kind.series(points), [points, kind]);
  return (
    <Suspense fallback={<Skeleton className="mx-4 mt-13 mb-2" style={{ height: HEIGHT - 16 }} />}>
      <Chart label={kind.title} at={at} series={series} format={kind.format} formatTime={dayTime} height={HEIGHT} />
    </Suspense>
  );
}

function TimelinePanel({
  query,
  kind,
  actions,
  className,
}: {
  query: Timeline;
  kind: Kind;
  actions?: ReactNode;
  className?: string;
}) {
  return (
    <QueryPanel title={kind.title} query={query} rows={6} actions={actions} className={className}>
      {(points) =>
        points.length === 0 ? (
          <Empty icon={ChartLineIcon} title="Nothing in this time" text="Requests show here once there are some." />
        ) : (
          <Plot points={points} kind={kind} />
        )
      }
    </QueryPanel>
  );
}

const requests: Kind = { title: "Requests", series: requestSeries, format: compact };
const times: Kind = { title: "TTFT and latency", series: timeSeries, format: millis };
const tokens: Kind = { title: "Tokens", series: tokenSeries, format: compact };

type PanelProps = { query: Timeline; actions?: ReactNode; className?: string };

export const RequestsChart = (props: PanelProps) => <TimelinePanel {...props} kind={requests} />;
export const TimesChart = (props: PanelProps) => <TimelinePanel {...props} kind={times} />;
export const TokensChart = (props: PanelProps) => <TimelinePanel {...props} kind={tokens} />;
