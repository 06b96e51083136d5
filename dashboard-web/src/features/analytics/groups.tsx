import { useQuery } from "@tanstack/react-query";
import { BoxesIcon, DownloadIcon } from "lucide-react";
import { type Group, groupQuery, type Range } from "@/api/analytics";
import { QueryPanel } from "@/components/panel";
import { Empty } from "@/components/states";
import { Truncate } from "@/components/text";
import { Button } from "@/components/ui/button";
import { Cell, Head, Row, Table, TableBody, TableHead } from "@/components/ui/table";
import { type CsvColumn, download, toCsv } from "@/lib/csv";
import { compact, count, millis, percent } from "@/lib/format";

export const groupColumns: readonly CsvColumn<Group>[] = [
  { name: "platform", value: (row) => row.platform },
  { name: "model", value: (row) => row.model },
  { name: "requests", value: (row) => row.requests },
  { name: "successRate", value: (row) => row.successRate },
  { name: "inputTokens", value: (row) => row.inputTokens },
  { name: "outputTokens", value: (row) => row.outputTokens },
  { name: "ttftP50Ms", value: (row) => row.ttftP50Ms },
  { name: "ttftP95Ms", value: (row) => row.ttftP95Ms },
  { name: "latencyP50Ms", value: (row) => row.latencyP50Ms },
  { name: "latencyP95Ms", value: (row) => row.latencyP95Ms },
];

function groupName(row: Group, by: "model" | "platform"): string {
  return by === "platform"
    ? (row.platform ?? "unknown")
    : [row.platform, row.model].filter(Boolean).join("/") || "unknown";
}

/** The same measures for each model or platform, busiest first. */
export function Groups({ by, range }: { by: "model" | "platform"; range: Range }) {
  const query = useQuery(groupQuery(by, range));
  const title = by === "model" ? "By model" : "By platform";
  const rows = query.data;
  return (
    <QueryPanel
      title={title}
      query={query}
      rows={6}
      note={(groups) => groups.length}
      actions={
        <Button
          size="xs"
          aria-label={`Export ${title.toLowerCase()} as CSV`}
          disabled={!rows?.length}
          onClick={() => rows && download(`switchboard-by-${by}-${range}.csv`, toCsv(rows, groupColumns))}
        >
          <DownloadIcon aria-hidden /> CSV
        </Button>
      }
    >
      {(groups) =>
        groups.length === 0 ? (
          <Empty icon={BoxesIcon} title="Nothing in this time" />
        ) : (
          <Table label={title}>
            <TableHead>
              <tr>
                <Head>{by === "model" ? "Model" : "Platform"}</Head>
                <Head numeric>Requests</Head>
                <Head numeric>Success</Head>
                <Head numeric>Tokens in</Head>
                <Head numeric>Tokens out</Head>
                <Head numeric>TTFT p50</Head>
                <Head numeric>TTFT p95</Head>
                <Head numeric>Latency p50</Head>
                <Head numeric>Latency p95</Head>
              </tr>
            </TableHead>
            <TableBody>
              {groups
                .toSorted((a, b) => b.requests - a.requests)
                .map((row) => (
                  <Row key={groupName(row, by)}>
                    <Cell>
                      <Truncate text={groupName(row, by)} className="max-w-40 sm:max-w-80" />
                    </Cell>
                    <Cell numeric>{count(row.requests)}</Cell>
                    <Cell numeric>{percent(row.successRate)}</Cell>
                    <Cell numeric>{compact(row.inputTokens)}</Cell>
                    <Cell numeric>{compact(row.outputTokens)}</Cell>
                    <Cell numeric>{millis(row.ttftP50Ms)}</Cell>
                    <Cell numeric>{millis(row.ttftP95Ms)}</Cell>
                    <Cell numeric>{millis(row.latencyP50Ms)}</Cell>
                    <Cell numeric>{millis(row.latencyP95Ms)}</Cell>
                  </Row>
                ))}
            </TableBody>
          </Table>
        )
      }
    </QueryPanel>
  );
}
