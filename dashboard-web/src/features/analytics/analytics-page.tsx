import { useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { DownloadIcon } from "lucide-react";
import { type Range, ranges, summaryQuery, type TimelinePoint, timelineQuery } from "@/api/analytics";
import { Page } from "@/components/page";
import { Button } from "@/components/ui/button";
import { Segments } from "@/components/ui/toggle-group";
import { ErrorKinds } from "@/features/analytics/errors";
import { Figures } from "@/features/analytics/figures";
import { Groups } from "@/features/analytics/groups";
import { RequestsChart, TimesChart, TokensChart } from "@/features/analytics/timeline";
import { type CsvColumn, download, toCsv } from "@/lib/csv";

const route = getRouteApi("/analytics");

const columns: readonly CsvColumn<TimelinePoint>[] = [
  { name: "at", value: (point) => point.at },
  { name: "successes", value: (point) => point.successes },
  { name: "failures", value: (point) => point.failures },
  { name: "inputTokens", value: (point) => point.inputTokens },
  { name: "outputTokens", value: (point) => point.outputTokens },
  { name: "ttftP50Ms", value: (point) => point.ttftP50Ms },
  { name: "ttftP95Ms", value: (point) => point.ttftP95Ms },
  { name: "latencyP50Ms", value: (point) => point.latencyP50Ms },
  { name: "latencyP95Ms", value: (point) => point.latencyP95Ms },
];

/** Requests, tokens, times and errors over a range of time. */
export function AnalyticsPage() {
  const { range = "24h" } = route.useSearch();
  const navigate = route.useNavigate();
  const summary = useQuery(summaryQuery(range));
  const timeline = useQuery(timelineQuery(range));
  const points = timeline.data;
  return (
    <Page
      title="Analytics"
      about="What was asked, what was answered, and how quickly."
      actions={
        <Segments<Range>
          label="Range"
          value={range}
          onChange={(next) =>
            void navigate({ search: { range: next === "24h" ? undefined : next }, replace: true, resetScroll: false })
          }
          options={ranges.map((each) => ({ value: each, name: each }))}
        />
      }
    >
      <Figures query={summary} />
      <RequestsChart
        query={timeline}
        actions={
          <Button
            size="xs"
            aria-label="Export the timeline as CSV"
            disabled={!points?.length}
            onClick={() => points && download(`switchboard-timeline-${range}.csv`, toCsv(points, columns))}
          >
            <DownloadIcon aria-hidden /> CSV
          </Button>
        }
      />
      <div className="grid gap-5 lg:grid-cols-2">
        <TimesChart query={timeline} />
        <TokensChart query={timeline} />
      </div>
      <Groups by="model" range={range} />
      <Groups by="platform" range={range} />
      <ErrorKinds range={range} />
    </Page>
  );
}
