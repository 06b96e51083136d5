import { Link } from "@tanstack/react-router";
import { ListTreeIcon } from "lucide-react";
import { pinName, type Session } from "@/api/sessions";
import { Empty } from "@/components/states";
import { Ago, Truncate } from "@/components/text";
import { Badge } from "@/components/ui/badge";
import { Cell, Head, Row, Table, TableBody, TableHead } from "@/components/ui/table";
import { ahead, count, NONE, shortAddress, shortKey } from "@/lib/format";
import { useNow } from "@/lib/use-now";

function Bans({ session }: { session: Session }) {
  const now = useNow();
  const running = session.bans.filter(({ until }) => until === null || ahead(until, now));
  return running.length === 0 ? (
    <span className="text-muted-foreground">{NONE}</span>
  ) : (
    <Badge tone="warn" title={running.map(({ platform }) => platform).join(", ")}>
      {running.length === 1 ? <span className="max-w-28 truncate">{running[0]?.platform}</span> : `${running.length} platforms`}
    </Badge>
  );
}

/** Sessions with their pins; each links to its own page. */
export function SessionsTable({ sessions, empty }: { sessions: readonly Session[]; empty?: string }) {
  if (sessions.length === 0) {
    return empty ? (
      <Empty icon={ListTreeIcon} title={empty} />
    ) : (
      <Empty icon={ListTreeIcon} title="No sessions yet" text="A session appears with its first answered request and stays on one model." />
    );
  }
  return (
    <Table label="Sessions">
      <TableHead>
        <tr>
          <Head>Session</Head>
          <Head>Mode</Head>
          <Head>Pinned model</Head>
          <Head>Key</Head>
          <Head>Bans</Head>
          <Head numeric>Turns</Head>
          <Head>Node</Head>
          <Head numeric>Last used</Head>
        </tr>
      </TableHead>
      <TableBody>
        {sessions.map((session) => (
          <Row key={session.key}>
            <Cell>
              <Link
                to="/sessions/$key"
                params={{ key: session.key }}
                title={session.key}
                className="font-mono text-xs text-primary underline-offset-4 hover:underline"
              >
                {shortKey(session.key, 18)}
              </Link>
            </Cell>
            <Cell>{session.mode ?? NONE}</Cell>
            <Cell>
              <Truncate text={pinName(session)} />
            </Cell>
            <Cell>
              <Truncate text={session.keyLabel} className="max-w-32" />
            </Cell>
            <Cell>
              <Bans session={session} />
            </Cell>
            <Cell numeric>{count(session.turns)}</Cell>
            <Cell>
              <Truncate mono text={session.node && shortAddress(session.node)} className="max-w-40" />
            </Cell>
            <Cell numeric className="min-w-28">
              <Ago at={session.lastUsed} />
            </Cell>
          </Row>
        ))}
      </TableBody>
    </Table>
  );
}
