import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { HistoryIcon } from "lucide-react";
import { useState } from "react";
import { auditQuery, valueText } from "@/api/settings";
import { QueryPanel } from "@/components/panel";
import { Empty } from "@/components/states";
import { Truncate } from "@/components/text";
import { Button } from "@/components/ui/button";
import { Cell, Head, Row, Table, TableBody, TableHead } from "@/components/ui/table";
import { dateTime } from "@/lib/format";

const STEP = 50;
const MOST = 1000;

/** Who changed what, newest first. */
export function AuditPanel() {
  const [limit, setLimit] = useState(STEP);
  const query = useQuery({ ...auditQuery(limit), placeholderData: keepPreviousData });
  return (
    <QueryPanel title="Audit" query={query} rows={6}>
      {(entries) =>
        entries.length === 0 ? (
          <Empty
            icon={HistoryIcon}
            title="Nothing has been changed yet"
            text="Every change made here or by the API is kept."
          />
        ) : (
          <>
            <Table label="Audit">
              <TableHead>
                <tr>
                  <Head>When</Head>
                  <Head>Who</Head>
                  <Head>Did</Head>
                  <Head>To</Head>
                  <Head>Before</Head>
                  <Head>After</Head>
                </tr>
              </TableHead>
              <TableBody>
                {entries.map((entry, index) => (
                  <Row key={`${entry.at}-${entry.action}-${entry.target}-${entries.length - index}`}>
                    <Cell className="num text-muted-foreground">{dateTime(entry.at)}</Cell>
                    <Cell>
                      <Truncate text={entry.actor} className="max-w-32" />
                    </Cell>
                    <Cell>
                      <Truncate text={entry.action} className="max-w-48" />
                    </Cell>
                    <Cell>
                      <Truncate text={entry.target} className="max-w-44" />
                    </Cell>
                    <Cell>
                      <Truncate mono text={valueText(entry.before)} className="max-w-44" />
                    </Cell>
                    <Cell>
                      <Truncate mono text={valueText(entry.after)} className="max-w-44" />
                    </Cell>
                  </Row>
                ))}
              </TableBody>
            </Table>
            {entries.length >= limit && limit < MOST && (
              <div className="border-t p-2 text-center">
                <Button size="sm" variant="ghost" onClick={() => setLimit(Math.min(limit * 2, MOST))}>
                  Show more
                </Button>
              </div>
            )}
          </>
        )
      }
    </QueryPanel>
  );
}
