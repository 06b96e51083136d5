import type { UseQueryResult } from "@tanstack/react-query";
import { TriangleAlertIcon } from "lucide-react";
import type { Cluster, Member } from "@/api/cluster";
import { QueryPanel } from "@/components/panel";
import { Elapsed, Truncate } from "@/components/text";
import { Badge, type Tone } from "@/components/ui/badge";
import { Cell, Head, Row, Table, TableBody, TableHead } from "@/components/ui/table";
import { count, NONE, shortAddress } from "@/lib/format";

/** The colour of a member's state. */
export function memberTone(status: string, unreachable: boolean): Tone {
  if (unreachable || /^(down|removed)$/i.test(status)) return "bad";
  return /^up$/i.test(status) ? "good" : "warn";
}

function MemberRow({ member, cluster }: { member: Member; cluster: Cluster }) {
  const lost = cluster.unreachable.includes(member.address);
  return (
    <Row>
      <Cell>
        <div className="flex items-center gap-1.5">
          <Truncate mono text={shortAddress(member.address)} className="text-[0.8125rem]" />
          {member.address === cluster.self && (
            <Badge tone="accent" title="The node that answers this page">
              this node
            </Badge>
          )}
          {member.address === cluster.leader && <Badge title="Leads the cluster's membership">leader</Badge>}
        </div>
      </Cell>
      <Cell>
        <Badge tone={memberTone(member.status, lost)}>{lost ? "Unreachable" : member.status}</Badge>
      </Cell>
      <Cell numeric>
        <Elapsed since={member.upSince} />
      </Cell>
      <Cell numeric>{count(member.sessions)}</Cell>
      <Cell numeric>{count(member.inFlight)}</Cell>
      <Cell>
        <Truncate text={member.roles.join(", ")} className="max-w-40" />
      </Cell>
      <Cell>
        {member.httpUrl ? (
          <a href={member.httpUrl} className="text-primary underline-offset-4 hover:underline" dir="ltr">
            {member.httpUrl.replace(/^https?:\/\//, "")}
          </a>
        ) : (
          NONE
        )}
      </Cell>
      <Cell className="num">{member.version ?? NONE}</Cell>
    </Row>
  );
}

export function Members({ query }: { query: UseQueryResult<Cluster> }) {
  return (
    <QueryPanel title="Members" query={query} note={({ members }) => members.length}>
      {(cluster) => (
        <>
          {cluster.unreachable.length > 0 && (
            <p
              role="alert"
              className="flex items-center gap-2 border-b bg-bad-soft px-4 py-2 text-[0.8125rem] text-bad"
            >
              <TriangleAlertIcon aria-hidden className="size-4 shrink-0" />
              <span className="num">Unreachable: {cluster.unreachable.map(shortAddress).join(", ")}</span>
            </p>
          )}
          <Table label="Members">
            <TableHead>
              <tr>
                <Head>Address</Head>
                <Head>Status</Head>
                <Head numeric>Up for</Head>
                <Head numeric>Sessions</Head>
                <Head numeric>In flight</Head>
                <Head>Roles</Head>
                <Head>HTTP</Head>
                <Head>Version</Head>
              </tr>
            </TableHead>
            <TableBody>
              {cluster.members.map((member) => (
                <MemberRow key={member.address} member={member} cluster={cluster} />
              ))}
            </TableBody>
          </Table>
        </>
      )}
    </QueryPanel>
  );
}
