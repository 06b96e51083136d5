import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { ActivityIcon } from "lucide-react";
import { inFlightQuery } from "@/api/queries";
import { QueryPanel } from "@/components/panel";
import { Empty } from "@/components/states";
import { Elapsed, Truncate } from "@/components/text";
import { Badge } from "@/components/ui/badge";
import { Cell, Head, Row, Table, TableBody, TableHead } from "@/components/ui/table";
import { count, NONE, shortAddress, shortKey } from "@/lib/format";

/** What is being answered right now, anywhere in the cluster; as high for none as for a few, so that nothing below jumps. */
export function InFlightPanel() {
  const query = useQuery(inFlightQuery);
  return (
    <QueryPanel title="In flight" query={query} note={(rows) => rows.length} className="min-h-50">
      {(rows) =>
        rows.length === 0 ? (
          <Empty
            icon={ActivityIcon}
            title="Nothing in flight"
            text="Requests show here while they are being answered."
          />
        ) : (
          <Table label="Requests in flight" frame="max-h-80 overflow-y-auto">
            <TableHead>
              <tr>
                <Head>Request</Head>
                <Head>Model</Head>
                <Head>Session</Head>
                <Head>Node</Head>
                <Head>Kind</Head>
                <Head numeric>Chunks</Head>
                <Head numeric>Running</Head>
              </tr>
            </TableHead>
            <TableBody>
              {rows.map((row) => (
                <Row key={row.requestId}>
                  <Cell>
                    <Truncate mono text={row.requestId} className="max-w-44" />
                  </Cell>
                  <Cell>
                    {row.model ? (
                      <Truncate text={[row.platform, row.model].filter(Boolean).join("/")} />
                    ) : (
                      <span className="text-muted-foreground">Choosing…</span>
                    )}
                  </Cell>
                  <Cell>
                    {row.sessionKey ? (
                      <Link
                        to="/sessions/$key"
                        params={{ key: row.sessionKey }}
                        title={row.sessionKey}
                        className="font-mono text-xs text-primary underline-offset-4 hover:underline"
                      >
                        {shortKey(row.sessionKey)}
                      </Link>
                    ) : (
                      NONE
                    )}
                  </Cell>
                  <Cell>
                    <Truncate mono text={row.node && shortAddress(row.node)} className="max-w-40" />
                  </Cell>
                  <Cell>
                    <Badge>{row.stream ? "Stream" : "Whole"}</Badge>
                  </Cell>
                  <Cell numeric>{row.stream ? count(row.chunks) : NONE}</Cell>
                  <Cell numeric className="min-w-20">
                    <Elapsed since={row.startedAt} />
                  </Cell>
                </Row>
              ))}
            </TableBody>
          </Table>
        )
      }
    </QueryPanel>
  );
}
