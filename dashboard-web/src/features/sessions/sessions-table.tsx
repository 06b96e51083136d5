import { Link } from "@tanstack/react-router";
import { useWindowVirtualizer } from "@tanstack/react-virtual";
import { ListTreeIcon } from "lucide-react";
import { memo, useLayoutEffect, useRef, useState } from "react";
import { modelName, type Session } from "@/api/sessions";
import { Empty } from "@/components/states";
import { Ago, Truncate } from "@/components/text";
import { Badge } from "@/components/ui/badge";
import { Cell, Head, Row, Table, TableBody, TableHead } from "@/components/ui/table";
import { ahead, count, NONE, shortAddress, shortKey } from "@/lib/format";
import { useNow } from "@/lib/use-now";
import { inWords } from "@/lib/words";

function Bans({ session }: { session: Session }) {
  const now = useNow();
  const running = session.bans.filter(({ until }) => until === null || ahead(until, now));
  return running.length === 0 ? (
    <span className="text-muted-foreground">{NONE}</span>
  ) : (
    <Badge tone="warn" title={running.map(({ platform }) => platform).join(", ")}>
      {running.length === 1 ? (
        <span className="max-w-28 truncate">{running[0]?.platform}</span>
      ) : (
        `${running.length} platforms`
      )}
    </Badge>
  );
}

const ROW = 41;
/** From this many rows on, only those near the window are in the page. */
const MANY = 60;
const widths = ["w-44", "", "w-26", "w-28", "w-30", "w-16", "w-38", "w-30"];

const SessionRow = memo(function SessionRow({ session }: { session: Session }) {
  return (
    <Row>
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
      <Cell>
        <Truncate text={modelName(session)} className="max-w-full" />
      </Cell>
      <Cell>
        <Truncate text={session.mode && inWords(session.mode)} className="max-w-full" />
      </Cell>
      <Cell>
        <Truncate text={session.keyLabel} className="max-w-full" />
      </Cell>
      <Cell>
        <Bans session={session} />
      </Cell>
      <Cell numeric>{count(session.turns)}</Cell>
      <Cell>
        <Truncate mono text={session.node && shortAddress(session.node)} className="max-w-full" />
      </Cell>
      <Cell numeric>
        <Ago at={session.lastUsed} />
      </Cell>
    </Row>
  );
});

function Spacer({ height }: { height: number }) {
  return height > 0 ? (
    <tr aria-hidden>
      <td colSpan={widths.length} style={{ height }} />
    </tr>
  ) : null;
}

/** The rows near the window, with empty room in the place of the others. */
function VirtualRows({ sessions }: { sessions: readonly Session[] }) {
  const body = useRef<HTMLTableSectionElement>(null);
  const [margin, setMargin] = useState(0);
  useLayoutEffect(() => {
    if (body.current) setMargin(body.current.getBoundingClientRect().top + window.scrollY);
  }, []);
  const virtual = useWindowVirtualizer({
    count: sessions.length,
    estimateSize: () => ROW,
    overscan: 12,
    scrollMargin: margin,
  });
  const items = virtual.getVirtualItems();
  const first = items[0];
  const last = items.at(-1);
  return (
    <TableBody ref={body}>
      <Spacer height={first ? first.start - margin : 0} />
      {items.map(({ index }) => {
        const session = sessions[index];
        return session && <SessionRow key={session.key} session={session} />;
      })}
      <Spacer height={last ? virtual.getTotalSize() - (last.end - margin) : 0} />
    </TableBody>
  );
}

/** Sessions with their pins; each links to its own page. */
export function SessionsTable({ sessions, empty }: { sessions: readonly Session[]; empty?: string }) {
  if (sessions.length === 0) {
    return empty ? (
      <Empty icon={ListTreeIcon} title={empty} />
    ) : (
      <Empty
        icon={ListTreeIcon}
        title="No sessions yet"
        text="A session appears with its first answered request and stays on one model."
      />
    );
  }
  return (
    <Table label="Sessions" className="min-w-[62rem] table-fixed">
      <colgroup>
        {widths.map((width, index) => (
          <col key={index} className={width} />
        ))}
      </colgroup>
      <TableHead>
        <tr>
          <Head>Session</Head>
          <Head>Pinned model</Head>
          <Head>Mode</Head>
          <Head>Key</Head>
          <Head>Bans</Head>
          <Head numeric>Turns</Head>
          <Head>Node</Head>
          <Head numeric>Last used</Head>
        </tr>
      </TableHead>
      {sessions.length >= MANY ? (
        <VirtualRows sessions={sessions} />
      ) : (
        <TableBody>
          {sessions.map((session) => (
            <SessionRow key={session.key} session={session} />
          ))}
        </TableBody>
      )}
    </Table>
  );
}
